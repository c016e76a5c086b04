//! Subscribers see every event, once and in order.

use std::sync::Arc;

use cicd_core::audit::{Chain, StoredEvent};
use cicd_core::engine::{Engine, Options};
use cicd_core::id::TenantId;
use cicd_core::memory::RoleTable;
use cicd_core::service::ServiceDraft;
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::task::JoinHandle;

use super::oracle;
use super::world::{World, rolling};

const WRITERS: usize = 8;
const EACH: usize = 25;

/// Collects the events after `from` until the one with sequence `until` came.
fn listen(engine: &Engine, tenant: &TenantId, from: u64, until: u64) -> JoinHandle<Vec<StoredEvent>> {
    let stream = engine.subscribe(tenant, from);
    tokio::spawn(async move {
        let mut seen = Vec::new();
        let mut stream = std::pin::pin!(stream);
        while seen.last().is_none_or(|event: &StoredEvent| event.seq < until) {
            seen.push(stream.next().await.unwrap().unwrap());
        }
        seen
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_gap_and_no_double_under_writers() {
    let world = Arc::new(World::new(rolling()).await);
    let begun = world.store.inner.head(&world.tenant, Chain::Ledger).await.unwrap().seq;
    let end = begun + u64::try_from(WRITERS * EACH).unwrap();
    let other = world.engine_with(RoleTable::default(), &world.clock, 9);
    let from_the_first = listen(&world.engine, &world.tenant, 0, end);
    let from_now = listen(&world.engine, &world.tenant, begun, end);
    let elsewhere = listen(&other, &world.tenant, begun, end);
    let writers = (0..WRITERS).map(|writer| {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let id = format!("service-{writer}").parse().unwrap();
            for number in 0..EACH {
                let draft = ServiceDraft::parse(&json!({"name": format!("Number {number}")})).unwrap();
                world.engine.put_service(&world.ada(), &id, &draft, &Options::default()).await.unwrap();
                tokio::task::yield_now().await;
            }
        })
    });
    for writer in futures_util::future::join_all(writers).await {
        writer.unwrap();
    }
    let middle = begun + 100;
    let from_the_middle = listen(&world.engine, &world.tenant, middle, end);
    let all = oracle::chain(&*world.store.inner, &world.tenant, Chain::Ledger).await;
    assert_eq!(all.last().unwrap().seq, end);
    for (listener, from) in
        [(from_the_first, 0), (from_now, begun), (elsewhere, begun), (from_the_middle, middle)]
    {
        let seen = listener.await.unwrap();
        assert_eq!(seen, all[usize::try_from(from).unwrap()..], "what was seen from {from} on");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_ends_with_the_store_and_begins_again() {
    let world = World::new(rolling()).await;
    let begun = world.store.inner.head(&world.tenant, Chain::Ledger).await.unwrap().seq;
    world.store.outage(true);
    let stream = world.engine.subscribe(&world.tenant, begun);
    let mut stream = std::pin::pin!(stream);
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.is_none());
    world.store.outage(false);
    let again = listen(&world.engine, &world.tenant, begun, begun + 1);
    world.release("1.0").await;
    assert_eq!(again.await.unwrap()[0].event().unwrap().kind, "release.created");
}
