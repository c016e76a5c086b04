//! The races of `docs/ARCHITECTURE.md`, row by row.

use cicd_core::authz::GrantKey;
use cicd_core::engine::{Options, Question, ReleaseQuery};
use cicd_core::memory::MemoryCache;
use tokio::sync::oneshot;

use super::watched::Before;
use super::{LIFE, Site, asked, limit};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_between_the_look_and_the_lesson_is_not_hidden() {
    let site = Site::new().await;
    let cache = site.cache();
    let (reader, writer) = (site.host(&cache, 3), site.host(&cache, 4));
    // A page without the commit is kept under the heads of the look, so that a lesson from it would give that page.
    site.timeline(&reader, None).await;
    site.pass_a_life();
    let (told, seq) = oneshot::channel();
    let draft = cicd_core::service::ServiceDraft::parse(&serde_json::json!({"name": "New"})).unwrap();
    let (ada, shop) = (site.world.ada(), site.world.service());
    cache.before(Before::Learn, async move {
        let outcome = writer.put_service(&ada, &shop, &draft, &Default::default()).await.unwrap();
        told.send(outcome.seq).unwrap();
    });
    site.timeline(&reader, None).await;
    let seq = seq.await.unwrap();
    assert!(site.timeline(&reader, None).await.has(seq), "the look was older than the commit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_between_the_look_and_the_page_is_not_hidden() {
    let site = Site::new().await;
    let cache = site.cache();
    let (reader, writer) = (site.host(&cache, 3), site.host(&cache, 4));
    for moment in [Before::Page, Before::Keep] {
        site.pass_a_life();
        let (told, seq) = oneshot::channel();
        let draft =
            cicd_core::service::ServiceDraft::parse(&serde_json::json!({"name": format!("{moment:?}")}));
        let (ada, shop, writer) = (site.world.ada(), site.world.service(), writer.clone());
        cache.before(moment, async move {
            let outcome =
                writer.put_service(&ada, &shop, &draft.unwrap(), &Default::default()).await.unwrap();
            told.send(outcome.seq).unwrap();
        });
        site.timeline(&reader, None).await;
        let seq = seq.await.unwrap();
        assert!(site.timeline(&reader, None).await.has(seq), "{moment:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_commits_that_are_told_out_of_order_are_both_there() {
    let site = Site::new().await;
    let cache = site.cache();
    let (slow, quick) = (site.host(&cache, 3), site.host(&cache, 4));
    site.timeline(&quick, None).await;
    let (resume, paused) = oneshot::channel();
    let (reached, at_the_news) = oneshot::channel();
    cache.before(Before::Raise, async move {
        reached.send(()).unwrap();
        paused.await.unwrap();
    });
    let first = {
        let (world, host) = (&site.world, slow.clone());
        let (ann, draft) = (world.ann(), world.draft("1.0"));
        tokio::spawn(async move { host.create_release(&ann, &draft, &Default::default()).await.unwrap().seq })
    };
    at_the_news.await.unwrap();
    let second = site.rename(&quick, "Second").await;
    let between = site.timeline(&quick, None).await;
    resume.send(()).unwrap();
    let first = first.await.unwrap();
    assert!(first < second);
    assert!(between.has(second) && between.has(first), "whoever sees the second commit sees the first one");
    let after = site.timeline(&quick, None).await;
    assert!(after.has(second) && after.has(first), "the news that came last is not the newest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_nobody_told_of_is_seen_after_a_life() {
    let site = Site::new().await;
    let cache = site.cache();
    let (reader, writer) = (site.host(&cache, 3), site.host(&cache, 4));
    site.timeline(&reader, None).await;
    cache.deaf(true);
    let seq = site.rename(&writer, "New").await;
    assert!(!site.timeline(&reader, None).await.has(seq), "else this test tests nothing");
    site.pass_a_life();
    assert!(site.timeline(&reader, None).await.has(seq));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_says_what_it_saw_misses_nothing_of_it() {
    let site = Site::new().await;
    let cache = site.cache();
    let (reader, writer) = (site.host(&cache, 3), site.host(&cache, 4));
    site.timeline(&reader, None).await;
    cache.deaf(true);
    let seq = site.rename(&writer, "New").await;
    assert!(site.timeline(&reader, Some(seq)).await.has(seq), "its own write beats the head");
    assert!(site.timeline(&reader, None).await.has(seq), "and what it made the host see holds for all");
    let reads = site.world.store.reads();
    site.timeline(&reader, Some(seq)).await;
    assert_eq!(site.world.store.reads(), reads, "asking twice costs once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_saw_what_never_was_gets_what_is_there() {
    let site = Site::new().await;
    let host = site.host(&site.cache(), 3);
    let seq = site.rename(&host, "New").await;
    assert!(site.timeline(&host, Some(u64::MAX)).await.has(seq));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_was_flushed_hides_nothing() {
    let site = Site::new().await;
    let cache = site.cache();
    let (reader, writer) = (site.host(&cache, 3), site.host(&cache, 4));
    site.timeline(&reader, None).await;
    let seq = site.rename(&writer, "New").await;
    cache.flush(MemoryCache::new(site.clock.clone(), u64::try_from(LIFE.as_micros()).unwrap()));
    assert!(site.timeline(&reader, None).await.has(seq));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_is_down_hides_nothing() {
    let site = Site::new().await;
    let cache = site.cache();
    let (reader, writer) = (site.host(&cache, 3), site.host(&cache, 4));
    site.timeline(&reader, None).await;
    cache.down(true);
    let seq = site.rename(&writer, "New").await;
    assert!(site.timeline(&reader, None).await.has(seq));
    cache.down(false);
    assert!(
        site.timeline(&reader, Some(seq)).await.has(seq),
        "back, it knows old heads for the rest of their lives"
    );
    site.pass_a_life();
    assert!(site.timeline(&reader, None).await.has(seq));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_slept_before_it_told_the_cache_revives_nothing() {
    let site = Site::new().await;
    let cache = site.cache();
    let (sleepy, other) = (site.host(&cache, 3), site.host(&cache, 4));
    let ann = site.world.ann();
    let question = Question::Releases { query: ReleaseQuery::default(), after: None, limit: limit(50) };
    let (resume, paused) = oneshot::channel::<()>();
    let (reached, at_the_news) = oneshot::channel();
    cache.before(Before::Raise, async move {
        reached.send(()).unwrap();
        paused.await.unwrap();
    });
    // A grant touches every head of this question, so that its news alone could give the page again.
    let asleep = {
        let (ada, host) = (site.world.ada(), sleepy.clone());
        let key = GrantKey::new("vera".parse().unwrap(), "viewer".parse().unwrap());
        tokio::spawn(async move { host.grant(&ada, &key, &Options::default()).await.unwrap() })
    };
    at_the_news.await.unwrap();
    let before = asked(&other, &ann, &question).await.unwrap();
    cache.deaf(true);
    other.create_release(&ann, &site.world.draft("1.0"), &Options::default()).await.unwrap();
    cache.deaf(false);
    assert_eq!(asked(&other, &ann, &question).await.unwrap(), before, "else this test tests nothing");
    site.pass_a_life();
    resume.send(()).unwrap();
    asleep.await.unwrap();
    let after = asked(&other, &ann, &question).await.unwrap();
    assert_ne!(after, before, "what it tells is older than what is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_with_a_cache_of_its_own_sees_others_after_a_life() {
    let site = Site::new().await;
    let (here, there) = (site.host(&site.cache(), 3), site.host(&site.cache(), 4));
    site.timeline(&here, None).await;
    let seq = site.rename(&there, "New").await;
    assert!(!site.timeline(&here, None).await.has(seq), "else this test tests nothing");
    assert!(site.timeline(&here, Some(seq)).await.has(seq));
    let seq = site.rename(&there, "Newer").await;
    site.pass_a_life();
    assert!(site.timeline(&here, None).await.has(seq));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_back_hides_nothing_that_was_told() {
    let site = Site::new().await;
    let cache = site.cache();
    let (reader, writer) = (site.host(&cache, 3), site.host(&cache, 4));
    site.timeline(&reader, None).await;
    site.clock.step(-3_600_000_000);
    let seq = site.rename(&writer, "New").await;
    assert!(site.timeline(&reader, None).await.has(seq), "heads are lifted whatever the time is");
    cache.deaf(true);
    let seq = site.rename(&writer, "Newer").await;
    assert!(site.timeline(&reader, Some(seq)).await.has(seq), "and a reader's own write beats them");
}
