//! Two hosts over one database and one cache, while clients write on either and read on either: no client that says what it has
//! seen misses any of it, none that says nothing is more than a head's life behind, and no answer is an error. First with
//! a Redis that is made slow, cut off, flushed and killed all the while, then with a cache of each host's own.
//!
//! `CICD_PROVE_CASES` sets how many reads, `CICD_PROVE_SEED` what the clients do.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod clients;
mod faults;
mod restored;
mod site;

use cicd_cache::{CacheOptions, MokaCache, RedisCache};
use cicd_tests::redis::{Proxy, Server};

use clients::Told;
use faults::Faults;
use site::Site;

/// How many reads where nobody says.
const READS: u64 = 8_000;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

async fn reads_of(site: Site) -> Told {
    let (reads, seed) = (number("CICD_PROVE_CASES", READS), number("CICD_PROVE_SEED", 0x5eed_ca5e));
    let told = clients::run(site, reads, seed).await;
    println!("seed {seed}: {told}");
    assert_eq!(told.errors, 0, "an answer was an error");
    assert_eq!(told.wrong, 0, "a client missed what it had seen");
    assert_eq!(told.late, 0, "a client was more than a head's life behind");
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_wrong_while_redis_fails() {
    let server = Server::start();
    let ways = [Proxy::to(server.socket()), Proxy::to(server.socket())];
    let options = CacheOptions { rest: std::time::Duration::from_millis(200), ..CacheOptions::default() };
    let open = |way: &Proxy| RedisCache::new(&way.url(), None, "test", options).unwrap();
    let site = Site::new([Box::new(open(&ways[0])), Box::new(open(&ways[1]))]).await;
    let faults = Faults::begin(server, ways);
    let told = reads_of(site).await;
    let made = faults.end();
    println!("{made} faults");
    assert!(made > 0 && told.writes > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_wrong_with_caches_of_the_hosts_own() {
    let open = || MokaCache::new(CacheOptions::default());
    let told = reads_of(Site::new([Box::new(open()), Box::new(open())]).await).await;
    assert!(told.writes > 0);
}
