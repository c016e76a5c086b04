//! The store contract, case by case, and the traces, through a host's login on a database with parted roles and row-level
//! security.

use std::sync::Arc;

use cicd_core::port::Store;
use cicd_core::testing::store::Fixture;
use cicd_core::testing::trace::agree;
use cicd_store_postgres::PostgresStore;
use cicd_tests::postgres::Database;

use crate::conformance::ServerClock;
use crate::database::{host_pool, secured};

/// How many sequences are compared, and how many commands each has.
const SEEDS: u64 = 10;
const STEPS: usize = 40;

/// A new database, which is removed with the last store on it.
async fn fixture() -> Fixture {
    let database = Arc::new(secured().await);
    let clock = ServerClock(database.pool().await);
    Fixture::open(clock, move || reopened(Arc::clone(&database))).await
}

async fn reopened(database: Arc<Database>) -> Arc<dyn Store> {
    Arc::new(PostgresStore::with_pool(host_pool(&database).await).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_and_a_secured_database_agree() {
    agree(&Fixture::of_memory().await, &fixture().await, 0..SEEDS, STEPS).await;
}

cicd_core::store_conformance!(fixture);
