//! The cache in memory holds the contract of caches, and its bound.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use cicd_cache::{CacheOptions, MokaCache};
use cicd_core::authz::Object;
use cicd_core::port::{Cache as _, CachedPage, PageKey};
use cicd_core::testing::cache::CacheFixture;
use futures_util::FutureExt as _;

/// So long that what happens between two passes is short beside it.
const LIFE: Duration = Duration::from_secs(2);

async fn fixture() -> CacheFixture {
    let cache = MokaCache::new(CacheOptions { head_life: LIFE, ..CacheOptions::default() });
    CacheFixture::new(cache, LIFE, |time| tokio::time::sleep(time).boxed())
}

cicd_core::cache_conformance!(fixture);

#[tokio::test]
async fn pages_take_no_more_bytes_than_they_may() {
    let bound = 1 << 20;
    let cache = MokaCache::new(CacheOptions { page_bytes: bound, ..CacheOptions::default() });
    let key = |number: u64| PageKey {
        tenant: "acme".parse().unwrap(),
        question: format!("question {number}"),
        heads: vec![number],
    };
    let page = |bytes| Arc::new(CachedPage { object: Object::tenant(), body: vec![7; bytes].into() });
    for number in 0..1_000 {
        cache.keep(&key(number), &page(10_000)).await;
        assert!(cache.page_bytes() <= bound, "after {number}");
    }
    assert!(cache.page_bytes() > bound / 2, "and it uses what it has");
    cache.keep(&key(1_000), &page(2 << 20)).await;
    assert!(cache.page_bytes() <= bound, "one that is larger than all is not kept");
    assert!(cache.page(&key(1_000)).await.is_none());
}
