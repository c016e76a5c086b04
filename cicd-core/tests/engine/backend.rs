//! The store under the engine: in memory.

use std::sync::Arc;

use cicd_core::memory::{Clock, MemoryStore};
use cicd_core::port::Store;

/// An empty store whose time is `clock`'s.
pub(crate) async fn open(clock: impl Clock) -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(clock))
}

/// After how many polls every call has come to its end.
pub(crate) const POLLS: u32 = 10;

/// How many denials make a flood.
pub(crate) const DENIALS: u64 = 100_000;

/// How many releases approvers race on.
pub(crate) const fn raced_releases() -> usize {
    30
}
