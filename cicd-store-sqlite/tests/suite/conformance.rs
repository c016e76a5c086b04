//! The store contract, case by case, on files.

use std::sync::Arc;

use cicd_core::memory::{Clock as _, SteppedClock};
use cicd_core::port::Store;
use cicd_core::testing::store::Fixture;
use cicd_store_sqlite::{OpenError, SqliteOptions, SqliteStore};

use crate::database::Database;

/// A new file, which is removed with the last store on it.
pub(crate) async fn fixture() -> Fixture {
    let database = Arc::new(Database::migrated().await);
    let clock = SteppedClock::default();
    Fixture::open(clock.clone(), move || open(Arc::clone(&database), clock.clone())).await
}

/// Opens the file once the store before has given it up: one that is dropped, not closed, does so a little later.
async fn open(database: Arc<Database>, clock: SteppedClock) -> Arc<dyn Store> {
    loop {
        let clock = clock.clone();
        let clock = Arc::new(move || clock.now());
        match SqliteStore::open_with_clock(database.path(), SqliteOptions::default(), clock).await {
            Ok(store) => return Arc::new(store),
            Err(OpenError::Held { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

cicd_core::store_conformance!(fixture);
