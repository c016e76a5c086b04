//! The store contract, case by case, on a real server.

use std::sync::Arc;

use async_trait::async_trait;
use cicd_core::port::Store;
use cicd_core::testing::store::{Fixture, StoreClock};
use cicd_tests::postgres::Database;
use sqlx::postgres::PgPool;

use crate::database::{open, stopped};

/// The table that says what the server's time is.
pub(crate) struct ServerClock(pub(crate) PgPool);

#[async_trait]
impl StoreClock for ServerClock {
    async fn step(&self, micros: i64) {
        let step = sqlx::query("UPDATE cicd_test_clock SET now = now + $1").bind(micros);
        step.execute(&self.0).await.unwrap();
    }
}

/// A new database, which is removed with the last store on it.
pub(crate) async fn fixture() -> Fixture {
    let database = Arc::new(stopped().await);
    let clock = ServerClock(database.pool().await);
    Fixture::open(clock, move || reopened(Arc::clone(&database))).await
}

async fn reopened(database: Arc<Database>) -> Arc<dyn Store> {
    Arc::new(open(&database).await)
}

cicd_core::store_conformance!(fixture);
