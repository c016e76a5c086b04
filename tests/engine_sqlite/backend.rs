//! The store under the engine: a file of its own.

use std::path::Path;
use std::sync::Arc;

use cicd_core::memory::Clock;
use cicd_core::port::Store;
use cicd_store_sqlite::{SqliteOptions, SqliteStore, migrate};

/// An empty store whose time is `clock`'s.
pub(crate) async fn open(clock: impl Clock) -> Arc<dyn Store> {
    // In memory where the system has such a place: what is asked here does not depend on how long a disk takes.
    let memory = Path::new("/dev/shm");
    let directory = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let path = directory.path().join("cicd.db");
    migrate(&path).await.unwrap();
    // The directory lives as long as the clock, which the store owns.
    let clock = Arc::new(move || {
        let _ = directory.path();
        clock.now()
    });
    Arc::new(SqliteStore::open_with_clock(&path, SqliteOptions::default(), clock).await.unwrap())
}

/// After how many polls most calls have come to their end.
pub(crate) const POLLS: u32 = 16;

/// How many denials make a flood.
pub(crate) const DENIALS: u64 = 10_000;

/// How many releases approvers race on.
pub(crate) const fn raced_releases() -> usize {
    30
}
