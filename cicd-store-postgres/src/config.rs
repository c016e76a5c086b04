//! What an embedder may set, and how connections are opened.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

/// How a store of its own pool uses the server. The defaults fit a host of a few replicas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresOptions {
    /// How many connections the pool opens at most; 16 unless set, at least 2.
    pub connections: u32,
    /// How long a caller waits for a free connection before it is `Unavailable`; 5 seconds unless set.
    pub acquire_timeout: Duration,
    /// How long a statement may run; 30 seconds unless set.
    pub statement_timeout: Duration,
    /// How long a statement may wait for a lock; 5 seconds unless set.
    pub lock_timeout: Duration,
    /// How long a session may sit in a transaction before the server ends it; 10 seconds unless set. The store itself never
    /// leaves a transaction open between two round trips.
    pub idle_in_transaction_timeout: Duration,
    /// The schema that holds the tables; what the server's `search_path` gives unless set.
    pub schema: Option<String>,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            connections: 16,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(10),
            schema: None,
        }
    }
}

/// How many prepared statements a connection keeps: more than there are shapes of loads and lists in use.
const STATEMENTS: usize = 256;

impl PostgresOptions {
    /// What each connection is opened with.
    pub(crate) fn connect(&self, url: &str) -> Result<PgConnectOptions, sqlx::Error> {
        let millis = |duration: Duration| duration.as_millis().to_string();
        let options = PgConnectOptions::from_str(url)?
            .application_name("cicd")
            .statement_cache_capacity(STATEMENTS)
            .options([
                ("default_transaction_isolation", "read committed".to_owned()),
                ("statement_timeout", millis(self.statement_timeout)),
                ("lock_timeout", millis(self.lock_timeout)),
                ("idle_in_transaction_session_timeout", millis(self.idle_in_transaction_timeout)),
                // What row-level security would hide is an error, until a store has found that it is on.
                ("row_security", "off".to_owned()),
                // Each statement has one shape for one purpose: planning it again for other values gives the same plan.
                ("plan_cache_mode", "force_generic_plan".to_owned()),
            ])
            .disable_statement_logging();
        Ok(match &self.schema {
            Some(schema) => options.options([("search_path", schema)]),
            None => options,
        })
    }

    /// A pool of connections to the server at `url`, such as `postgres://cicd@db.example/cicd`.
    ///
    /// # Errors
    /// When the address can't be read, or the server can't be reached.
    pub async fn pool(&self, url: &str) -> Result<PgPool, sqlx::Error> {
        PgPoolOptions::new()
            .max_connections(self.connections.max(2))
            .acquire_timeout(self.acquire_timeout)
            .test_before_acquire(false)
            .connect_with(self.connect(url)?)
            .await
    }
}
