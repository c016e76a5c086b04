//! Why a database is not opened, and what PostgreSQL's errors mean to a caller.

use cicd_core::audit::{Chain, ChainError};
use cicd_core::id::TenantId;
use cicd_core::port::StoreError;

/// Why a database was not opened or migrated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The schema lacks steps that this binary needs.
    #[error("the schema is at migration {found}, this binary needs {needed}: run the migrations first")]
    SchemaOlder {
        /// The last migration that was applied; zero for none.
        found: u32,
        /// The last one that this binary knows.
        needed: u32,
    },
    /// A newer binary migrated the schema, and this one can't run on the result.
    #[error(
        "migration {version} needs a binary that knows migration {oldest}; this one knows up to {known}: run a newer binary"
    )]
    SchemaNewer {
        /// The migration.
        version: u32,
        /// The oldest migration that a binary must know to run on its result.
        oldest: u32,
        /// The last migration that this binary knows.
        known: u32,
    },
    /// What was applied is not what this binary knows under that number.
    #[error("migration {version} was applied in another form than this binary's `{name}`")]
    MigrationAltered {
        /// The migration.
        version: u32,
        /// Its name in this binary.
        name: &'static str,
    },
    /// A migration could not be applied or taken back; the schema is as it was before it.
    #[error("migration {version} `{name}` failed")]
    Migration {
        /// The migration.
        version: u32,
        /// Its name.
        name: &'static str,
        /// Why.
        source: sqlx::Error,
    },
    /// A step is not taken back, because something that is stored would be lost.
    #[error("migration {version} `{name}` can't be taken back without losing what is stored")]
    WouldLose {
        /// The migration.
        version: u32,
        /// Its name.
        name: &'static str,
        /// What would be lost, in the database's words.
        source: sqlx::Error,
    },
    /// A step was applied that this binary does not know, so that it can't tell what it made.
    #[error(
        "migration {version} is newer than this binary, which knows up to {known}: ask the binary that applied it"
    )]
    StepUnknown {
        /// The migration.
        version: u32,
        /// The last migration that this binary knows.
        known: u32,
    },
    /// Row-level security stands on roles that are not granted, or not on every table.
    #[error("row-level security needs the roles on every table: grant them first")]
    RolesMissing,
    /// Row-level security stands on the roles and on the steps of the schema: neither is taken back under it.
    #[error("row-level security is on: turn it off first")]
    RowsSecured,
    /// A rehearsal of this database runs already.
    #[error("another rehearsal of this database runs: wait until it ends")]
    Rehearsing,
    /// The end of an audit chain does not verify: the database was altered, or an old copy was brought back in part.
    #[error("the {} chain of tenant `{tenant}` is broken", chain.as_str())]
    Chain {
        /// Whose.
        tenant: TenantId,
        /// Which.
        chain: Chain,
        /// How.
        source: ChainError,
    },
    /// The server is older than the oldest one that the store runs on.
    #[error("the server is PostgreSQL {found}; accepted: 14 or newer")]
    ServerOlder {
        /// Its major version.
        found: u32,
    },
    /// Something that is stored can't be read.
    #[error("the database is corrupt: {message}")]
    Corrupt {
        /// What.
        message: String,
    },
    /// The server can't be reached, or reports an error.
    #[error("postgresql reports an error")]
    Database(#[from] sqlx::Error),
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Corrupt { message: error.to_string() }
    }
}

/// The codes of PostgreSQL that matter here: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK_DETECTED: &str = "40P01";

/// Whether the server gave up a statement that may succeed when it is sent again.
pub(crate) fn is_transient(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some(SERIALIZATION_FAILURE | DEADLOCK_DETECTED))
}

/// What an error of PostgreSQL means to the caller.
pub(crate) fn store_error(error: &sqlx::Error) -> StoreError {
    let message = error.to_string();
    match error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Corrupt { message },
        sqlx::Error::Database(database) => match database.code().as_deref().and_then(|code| code.get(..2)) {
            // Data, integrity: the change itself is at fault.
            Some("22" | "23") => StoreError::Invalid { message },
            // A corrupted table or index.
            Some("XX") => StoreError::Corrupt { message },
            _ => StoreError::Unavailable { message },
        },
        _ => StoreError::Unavailable { message },
    }
}

/// What is stored is not what this binary writes.
pub(crate) fn corrupt(what: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt { message: format!("{what}: {error}") }
}

/// The change itself can't be applied.
pub(crate) fn invalid(error: impl std::fmt::Display) -> StoreError {
    StoreError::Invalid { message: error.to_string() }
}
