//! Why a file is not opened, and what SQLite's errors mean to a caller.

use std::path::PathBuf;

use cicd_core::audit::{Chain, ChainError};
use cicd_core::id::TenantId;
use cicd_core::port::StoreError;

/// Why a file was not opened or migrated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process, or another store of this one, holds the file.
    #[error("`{}` is held by another process; one process holds a database", path.display())]
    Held {
        /// The database.
        path: PathBuf,
    },
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
    /// A table, index or trigger is not as the migrations made it.
    #[error("{object} is missing, or not as the migrations made it")]
    SchemaAltered {
        /// The first one that differs, such as ``trigger `cicd_audit_event_stays` ``; `verify_schema` gives all.
        object: String,
    },
    /// A file would be overwritten.
    #[error("`{}` is there already; accepted: a path where nothing is", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
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
    /// Something that is stored can't be read.
    #[error("the database is corrupt: {message}")]
    Corrupt {
        /// What.
        message: String,
    },
    /// The file can't be reached.
    #[error("`{}` can't be opened", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite reports an error.
    #[error("sqlite reports an error")]
    Database(#[from] sqlx::Error),
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Corrupt { message: error.to_string() }
    }
}

/// The primary result codes of SQLite that matter here.
const CORRUPT: i32 = 11;
const CONSTRAINT: i32 = 19;
const NOT_A_DATABASE: i32 = 26;

fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Whether a constraint or a trigger refused what was written; the transaction goes on.
pub(crate) fn is_constraint(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(CONSTRAINT)
}

/// Whether SQLite itself failed, so that nothing is known of the transaction.
pub(crate) fn is_failure(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable { .. })
}

/// What an error of SQLite means to the caller.
pub(crate) fn store_error(error: &sqlx::Error) -> StoreError {
    let message = error.to_string();
    match error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Corrupt { message },
        _ => match primary_code(error) {
            Some(CORRUPT | NOT_A_DATABASE) => StoreError::Corrupt { message },
            Some(CONSTRAINT) => StoreError::Invalid { message },
            _ => StoreError::Unavailable { message },
        },
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
