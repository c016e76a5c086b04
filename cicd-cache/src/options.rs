//! How long and how much.

use std::time::Duration;

/// How long heads live, how much is kept, and how long a reader waits for a cache that is not in its own process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheOptions {
    /// How long a head lives: how old an answer may be whatever news is lost. Hosts that share a cache agree on it.
    pub head_life: Duration,
    /// How long a page is kept.
    pub page_life: Duration,
    /// How many bytes of pages are kept in memory, their keys included; a Redis has a bound of its own (`maxmemory`).
    pub page_bytes: u64,
    /// How long a reader waits for Redis before it asks the store.
    pub budget: Duration,
    /// How long Redis is left alone after it failed.
    pub rest: Duration,
}

impl Default for CacheOptions {
    /// One second for heads, ten minutes and 64 MiB for pages, 30 ms and two seconds for Redis.
    fn default() -> Self {
        Self {
            head_life: Duration::from_secs(1),
            page_life: Duration::from_secs(600),
            page_bytes: 64 << 20,
            budget: Duration::from_millis(30),
            rest: Duration::from_secs(2),
        }
    }
}

impl CacheOptions {
    /// The life of a head in microseconds.
    pub(crate) fn life_micros(&self) -> u64 {
        u64::try_from(self.head_life.as_micros()).unwrap_or(u64::MAX)
    }
}
