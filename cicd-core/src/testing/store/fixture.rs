//! What a case is given: an empty store, its clock, and the way to open it again.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::memory::{MemoryStore, SteppedClock};
use crate::port::Store;

/// Steps the clock of a store.
#[async_trait]
pub trait StoreClock: Send + Sync + 'static {
    /// Moves the store's time on by `micros` microseconds, or back when they are negative.
    async fn step(&self, micros: i64);
}

#[async_trait]
impl StoreClock for SteppedClock {
    async fn step(&self, micros: i64) {
        Self::step(self, micros);
    }
}

type Open = Arc<dyn Fn() -> BoxFuture<'static, Arc<dyn Store>> + Send + Sync>;

/// A store under test.
pub struct Fixture {
    /// The store, empty.
    pub store: Arc<dyn Store>,
    clock: Arc<dyn StoreClock>,
    open: Open,
}

impl Fixture {
    /// The empty store that `open` gives. Later calls of `open` come when the store is dropped, and give the same data.
    pub async fn open<F>(clock: impl StoreClock, open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Arc<dyn Store>> + Send + 'static,
    {
        let open: Open = Arc::new(move || open().boxed());
        Self { store: open().await, clock: Arc::new(clock), open }
    }

    /// A store in memory, which stays what it is when it is opened again.
    pub async fn of_memory() -> Self {
        let clock = SteppedClock::default();
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(clock.clone()));
        Self::open(clock, move || std::future::ready(Arc::clone(&store))).await
    }

    /// Moves the store's time on by `seconds`, or back when they are negative.
    pub async fn step_seconds(&self, seconds: i64) {
        self.clock.step(seconds.saturating_mul(1_000_000)).await;
    }

    /// Closes the store and opens it again.
    pub async fn reopen(self) -> Self {
        let Self { store, clock, open } = self;
        drop(store);
        Self { store: open().await, clock, open }
    }
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture").finish_non_exhaustive()
    }
}
