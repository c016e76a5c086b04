//! The store contract, case by case, on files.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::sync::Arc;

use cicd_core::memory::{Clock as _, SteppedClock};
use cicd_core::port::Store;
use cicd_core::testing::store::Fixture;
use cicd_store_sqlite::{OpenError, SqliteOptions, SqliteStore, migrate};
use tempfile::TempDir;

/// A new file, which is removed with the last store on it.
async fn fixture() -> Fixture {
    let directory = Arc::new(tempfile::tempdir().unwrap());
    let path = directory.path().join("cicd.db");
    migrate(&path).await.unwrap();
    let clock = SteppedClock::default();
    Fixture::open(clock.clone(), move || open(path.clone(), clock.clone(), Arc::clone(&directory))).await
}

/// Opens the file once the store before has given it up: one that is dropped, not closed, does so a little later.
async fn open(path: PathBuf, clock: SteppedClock, _directory: Arc<TempDir>) -> Arc<dyn Store> {
    loop {
        let clock = clock.clone();
        let clock = Arc::new(move || clock.now());
        match SqliteStore::open_with_clock(&path, SqliteOptions::default(), clock).await {
            Ok(store) => return Arc::new(store),
            Err(OpenError::Held { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

cicd_core::store_conformance!(fixture);
