//! Callers that go away while their commit is under way.

use std::pin::pin;
use std::task::Poll;

use super::Fixture;
use super::world::World;
use crate::audit::Chain;
use crate::port::{ChangeSet, Load, Record};
use crate::testing::builders::{put, service};

const COMMITS: usize = 60;

fn change(world: &World, number: usize) -> ChangeSet {
    let mut change = put(&world.tenant, service(&format!("blog-{number}")));
    change.merge(put(&world.tenant, service(&format!("wiki-{number}"))));
    change
}

pub(super) async fn a_dropped_commit_is_whole_or_nothing(fixture: Fixture) {
    let world = World::of(fixture).await;
    for number in 0..COMMITS {
        poll_and_drop(&world, number).await;
        world.put(service(&format!("after-{number}"))).await;
    }
    for number in 0..COMMITS {
        whole_or_nothing(&world, number).await;
    }
    world.verify_chains().await;
}

/// Polls the commit a few times, more often for a greater number, and goes away.
async fn poll_and_drop(world: &World, number: usize) {
    let store = world.store();
    let mut commit = pin!(store.commit(change(world, number)));
    for _ in 0..number % 20 {
        let polled = std::future::poll_fn(|context| Poll::Ready(commit.as_mut().poll(context))).await;
        if polled.is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Both rows and both events, or none of them. A commit that is still under way may end between two reads, so what was
/// seen first must be there in what is read next.
async fn whole_or_nothing(world: &World, number: usize) {
    let names = [format!("blog-{number}"), format!("wiki-{number}")];
    let mut present = Vec::new();
    for name in &names {
        let key = Record::from(service(name)).key();
        present.push(world.load(Load::record(key)).await.record.is_some());
    }
    let events = world.events(Chain::Ledger).await;
    let recorded = |name: &String| {
        events.iter().filter(|event| event.event().is_ok_and(|event| event.subject.id == *name)).count()
    };
    let counts: Vec<_> = names.iter().map(recorded).collect();
    assert_eq!(counts[0], counts[1], "both events or none: {names:?}");
    assert!(counts[0] <= 1, "an event stands once: {names:?}");
    if present[0] {
        assert!(present[1], "both rows or none: {names:?}");
        assert_eq!(counts[0], 1, "no row without its event: {names:?}");
    }
    if counts[0] == 1 {
        for name in &names {
            let key = Record::from(service(name)).key();
            assert!(world.load(Load::record(key)).await.record.is_some(), "no event without its row: {name}");
        }
    }
}
