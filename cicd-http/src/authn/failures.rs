//! Failed authentications by address, and by what they were for: beyond a few a minute an address has to wait.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::limits::{FAILING_ADDRESSES, FAILURE_WINDOW, FAILURES};
use crate::origin::network;

/// Counts failures by address and by what was asked for, in windows of [`FAILURE_WINDOW`].
#[derive(Debug, Default)]
pub(crate) struct Failures<K = ()>(Mutex<HashMap<(IpAddr, K), Window>>);

#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    count: u32,
}

impl Window {
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= FAILURE_WINDOW
    }
}

impl<K: Eq + Hash> Failures<K> {
    /// How many seconds `address` has to wait for `what`; `None` when it may try.
    pub(crate) fn wait(&self, (address, what): (IpAddr, K), now: Instant) -> Option<u64> {
        let windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.get(&(network(address), what))?;
        let blocked = !window.is_over(now) && window.count >= FAILURES;
        let left = FAILURE_WINDOW.saturating_sub(now.saturating_duration_since(window.since));
        blocked.then(|| left.as_secs().saturating_add(1))
    }

    /// Counts one more failure of `address` with `what`.
    pub(crate) fn count(&self, (address, what): (IpAddr, K), now: Instant) {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= FAILING_ADDRESSES {
            windows.retain(|_, window| !window.is_over(now));
        }
        if windows.len() >= FAILING_ADDRESSES {
            // Memory stays bounded; whoever commands so many addresses is not held back by a count.
            windows.clear();
        }
        let window = windows.entry((network(address), what)).or_insert(Window { since: now, count: 0 });
        if window.is_over(now) {
            *window = Window { since: now, count: 0 };
        }
        window.count = window.count.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_eleventh_try_waits_for_the_minute_to_end() {
        let (failures, now, ours) = (Failures::default(), Instant::now(), address("192.0.2.1"));
        for _ in 0..FAILURES {
            assert_eq!(failures.wait((ours, ()), now), None);
            failures.count((ours, ()), now);
        }
        assert_eq!(failures.wait((ours, ()), now), Some(61));
        assert_eq!(failures.wait((ours, ()), now + Duration::from_secs(59)), Some(2));
        assert_eq!(failures.wait((address("192.0.2.2"), ()), now), None, "another address is not held back");
        assert_eq!(failures.wait((ours, ()), now + FAILURE_WINDOW), None);
        failures.count((ours, ()), now + FAILURE_WINDOW);
        assert_eq!(failures.wait((ours, ()), now + FAILURE_WINDOW), None, "counting began anew");
    }

    #[test]
    fn memory_is_bounded() {
        let (failures, now) = (Failures::default(), Instant::now());
        for number in 0..(2 * u32::try_from(FAILING_ADDRESSES).unwrap() + 5) {
            failures.count((IpAddr::V4(number.into()), ()), now);
        }
        assert!(failures.0.lock().unwrap().len() <= FAILING_ADDRESSES);
    }
}
