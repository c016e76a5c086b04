//! A circuit breaker: who failed a few times in a row is left alone for a while, then tried by one.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many failures in a row are enough.
const FAILURES: u32 = 3;

#[derive(Debug)]
pub(super) struct Breaker {
    rest: Duration,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    failures: u32,
    /// Until when nobody tries, where it is open.
    open_until: Option<Instant>,
}

/// Somebody who tries. Whoever goes away without saying how it went has not failed, and another may try.
#[derive(Debug)]
pub(super) struct Attempt<'a>(&'a Breaker);

impl Breaker {
    pub(super) fn new(rest: Duration) -> Self {
        Self { rest, state: Mutex::new(State { failures: 0, open_until: None }) }
    }

    /// Whether to try now. Of those who ask after the rest, one may, and the others rest on meanwhile.
    pub(super) fn enter(&self) -> Option<Attempt<'_>> {
        let mut state = self.state();
        if let Some(until) = state.open_until {
            let now = Instant::now();
            if now < until {
                return None;
            }
            state.open_until = Some(now + self.rest);
        }
        Some(Attempt(self))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    pub(super) fn succeeded(self) {
        let mut state = self.0.state();
        if state.open_until.take().is_some() {
            tracing::info!("the cache in Redis is used again");
        }
        state.failures = 0;
    }

    /// Nothing came of it, because of `why`.
    pub(super) fn failed<T>(self, why: &str) -> Option<T> {
        let mut state = self.0.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            if state.open_until.is_none() {
                tracing::warn!(error = why, "the cache in Redis is left alone for a while");
            }
            state.open_until = Some(Instant::now() + self.0.rest);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    fn fail(breaker: &Breaker) {
        breaker.enter().unwrap().failed::<()>("test");
    }

    #[test]
    fn a_few_failures_in_a_row_open_it() {
        let breaker = Breaker::new(LONG);
        for _ in 0..10 {
            fail(&breaker);
            fail(&breaker);
            breaker.enter().unwrap().succeeded();
        }
        (0..FAILURES).for_each(|_| fail(&breaker));
        assert!(breaker.enter().is_none());
    }

    #[test]
    fn after_the_rest_one_may_try() {
        let breaker = Breaker::new(LONG);
        (0..FAILURES).for_each(|_| fail(&breaker));
        breaker.state().open_until = Some(Instant::now());
        let attempt = breaker.enter().unwrap();
        assert!(breaker.enter().is_none(), "the others rest on");
        attempt.failed::<()>("test");
        assert!(breaker.enter().is_none(), "one failure is enough now");
        breaker.state().open_until = Some(Instant::now());
        breaker.enter().unwrap().succeeded();
        assert!(breaker.enter().is_some() && breaker.enter().is_some(), "it is closed");
    }
}
