//! PostgreSQL: how the host uses the server.

use std::time::Duration;

use cicd_core::migration::{MayLose, Rehearsal, SchemaStatus, Verification};
use cicd_store_postgres::{
    InForce, OpenError, PostgresOptions, PostgresStore, disable_row_security, enable_row_security,
    grant_roles, migrate, migrate_down_losing, optional_migrations, rehearse, revoke_roles, schema_status,
    verify_schema,
};
use clap::Args;

use super::{Address, OptionalStep};
use crate::failure::Failure;

/// Does something with a pool of its own.
macro_rules! on_pool {
    ($settings:expr, $address:expr, $pool:ident => $work:expr) => {{
        let opened = $settings.options().pool($address.whole()).await;
        let $pool = opened.map_err(|error| told($address, error.into()))?;
        let done = $work.await;
        $pool.close().await;
        done.map_err(|error| told($address, error))
    }};
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Settings {
    /// PostgreSQL: how many connections this host opens at most.
    #[arg(long, env = "CICD_DATABASE_CONNECTIONS", default_value_t = 16, value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u32).range(2..=1000))]
    database_connections: u32,
    /// PostgreSQL: how many seconds to wait for a free connection before the database counts as unavailable.
    #[arg(long, env = "CICD_DATABASE_WAIT", default_value_t = 5, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=600))]
    database_wait: u64,
    /// PostgreSQL: how many seconds a statement may run.
    #[arg(long, env = "CICD_DATABASE_STATEMENT_TIMEOUT", default_value_t = 30, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    database_statement_timeout: u64,
    /// PostgreSQL: how many seconds a statement may wait for a lock.
    #[arg(long, env = "CICD_DATABASE_LOCK_TIMEOUT", default_value_t = 5, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    database_lock_timeout: u64,
}

impl Settings {
    pub(crate) fn options(self) -> PostgresOptions {
        PostgresOptions {
            connections: self.database_connections,
            acquire_timeout: Duration::from_secs(self.database_wait),
            statement_timeout: Duration::from_secs(self.database_statement_timeout),
            lock_timeout: Duration::from_secs(self.database_lock_timeout),
            ..PostgresOptions::default()
        }
    }

    pub(super) async fn open(self, address: &Address) -> Result<PostgresStore, Failure> {
        let opened = PostgresStore::connect(address.whole(), &self.options()).await;
        opened.map_err(|error| told(address, error))
    }

    /// Applies what is missing. Of two hosts that do it at once, one waits.
    pub(super) async fn migrate_up(self, address: &Address) -> Result<Vec<u32>, Failure> {
        on_pool!(self, address, pool => migrate(&pool))
    }

    /// Takes back what comes after number `to`.
    pub(super) async fn migrate_down(
        self,
        address: &Address,
        to: u32,
        may_lose: MayLose,
    ) -> Result<Vec<u32>, Failure> {
        on_pool!(self, address, pool => migrate_down_losing(&pool, to, may_lose))
    }

    pub(super) async fn schema_status(self, address: &Address) -> Result<SchemaStatus, Failure> {
        on_pool!(self, address, pool => schema_status(&pool))
    }

    pub(super) async fn verify_schema(self, address: &Address) -> Result<Verification, Failure> {
        on_pool!(self, address, pool => verify_schema(&pool))
    }

    pub(super) async fn rehearse(self, address: &Address) -> Result<Rehearsal, Failure> {
        on_pool!(self, address, pool => rehearse(&pool))
    }

    pub(super) async fn optional(self, address: &Address, step: OptionalStep) -> Result<(), Failure> {
        match step {
            OptionalStep::GrantRoles => on_pool!(self, address, pool => grant_roles(&pool)),
            OptionalStep::RevokeRoles => on_pool!(self, address, pool => revoke_roles(&pool)),
            OptionalStep::RowSecurityOn => on_pool!(self, address, pool => enable_row_security(&pool)),
            OptionalStep::RowSecurityOff => on_pool!(self, address, pool => disable_row_security(&pool)),
        }
    }

    /// Each optional migration, and how far it is in force.
    pub(super) async fn optional_migrations(
        self,
        address: &Address,
    ) -> Result<Vec<(&'static str, &'static str)>, Failure> {
        let found = on_pool!(self, address, pool => optional_migrations(&pool))?;
        let told = |in_force| match in_force {
            InForce::Off => "off",
            InForce::Partly => "not on every table: run it again",
            InForce::On => "on",
        };
        Ok(vec![("roles", told(found.roles)), ("row-security", told(found.row_security))])
    }
}

fn told(address: &Address, error: OpenError) -> Failure {
    let hint = match error {
        OpenError::SchemaOlder { .. } => ": `cicd migrate up` with the same `--database`",
        OpenError::RolesMissing => ": `cicd migrate roles grant`",
        OpenError::RowsSecured => ": `cicd migrate row-security off`",
        _ => "",
    };
    Failure::new(format!("`{address}`: {}{hint}", Failure::from(error)))
}
