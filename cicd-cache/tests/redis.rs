//! The cache in Redis holds the contract of caches, on a server of its own; and a server that is down, slow, flushed or
//! started anew costs a reader no more than its budget.
#![cfg(feature = "redis")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use cicd_cache::{CacheOptions, RedisCache, RedisError};
use cicd_core::authz::Object;
use cicd_core::id::TenantId;
use cicd_core::port::{Cache as _, CachedPage, HeadOf, PageKey};
use cicd_core::testing::cache::CacheFixture;
use cicd_tests::redis::{Proxy, Server, Way};
use futures_util::FutureExt as _;

/// So long that what happens between two passes is short beside it.
const LIFE: Duration = Duration::from_secs(2);
/// A budget that a busy machine keeps.
const PATIENT: Duration = Duration::from_secs(20);
/// How long anything may take that a test waits for. Only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

fn options() -> CacheOptions {
    CacheOptions { head_life: LIFE, budget: PATIENT, ..CacheOptions::default() }
}

async fn fixture() -> CacheFixture {
    let server = Server::start();
    let cache = RedisCache::new(&server.url(), None, "test", options()).unwrap();
    CacheFixture::new(cache, LIFE, |time| tokio::time::sleep(time).boxed()).keeping(server)
}

cicd_core::cache_conformance!(fixture);

fn acme() -> TenantId {
    "acme".parse().unwrap()
}

async fn teach(cache: &RedisCache, seq: u64) {
    let seen = cache.heads(&acme(), &[HeadOf::Tenant]).await;
    cache.learn(&acme(), &[HeadOf::Tenant], seq, seen.looked_at).await;
}

async fn known(cache: &RedisCache) -> Option<u64> {
    cache.heads(&acme(), &[HeadOf::Tenant]).await.seqs[0]
}

/// Waits until the cache can be taught again.
async fn recovered(cache: &RedisCache) {
    let started = Instant::now();
    for seq in 1_000.. {
        teach(cache, seq).await;
        if known(cache).await == Some(seq) {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "it is never used again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_share_heads_and_pages_of_one_namespace() {
    let server = Server::start();
    let open = |namespace| RedisCache::new(&server.url(), None, namespace, options()).unwrap();
    let (here, there, elsewhere) = (open("one"), open("one"), open("other"));
    let key = PageKey { tenant: acme(), question: "q".to_owned(), heads: vec![7] };
    let page = Arc::new(CachedPage { object: Object::tenant(), body: b"page"[..].into() });
    teach(&here, 7).await;
    here.keep(&key, &page).await;
    assert_eq!((known(&there).await, there.page(&key).await), (Some(7), Some(page)));
    assert_eq!((known(&elsewhere).await, elsewhere.page(&key).await), (None, None), "another database's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_server_costs_the_budget_a_few_times() {
    let server = Server::start();
    let proxy = Proxy::to(server.socket());
    let budget = Duration::from_millis(500);
    let options = CacheOptions { budget, rest: Duration::from_secs(3600), ..options() };
    let cache = RedisCache::new(&proxy.url(), None, "test", options).unwrap();
    // Connected before it is slow: else the time that a connection may take would hide that there is no budget.
    recovered(&cache).await;
    proxy.set(Way::Slow(PATIENCE));
    // Without a budget the first of these would not come back, without a breaker each would take one.
    let asked = async {
        for _ in 0..10_000 {
            assert_eq!(known(&cache).await, None);
        }
    };
    tokio::time::timeout(PATIENCE / 2, asked).await.expect("readers don't wait for a slow cache");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_is_used_again() {
    let server = Server::start();
    let proxy = Proxy::to(server.socket());
    let options =
        CacheOptions { budget: Duration::from_secs(1), rest: Duration::from_millis(50), ..options() };
    let cache = RedisCache::new(&proxy.url(), None, "test", options).unwrap();
    recovered(&cache).await;
    proxy.set(Way::Cut);
    assert_eq!(known(&cache).await, None);
    proxy.set(Way::Open);
    recovered(&cache).await;
    server.stop();
    assert_eq!(known(&cache).await, None);
    server.run();
    recovered(&cache).await;
    server.flush();
    assert_eq!(known(&cache).await, None, "nothing is left");
    recovered(&cache).await;
    proxy.set(Way::Slow(Duration::from_secs(2)));
    assert_eq!(known(&cache).await, None);
    proxy.set(Way::Open);
    recovered(&cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_never_there_is_no_error() {
    let cache = RedisCache::new("redis://127.0.0.1:1/", None, "test", options()).unwrap();
    for _ in 0..100 {
        teach(&cache, 7).await;
        assert_eq!(known(&cache).await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_shown_to_the_server_and_to_nobody_else() {
    let server = Server::with_password("hush-hush");
    let without = RedisCache::new(&server.url(), None, "test", options()).unwrap();
    teach(&without, 7).await;
    assert_eq!(known(&without).await, None);
    let with = RedisCache::new(&server.url(), Some("hush-hush"), "test", options()).unwrap();
    teach(&with, 7).await;
    assert_eq!(known(&with).await, Some(7));
    assert!(!format!("{with:?}").contains("hush"));
    let wrong = RedisCache::new("redis://:hush-hush@cache.example:port/", None, "test", options());
    let Err(error @ RedisError::Address { .. }) = wrong else { unreachable!("an address without a port") };
    assert!(!error.to_string().contains("hush"), "{error}");
}
