//! Single flight: of those who ask the same at once, one does the work and all get what came of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::EngineError;

/// From how many flights on those that have ended are looked for.
const MANY: usize = 256;

type Work<T> = BoxFuture<'static, Result<T, EngineError>>;

/// What is under way, by what was asked. A flight that everybody left has ended.
pub(super) struct Flights<K, T>(Mutex<HashMap<K, WeakShared<Work<T>>>>)
where
    T: Clone;

impl<K: Clone + Eq + Hash, T: Clone + Send + Sync + 'static> Flights<K, T> {
    /// What comes of the work on `key`: of work that is under way, or of `work`.
    pub(super) async fn join<F>(&self, key: K, work: impl FnOnce() -> F) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, EngineError>> + Send + 'static,
    {
        let flight = self.enter(&key, work);
        let done = flight.clone().await;
        self.leave(&key, &flight);
        done
    }

    fn enter<F>(&self, key: &K, work: impl FnOnce() -> F) -> Shared<Work<T>>
    where
        F: Future<Output = Result<T, EngineError>> + Send + 'static,
    {
        let mut flights = self.flights();
        if let Some(flight) = flights.get(key).and_then(WeakShared::upgrade) {
            return flight;
        }
        if flights.len() >= MANY {
            flights.retain(|_, flight| flight.upgrade().is_some());
        }
        let flight = work().boxed().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(key.clone(), weak);
        }
        flight
    }

    /// Who comes from now on does the work anew.
    fn leave(&self, key: &K, flight: &Shared<Work<T>>) {
        let mut flights = self.flights();
        if flights.get(key).and_then(WeakShared::upgrade).is_some_and(|other| other.ptr_eq(flight)) {
            flights.remove(key);
        }
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<K, WeakShared<Work<T>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, T: Clone> Default for Flights<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}
