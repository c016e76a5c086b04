//! Store on SQLite for the release-governance engine: the embedded default, in one file that one process holds.
//!
//! ```
//! # async fn example(directory: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! use cicd_store_sqlite::{SqliteOptions, SqliteStore, migrate};
//!
//! let path = directory.join("cicd.db");
//! migrate(&path).await?;
//! let store = SqliteStore::open(&path, SqliteOptions::default()).await?;
//! store.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! One task writes, in the order in which changes come; those that wait share a commit, each in a savepoint of its own,
//! and nobody is answered before that commit is on the disk. Reads have connections of their own and never wait for it.

mod backup;
mod check;
mod commit;
mod config;
mod error;
mod events;
mod list;
mod load;
mod lock;
mod oracle;
#[cfg(test)]
mod plans;
mod program;
mod rehearse;
mod schema;
mod sql;
mod standing;
mod store;
mod token;
mod trail;
mod verify;
mod work;
mod writer;

pub use backup::backup;
pub use config::SqliteOptions;
pub use error::OpenError;
pub use oracle::ORACLE;
pub use rehearse::rehearse;
pub use schema::{
    LATEST_MIGRATION, migrate, migrate_down, migrate_down_losing, schema_status, verify_schema,
};
pub use store::SqliteStore;
pub use trail::SqliteTrail;
