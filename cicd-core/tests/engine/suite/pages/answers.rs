//! What comes out of a cache is what the store says.

use cicd_core::engine::{EngineError, Options, Question, ReleaseQuery, View};
use cicd_core::id::ServiceId;
use cicd_core::port::ReleaseFilter;
use cicd_core::service::ServiceDraft;
use cicd_core::timeline::TimelineQuery;
use serde_json::{Value, json};

use super::{Site, VIEW, asked, limit, of_release, timeline};

fn releases(service: Option<ServiceId>, after: Option<String>) -> Question {
    let filter = ReleaseFilter { service, ..ReleaseFilter::default() };
    let query = ReleaseQuery { filter, ..ReleaseQuery::default() };
    Question::Releases { query, after, limit: limit(2) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_the_same_with_a_cache_and_without() {
    let site = Site::new().await;
    let (world, ann) = (&site.world, site.world.ann());
    let host = site.host(&site.cache(), 3);
    let release = world.release("1.0").await;
    for version in ["1.1", "1.2"] {
        world.release(version).await;
    }
    let first = asked(&world.engine, &ann, &releases(None, None)).await.unwrap();
    let next = serde_json::from_slice::<Value>(&first).unwrap()["next"].as_str().map(str::to_owned);
    assert!(next.is_some());
    let shop = || world.service();
    let questions = [
        site.question(),
        timeline(shop(), None, limit(3)),
        timeline(shop(), Some(12), limit(3)),
        of_release(release.id()),
        releases(None, None),
        releases(Some(shop()), None),
        releases(None, next),
    ];
    for question in &questions {
        let plain = asked(&world.engine, &ann, question).await.unwrap();
        assert_eq!(asked(&host, &ann, question).await.as_ref(), Ok(&plain), "{question:?}");
        let reads = world.store.reads();
        assert_eq!(asked(&host, &ann, question).await.as_ref(), Ok(&plain), "{question:?}");
        assert_eq!(world.store.reads(), reads, "{question:?}: the second time the store is not asked");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_of_a_page_is_seen_at_once() {
    let site = Site::new().await;
    let (world, ann) = (&site.world, site.world.ann());
    let host = site.host(&site.cache(), 3);
    let draft = world.draft("1.0");
    let release = host.create_release(&ann, &draft, &Options::default()).await.unwrap().value;
    let questions = [
        site.question(),
        of_release(release.id()),
        releases(Some(world.service()), None),
        releases(None, None),
    ];
    let mut before = Vec::new();
    for question in &questions {
        before.push(asked(&host, &ann, question).await.unwrap());
    }
    let cancel = cicd_core::engine::Steer::Cancel;
    host.steer(&world.rita(), release.id(), cancel, &Options::default()).await.unwrap();
    for (question, before) in questions.iter().zip(before) {
        let plain = asked(&world.engine, &ann, question).await.unwrap();
        assert_ne!(plain, before, "{question:?} has changed");
        assert_eq!(asked(&host, &ann, question).await, Ok(plain), "{question:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_elsewhere_leaves_pages_alone() {
    let site = Site::new().await;
    let (ada, plain) = (site.world.ada(), Options::default());
    let host = site.host(&site.cache(), 3);
    site.timeline(&host, None).await;
    let till = ServiceDraft::parse(&json!({"name": "Till"})).unwrap();
    host.put_service(&ada, &"till".parse().unwrap(), &till, &plain).await.unwrap();
    let reads = site.world.store.reads();
    site.timeline(&host, None).await;
    assert_eq!(site.world.store.reads(), reads, "another service's news are none of this one's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_filter_or_another_way_to_write_is_another_page() {
    let site = Site::new().await;
    let (world, ann) = (&site.world, site.world.ann());
    let host = site.host(&site.cache(), 3);
    world.release("1.0").await;
    let of = |query: TimelineQuery| Question::ServiceTimeline { service: world.service(), query };
    let all = TimelineQuery::default();
    let narrowed = [
        TimelineQuery { oldest_first: true, ..all.clone() },
        TimelineQuery { kinds: vec!["release".parse().unwrap()], ..all.clone() },
        TimelineQuery { actor: Some("ann".to_owned()), ..all.clone() },
        TimelineQuery { environment: Some("nowhere".parse().unwrap()), ..all.clone() },
    ];
    let whole = asked(&host, &ann, &of(all.clone())).await.unwrap();
    for query in narrowed {
        let plain = asked(&world.engine, &ann, &of(query.clone())).await.unwrap();
        assert_ne!(plain, whole, "{query:?}");
        assert_eq!(asked(&host, &ann, &of(query)).await, Ok(plain));
    }
    let sealed = View { of: "seal".to_owned(), ..VIEW };
    let written = host.page(&ann, &of(all), &sealed, None).await.unwrap();
    assert_ne!(written.as_ref(), whole, "what a request's own part decides is no other request's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_asked_for_anew() {
    let site = Site::new().await;
    let (world, ann) = (&site.world, site.world.ann());
    let host = site.host(&site.cache(), 3);
    let till: ServiceId = "till".parse().unwrap();
    let question = timeline(till.clone(), None, limit(3));
    let missing = asked(&host, &ann, &question).await;
    assert!(matches!(missing, Err(EngineError::NotFound { .. })), "{missing:?}");
    let draft = ServiceDraft::parse(&json!({"name": "Till"})).unwrap();
    world.engine.put_service(&world.ada(), &till, &draft, &Options::default()).await.unwrap();
    assert!(asked(&host, &ann, &question).await.is_ok(), "that it was not there is not remembered");
    let wrong = releases(None, Some("nowhere".to_owned()));
    let refused = asked(&host, &ann, &wrong).await;
    assert!(matches!(refused, Err(EngineError::Invalid(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_told_and_forgotten() {
    let site = Site::new().await;
    let host = site.host(&site.cache(), 3);
    site.world.store.outage(true);
    let failed = asked(&host, &site.world.ann(), &site.question()).await;
    assert!(matches!(failed, Err(EngineError::Unavailable { .. })), "{failed:?}");
    site.world.store.outage(false);
    assert!(asked(&host, &site.world.ann(), &site.question()).await.is_ok());
}
