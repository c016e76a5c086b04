//! The schema of the database: brought up and back, looked at, and its migrations rehearsed.

use std::path::PathBuf;

use cicd_core::migration::{MayLose, Rehearsal, SchemaStatus, Verification};

use super::{Database, unknown};
use crate::failure::Failure;

/// What an operator of PostgreSQL may choose.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OptionalStep {
    GrantRoles,
    RevokeRoles,
    RowSecurityOn,
    RowSecurityOff,
}

impl Database {
    /// The file of a database of SQLite.
    pub(crate) fn file(&self) -> Result<PathBuf, Failure> {
        match &self.address {
            None => Ok(self.data.database()),
            Some(address) => Err(Failure::new(format!(
                "`{address}` is no file; PostgreSQL has its own tools, such as `pg_basebackup`"
            ))),
        }
    }

    /// Applies the migrations that are missing; gives their numbers. Makes a database of SQLite where there is none.
    pub(crate) async fn migrate_up(&self) -> Result<Vec<u32>, Failure> {
        match &self.address {
            None => {
                self.data.create()?;
                self.data.create_database()?;
                Ok(cicd_store_sqlite::migrate(self.data.database()).await?)
            }
            #[cfg(feature = "postgres")]
            Some(address) if address.is_postgres() => self.postgres.migrate_up(address).await,
            Some(address) => Err(unknown(address)),
        }
    }

    /// Takes back the migrations after number `to`; gives their numbers.
    pub(crate) async fn migrate_down(&self, to: u32, may_lose: MayLose) -> Result<Vec<u32>, Failure> {
        match &self.address {
            None => Ok(cicd_store_sqlite::migrate_down_losing(self.data.database(), to, may_lose).await?),
            #[cfg(feature = "postgres")]
            Some(address) if address.is_postgres() => self.postgres.migrate_down(address, to, may_lose).await,
            Some(address) => Err(unknown(address)),
        }
    }

    /// Which migrations were applied and which are pending.
    pub(crate) async fn schema_status(&self) -> Result<SchemaStatus, Failure> {
        match &self.address {
            None => Ok(cicd_store_sqlite::schema_status(self.data.database()).await?),
            #[cfg(feature = "postgres")]
            Some(address) if address.is_postgres() => self.postgres.schema_status(address).await,
            Some(address) => Err(unknown(address)),
        }
    }

    /// How the live schema differs from what the migrations describe.
    pub(crate) async fn verify_schema(&self) -> Result<Verification, Failure> {
        match &self.address {
            None => Ok(cicd_store_sqlite::verify_schema(self.data.database()).await?),
            #[cfg(feature = "postgres")]
            Some(address) if address.is_postgres() => self.postgres.verify_schema(address).await,
            Some(address) => Err(unknown(address)),
        }
    }

    /// Takes migrations up, down and up again on a copy.
    pub(crate) async fn rehearse(&self) -> Result<Rehearsal, Failure> {
        match &self.address {
            None => Ok(cicd_store_sqlite::rehearse(self.data.database()).await?),
            #[cfg(feature = "postgres")]
            Some(address) if address.is_postgres() => self.postgres.rehearse(address).await,
            Some(address) => Err(unknown(address)),
        }
    }

    /// Does what an operator may choose.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(unused_variables, reason = "without PostgreSQL there is nothing to choose")
    )]
    pub(crate) async fn optional(&self, step: OptionalStep) -> Result<(), Failure> {
        match &self.address {
            #[cfg(feature = "postgres")]
            Some(address) if address.is_postgres() => self.postgres.optional(address, step).await,
            Some(address) => Err(unknown(address)),
            None => Err(Failure::new(
                "SQLite has no roles and no row-level security; accepted: `--database postgres://…`",
            )),
        }
    }

    /// What of that is in force, as it is told to an operator; nothing on SQLite.
    pub(crate) async fn optional_migrations(&self) -> Result<Vec<(&'static str, &'static str)>, Failure> {
        match &self.address {
            #[cfg(feature = "postgres")]
            Some(address) if address.is_postgres() => self.postgres.optional_migrations(address).await,
            _ => Ok(Vec::new()),
        }
    }
}
