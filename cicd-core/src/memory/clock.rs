//! Where a store in memory takes its time from: the core reads no clock of its own.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::time::Timestamp;

/// The time of a store. A closure that gives a [`Timestamp`] is one.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

impl<F: Fn() -> Timestamp + Send + Sync + 'static> Clock for F {
    fn now(&self) -> Timestamp {
        self()
    }
}

/// A clock that stands still until it is stepped. Clones are the same clock.
///
/// ```
/// use cicd_core::memory::{Clock as _, SteppedClock};
/// let clock = SteppedClock::starting("2026-11-22T09:00:00Z".parse()?);
/// clock.advance_seconds(90);
/// assert_eq!(clock.now().to_string(), "2026-11-22T09:01:30.000000Z");
/// # Ok::<(), cicd_core::time::ParseTimestampError>(())
/// ```
#[derive(Clone)]
pub struct SteppedClock(Arc<AtomicI64>);

impl SteppedClock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn starting(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.as_micros())))
    }

    /// Moves the clock on by `micros` microseconds, or back when they are negative.
    pub fn step(&self, micros: i64) {
        let stepped = |at: i64| Some(at.saturating_add(micros));
        // A closure that gives `Some` never fails.
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, stepped);
    }

    /// Moves the clock on by `seconds`.
    pub fn advance_seconds(&self, seconds: u64) {
        let micros = seconds.saturating_mul(1_000_000);
        self.step(i64::try_from(micros).unwrap_or(i64::MAX));
    }

    /// Sets the clock to `at`, which may be earlier.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_micros(), Ordering::SeqCst);
    }
}

impl Default for SteppedClock {
    /// A clock that stands at 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self::starting(Timestamp::from_micros(1_767_225_600_000_000))
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

impl fmt::Debug for SteppedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SteppedClock").field(&self.now()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_are_one_clock() {
        let clock = SteppedClock::default();
        let other = clock.clone();
        let start = clock.now();
        other.advance_seconds(2);
        other.step(-500_000);
        assert_eq!(clock.now(), start.plus_micros(1_500_000));
        clock.set(Timestamp::EPOCH);
        assert_eq!(other.now(), Timestamp::EPOCH);
    }
}
