//! The database restored to an older point: its sequences come again with other events, so what was kept under them is not what they
//! say now. Hosts are stopped, the cache is emptied, hosts start: as `docs/OPERATIONS.md` has it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use cicd_cache::{CacheOptions, MokaCache, RedisCache};
use cicd_core::port::Cache;
use cicd_tests::redis::Server;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::site::{Site, service};

/// Two caches that two hosts start with.
type Open<'a> = &'a dyn Fn() -> [Box<dyn Cache>; 2];

/// Which events a service's timeline has, and when they were, on a host that is asked by somebody who has seen nothing; newest first.
async fn told(site: &Site, host: usize) -> Vec<String> {
    let path = format!("/api/v1/services/{}/timeline?limit=20", service(0));
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = site.hosts[host].router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let page: Value =
        serde_json::from_slice(&answer.into_body().collect().await.unwrap().to_bytes()).unwrap();
    let entries = page["items"].as_array().unwrap().iter();
    entries.map(|entry| format!("{} {}", entry["seq"], entry["at"])).collect()
}

/// Writes once to a history, restores the database to the point before, and writes again: the same sequence, another event. Gives
/// what the hosts tell of it with caches that `open` opens, having lived through the first write with such caches too.
async fn restored(directory: &TempDir, open: Open<'_>, emptied: impl FnOnce()) -> [Vec<String>; 3] {
    let kept = directory.path().join("kept.db");
    let site = Site::at(directory.path(), open()).await;
    site.fill().await;
    cicd_store_sqlite::backup(directory.path().join("cicd.db"), &kept).await.unwrap();
    let lost_seq = site.write(0, 0, "lost").await;
    let lost = told(&site, 0).await;
    assert_eq!(told(&site, 1).await, lost, "both hosts have the page");
    site.close().await;
    for name in ["cicd.db-wal", "cicd.db-shm"] {
        let _ = std::fs::remove_file(directory.path().join(name));
    }
    std::fs::rename(&kept, directory.path().join("cicd.db")).unwrap();
    emptied();
    let site = Site::at(directory.path(), open()).await;
    let seq = site.write(1, 0, "again").await;
    assert_eq!(seq, lost_seq, "the sequence comes again, else this test tests nothing");
    let (here, there) = (told(&site, 0).await, told(&site, 1).await);
    site.close().await;
    [lost, here, there]
}

fn is_new(pages: &[Vec<String>; 3]) {
    let [lost, here, there] = pages;
    assert_eq!(here, there);
    assert_eq!(here.len(), lost.len());
    assert_ne!(here[0], lost[0], "it is the event that was lost");
    assert_eq!(here[1..], lost[1..], "the history before is what it was");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_that_start_anew_with_caches_of_their_own_tell_nothing_that_was_lost() {
    let directory = tempfile::tempdir().unwrap();
    let open = || -> [Box<dyn Cache>; 2] {
        [Box::new(MokaCache::new(CacheOptions::default())), Box::new(MokaCache::new(CacheOptions::default()))]
    };
    is_new(&restored(&directory, &open, || ()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_was_emptied_tells_nothing_that_was_lost_and_one_that_was_not_does() {
    for empties in [true, false] {
        let (directory, server) = (tempfile::tempdir().unwrap(), Server::start());
        let options = CacheOptions { budget: std::time::Duration::from_secs(20), ..CacheOptions::default() };
        let open = || -> [Box<dyn Cache>; 2] {
            let open = || Box::new(RedisCache::new(&server.url(), None, "test", options).unwrap());
            [open(), open()]
        };
        let emptied = || {
            if empties {
                server.flush();
            }
        };
        let pages = restored(&directory, &open, emptied).await;
        if empties {
            is_new(&pages);
        } else {
            assert_eq!(
                pages[0], pages[1],
                "why the cache is to be emptied; when this fails, say so in the docs"
            );
        }
    }
}
