//! Of many who ask the same at once, one asks the store.

use cicd_core::engine::EngineError;
use futures_util::future::join_all;

use super::{Site, asked};

/// How many ask at once.
const READERS: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_readers_cost_one() {
    let site = Site::new().await;
    let cache = site.cache();
    cache.down(true);
    let host = site.host(&cache, 3);
    let reads = async || {
        let before = site.world.store.reads();
        let readers = (0..READERS).map(|_| async {
            asked(&host, &site.world.ann(), &site.question()).await.unwrap();
        });
        join_all(readers).await;
        site.world.store.reads() - before
    };
    site.world.store.dawdle(true);
    let many = reads().await;
    assert!(many < 2 * READERS, "{many} reads for {READERS} readers, where each alone needs four");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_that_goes_away_takes_nobody_with_it() {
    let site = Site::new().await;
    let host = site.host(&site.cache(), 3);
    site.world.store.dawdle(true);
    for polls in 1..6 {
        site.pass_a_life();
        let (ann, question) = (site.world.ann(), site.question());
        let mut first = Box::pin(asked(&host, &ann, &question));
        for _ in 0..polls {
            if futures_util::poll!(&mut first).is_ready() {
                break;
            }
        }
        let second = asked(&host, &ann, &question);
        let second = async {
            tokio::task::yield_now().await;
            second.await
        };
        let leaving = async {
            drop(first);
        };
        let (answer, ()) = futures_util::join!(second, leaving);
        assert!(answer.is_ok(), "after {polls} polls");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failure_is_everybodys_once() {
    let site = Site::new().await;
    let host = site.host(&site.cache(), 3);
    site.world.store.outage(true);
    let readers = (0..8).map(|_| async {
        let failed = asked(&host, &site.world.ann(), &site.question()).await;
        assert!(matches!(failed, Err(EngineError::Unavailable { .. })), "{failed:?}");
    });
    join_all(readers).await;
    site.world.store.outage(false);
    asked(&host, &site.world.ann(), &site.question()).await.unwrap();
}
