//! Rates: how many requests a principal, or an address, may send.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::limits::{RATE_BURST_SECONDS, RATED};

/// How many requests a second are taken in the long run; at once as many as in five seconds. Zero stands for any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// From one principal, whatever its credentials and addresses.
    pub per_principal: u32,
    /// From one address: an IPv4 address or an IPv6 /64.
    pub per_address: u32,
}

/// Counts what comes from each `K`, after the generic cell rate algorithm: for each the moment by which everything that was
/// taken would have come at the rate.
#[derive(Debug)]
pub(crate) struct Limiter<K> {
    interval: Option<Duration>,
    due: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash> Limiter<K> {
    /// Takes `per_second` of each; any number for zero.
    pub(crate) fn new(per_second: u32) -> Self {
        Self { interval: Duration::from_secs(1).checked_div(per_second), due: Mutex::default() }
    }

    /// Takes one more of `who`, or says after how many seconds one would be taken.
    ///
    /// # Errors
    /// The seconds to wait, at least one.
    pub(crate) fn take(&self, who: K, now: Instant) -> Result<(), u64> {
        let Some(interval) = self.interval else { return Ok(()) };
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if due.len() >= RATED && !due.contains_key(&who) {
            due.retain(|_, due| *due > now);
            if due.len() >= RATED {
                // Memory stays bounded; whoever commands so many addresses is not held back by a count.
                due.clear();
            }
        }
        let taken = due.entry(who).or_insert(now);
        let next = interval.saturating_add((*taken).saturating_duration_since(now));
        let beyond = next.saturating_sub(Duration::from_secs(RATE_BURST_SECONDS));
        if beyond > Duration::ZERO {
            return Err(beyond.as_secs().saturating_add(1));
        }
        *taken = now.checked_add(next).unwrap_or(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_then_the_rate() {
        let (limiter, now) = (Limiter::new(10), Instant::now());
        let taken = |who, now| (0..200).take_while(|_| limiter.take(who, now).is_ok()).count();
        assert_eq!(taken("a", now), 50);
        assert_eq!(limiter.take("a", now), Err(1));
        assert_eq!(taken("b", now), 50, "another is not held back");
        assert_eq!(taken("a", now + Duration::from_secs(1)), 10);
        assert_eq!(taken("a", now + Duration::from_secs(60)), 50, "no more than a burst is saved up");
    }

    #[test]
    fn zero_takes_everything() {
        let (limiter, now) = (Limiter::new(0), Instant::now());
        assert!((0..10_000).all(|_| limiter.take((), now).is_ok()));
        assert!(limiter.due.lock().unwrap().is_empty());
    }

    #[test]
    fn memory_is_bounded_and_the_quiet_are_forgotten_first() {
        let (limiter, now) = (Limiter::new(1), Instant::now());
        let later = now + Duration::from_secs(2);
        for number in 0..RATED - 1 {
            limiter.take(number, now).unwrap();
        }
        for _ in 0..5 {
            limiter.take(usize::MAX, later).unwrap();
        }
        for number in RATED..RATED + 10 {
            limiter.take(number, later).unwrap();
        }
        assert!(limiter.due.lock().unwrap().len() <= RATED);
        assert!(limiter.take(usize::MAX, later).is_err(), "who is busy is remembered");
    }
}
