//! Which database keeps everything: SQLite in the data directory, or PostgreSQL, which any number of hosts share.

mod address;
#[cfg(feature = "postgres")]
mod postgres;
mod schema;

use std::sync::Arc;

use cicd_core::port::{Store, StoreError};
use cicd_core::trail::Trail;
#[cfg(feature = "postgres")]
use cicd_store_postgres::PostgresStore;
use cicd_store_sqlite::SqliteStore;
use clap::Args;

use crate::data::Data;
use crate::failure::Failure;

pub(crate) use address::Address;
pub(crate) use schema::OptionalStep;

#[derive(Clone, Debug, Args)]
pub(crate) struct Database {
    #[command(flatten)]
    pub(crate) data: Data,
    /// A PostgreSQL database instead of SQLite in the data directory, such as `postgres://cicd@db.example/cicd`. Name a password in
    /// the variable or in a password file rather than here.
    #[arg(long = "database", env = "CICD_DATABASE", hide_env_values = true, value_name = "URL")]
    address: Option<Address>,
    #[cfg(feature = "postgres")]
    #[command(flatten)]
    postgres: postgres::Settings,
}

/// A database that was opened.
#[derive(Clone)]
pub(crate) enum Opened {
    Sqlite(SqliteStore),
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
}

impl Database {
    /// Opens the database; a new one of SQLite is made first.
    pub(crate) async fn open_or_create(&self) -> Result<Opened, Failure> {
        match &self.address {
            None => Ok(Opened::Sqlite(self.data.open_or_create().await?)),
            Some(address) => {
                self.data.create()?;
                self.connect(address).await
            }
        }
    }

    /// Opens the database.
    pub(crate) async fn open(&self) -> Result<Opened, Failure> {
        match &self.address {
            None => Ok(Opened::Sqlite(self.data.open().await?)),
            Some(address) => self.connect(address).await,
        }
    }

    async fn connect(&self, address: &Address) -> Result<Opened, Failure> {
        match address {
            #[cfg(feature = "postgres")]
            address if address.is_postgres() => {
                let store = self.postgres.open(address).await?;
                tracing::info!(database = %address, "connected");
                Ok(Opened::Postgres(store))
            }
            address => Err(unknown(address)),
        }
    }
}

impl Opened {
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => Arc::new(store.clone()),
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    pub(crate) fn trail(&self) -> Arc<dyn Trail> {
        match self {
            Self::Sqlite(store) => Arc::new(store.clone()),
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The invariants that what is stored breaks, one line each.
    pub(crate) async fn oracle(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(store) => store.oracle().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.oracle().await,
        }
    }

    /// What all hosts of a shared database agreed on; a database that is not shared has no agreements.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(unused_variables, reason = "without PostgreSQL no database is shared")
    )]
    pub(crate) async fn agreed(&self, name: &str) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.agreed(name).await,
        }
    }

    /// Proposes something to the other hosts; gives what holds, which is what was proposed first.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(unused_variables, reason = "without PostgreSQL no database is shared")
    )]
    pub(crate) async fn propose(&self, name: &str, value: &str) -> Result<String, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(value.to_owned()),
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.propose(name, value).await,
        }
    }

    /// Whether other hosts may run on it too.
    pub(crate) const fn is_shared(&self) -> bool {
        !matches!(self, Self::Sqlite(_))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.close().await,
        }
    }
}

fn unknown(address: &Address) -> Failure {
    let accepted = if cfg!(feature = "postgres") {
        "a `postgres://…` address; without one SQLite keeps everything in `--data`"
    } else {
        "none by this binary, which was built without PostgreSQL; SQLite keeps everything in `--data`"
    };
    Failure::new(format!("`{address}` is no database that a host runs on; accepted: {accepted}"))
}
