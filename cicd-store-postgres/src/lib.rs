//! Store on PostgreSQL for the release-governance engine: one database that any number of hosts share.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use cicd_store_postgres::{PostgresOptions, PostgresStore, migrate};
//!
//! let options = PostgresOptions::default();
//! let pool = options.pool("postgres://cicd@db.example/cicd").await?;
//! migrate(&pool).await?;
//! let store = PostgresStore::with_pool(pool).await?;
//! store.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! A decision is two round trips: one statement that reads all of one moment, and one call of `cicd_commit`, which locks the
//! heads of the tenant's chains, checks everything that the decision relied on and writes all or nothing. Time is the
//! server's.

mod agreement;
mod commit;
mod config;
mod error;
mod events;
mod list;
mod load;
mod oracle;
#[cfg(test)]
mod plans;
mod rehearse;
mod schema;
mod sessions;
mod sql;
mod standing;
mod store;
mod template;
mod token;
mod trail;
mod verify;
mod whole;
mod work;

pub use config::PostgresOptions;
pub use error::OpenError;
pub use oracle::ORACLE;
pub use rehearse::rehearse;
pub use schema::{
    InForce, LATEST_MIGRATION, OptionalMigrations, disable_row_security, enable_row_security, grant_roles,
    migrate, migrate_down, migrate_down_losing, optional_migrations, revoke_roles, schema_status,
    verify_schema,
};
pub use store::PostgresStore;
pub use trail::PostgresTrail;
pub use verify::ChainReport;
