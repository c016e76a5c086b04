//! What an embedder may set, and how connections are opened.

use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};

use crate::error::OpenError;

/// How a store uses its file. The defaults fit a host of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqliteOptions {
    /// How many reads run at once; 4 unless set, at least 1.
    pub readers: u32,
    /// How many changes may wait for the writer before callers wait too; 1 024 unless set, at least 1.
    pub queue: usize,
    /// How many changes share a commit at most; 64 unless set, at least 1.
    pub most_per_commit: usize,
    /// How long to wait for another process that has the file locked, such as a backup; 5 seconds unless set.
    pub busy_timeout: Duration,
    /// How many pages of 4 KiB the file may grow to; as many as SQLite allows unless set. A change that needs more is
    /// `Unavailable`, as on a full disk.
    pub most_pages: Option<u32>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            queue: 1024,
            most_per_commit: 64,
            busy_timeout: Duration::from_secs(5),
            most_pages: None,
        }
    }
}

/// How many prepared statements a connection keeps: more than there are shapes of changes in use.
const STATEMENTS: usize = 256;
/// How many rows may wait between SQLite's thread and ours.
const ROWS: usize = 1024;

impl SqliteOptions {
    fn connect(&self, path: &Path) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Without it a REPLACE removes rows past the triggers that forbid it.
            .pragma("recursive_triggers", "ON")
            .pragma("trusted_schema", "OFF")
            .busy_timeout(self.busy_timeout)
            .statement_cache_capacity(STATEMENTS)
            .row_buffer_size(ROWS)
            .disable_statement_logging()
    }

    /// The connection that writes.
    pub(crate) async fn writer(&self, path: &Path) -> Result<SqliteConnection, sqlx::Error> {
        let mut connect = self.connect(path).thread_name(|_| "cicd-sqlite-writer".to_owned());
        if let Some(pages) = self.most_pages {
            connect = connect.pragma("max_page_count", pages.to_string());
        }
        connect.connect().await
    }

    /// The connections that read. They can't write.
    pub(crate) async fn readers(&self, path: &Path) -> Result<SqlitePool, sqlx::Error> {
        let connect = self
            .connect(path)
            .pragma("query_only", "ON")
            .thread_name(|number| format!("cicd-sqlite-reader-{number}"));
        SqlitePoolOptions::new()
            .min_connections(1)
            .max_connections(self.readers.max(1))
            .test_before_acquire(false)
            .connect_with(connect)
            .await
    }
}

/// How long somebody who only looks waits for whoever has the file locked, such as a backup.
const BUSY: Duration = Duration::from_secs(5);

/// How a database is opened to look at it, also while a host holds it.
pub(crate) fn looking(path: &Path) -> Result<SqliteConnectOptions, OpenError> {
    std::fs::File::open(path).map_err(|source| OpenError::Io { path: path.to_path_buf(), source })?;
    Ok(SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .pragma("trusted_schema", "OFF")
        .busy_timeout(BUSY)
        .disable_statement_logging())
}

/// A connection that looks.
pub(crate) async fn look(path: &Path) -> Result<SqliteConnection, OpenError> {
    Ok(looking(path)?.connect().await?)
}
