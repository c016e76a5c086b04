//! The cache in memory holds the contract of caches.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use cicd_core::memory::{MemoryCache, SteppedClock};
use cicd_core::testing::cache::CacheFixture;
use futures_util::FutureExt as _;

async fn fixture() -> CacheFixture {
    let clock = SteppedClock::default();
    let cache = MemoryCache::new(clock.clone(), 1_000_000);
    CacheFixture::new(cache, Duration::from_secs(1), move |time| {
        clock.step(i64::try_from(time.as_micros()).unwrap());
        async {}.boxed()
    })
}

cicd_core::cache_conformance!(fixture);
