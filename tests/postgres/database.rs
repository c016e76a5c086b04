//! A database of its own for each test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _};

use super::Server;

/// Makes the server's time what the table says, so that a test steps it: what no product has a switch for.
pub const STOPPED_CLOCK: &str = "
CREATE TABLE cicd_test_clock (now bigint NOT NULL);
INSERT INTO cicd_test_clock VALUES (1767225600000000); -- 2026-01-01T00:00:00Z
CREATE OR REPLACE FUNCTION cicd_now() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN (SELECT now FROM cicd_test_clock);";

/// Databases whose tests are over.
static OVER: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A database of the shared server, removed after the last use.
#[derive(Debug)]
pub struct Database {
    server: &'static Server,
    name: String,
}

impl Database {
    /// An empty one.
    pub async fn empty() -> Self {
        Self::of("template0").await
    }

    /// A copy of `template`, which nobody may be connected to.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn of(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = Server::shared();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("cicd_{}_{number}", std::process::id());
        let mut connection = PgConnection::connect(server.url()).await.expect("a server");
        let over = std::mem::take(&mut *OVER.lock().unwrap_or_else(PoisonError::into_inner));
        for name in over {
            run(&mut connection, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
        run(&mut connection, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        connection.close().await.expect("a connection that closes");
        Self { server, name }
    }

    /// Where it is reached.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url_of(&self.name)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A pool as any host opens one, without what our own pools set.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn pool(&self) -> PgPool {
        PgPoolOptions::new().max_connections(8).connect(&self.url()).await.expect("a pool")
    }

    /// Does to it what no host would.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn execute(&self, sql: &'static str) {
        let mut connection = PgConnection::connect(&self.url()).await.expect("a server");
        sqlx::raw_sql(sql).execute(&mut connection).await.expect("the server does as it is told");
        connection.close().await.expect("a connection that closes");
    }

    /// Keeps it as a template for others.
    #[must_use]
    pub fn into_template(self) -> String {
        let name = self.name.clone();
        std::mem::forget(self);
        name
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        OVER.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.name));
    }
}

async fn run(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.expect("the server does as it is told");
}
