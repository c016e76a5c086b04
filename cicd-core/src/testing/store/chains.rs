//! Both chains: order, time, queries.

use super::Fixture;
use super::world::World;
use crate::audit::{AuditEvent, Chain};
use crate::port::{ChangeSet, EventQuery, Load, Order, RecordKey, RecordKind};
use crate::testing::builders::{Site, event, put, service, subject};

fn about(name: &str) -> crate::audit::Subject {
    subject(&RecordKey::new(RecordKind::Service, name))
}

fn denial(world: &World, name: &str) -> ChangeSet {
    ChangeSet::denial(world.tenant.clone(), event("access.denied", about(name)))
}

pub(super) async fn events_keep_the_order_of_their_change(fixture: Fixture) {
    let world = World::of(fixture).await;
    let before = world.events(Chain::Ledger).await.len();
    let kinds = ["first", "second", "third"];
    let mut change = ChangeSet::new(world.tenant.clone(), event(kinds[0], about("blog")));
    change.record(event(kinds[1], about("blog")));
    change.record(event(kinds[2], about("blog")));
    let expected: Vec<AuditEvent> = change.ledger_events().to_vec();
    let committed = world.commit(change).await;
    let events = world.events(Chain::Ledger).await.split_off(before);
    let found: Vec<_> = events.iter().map(|event| event.event().expect("the bytes are an event")).collect();
    assert_eq!(found, expected);
    assert_eq!(events[2].seq, committed.seq);
    assert!(events.iter().all(|stored| stored.at == committed.at), "a commit has one time");
    let bytes: Vec<_> = expected.iter().map(|event| event.bytes().unwrap()).collect();
    assert_eq!(events.iter().map(|stored| stored.bytes.clone()).collect::<Vec<_>>(), bytes);
}

pub(super) async fn both_chains_verify(fixture: Fixture) {
    let world = World::of(fixture).await;
    for number in 0..5 {
        world.put(service(&format!("blog-{number}"))).await;
        world.commit(denial(&world, "blog")).await;
        world.fixture.step_seconds(1).await;
    }
    world.verify_chains().await;
    assert_eq!(world.events(Chain::Security).await.len(), 5);
}

pub(super) async fn denials_go_to_the_security_chain(fixture: Fixture) {
    let world = World::of(fixture).await;
    let before = world.events(Chain::Ledger).await;
    let committed = world.commit(denial(&world, "blog")).await;
    assert_eq!(world.events(Chain::Ledger).await, before);
    assert_eq!(
        committed.seq,
        before.last().unwrap().seq,
        "the ledger's last one, as the change appended none"
    );
    let denials = world.events(Chain::Security).await;
    assert_eq!(denials.len(), 1);
    assert_eq!((denials[0].chain, denials[0].seq, denials[0].at), (Chain::Security, 1, committed.at));
}

pub(super) async fn time_does_not_go_back_with_the_clock(fixture: Fixture) {
    let world = World::of(fixture).await;
    let first = world.commit(put(&world.tenant, service("one"))).await;
    world.fixture.step_seconds(-3_600).await;
    let second = world.commit(put(&world.tenant, service("two"))).await;
    assert!(second.at >= first.at);
    let row = crate::service::Service::try_from(second.records[0].clone()).unwrap();
    assert_eq!(row.created_at, second.at, "rows have the time of their commit");
    world.commit(denial(&world, "x")).await;
    world.fixture.step_seconds(-3_600).await;
    world.commit(denial(&world, "y")).await;
    world.verify_chains().await;
    world.fixture.step_seconds(3 * 3_600).await;
    assert!(world.commit(put(&world.tenant, service("three"))).await.at > second.at);
}

pub(super) async fn the_clock_is_the_stores(fixture: Fixture) {
    let world = World::of(fixture).await;
    let before = world.load(Load::tenant()).await.now;
    world.fixture.step_seconds(60).await;
    let after = world.load(Load::tenant()).await.now;
    assert!(after >= before.plus_seconds(60));
    let committed = world.commit(put(&world.tenant, service("blog"))).await;
    assert!(committed.at >= after);
}

pub(super) async fn events_come_in_both_orders(fixture: Fixture) {
    let world = World::of(fixture).await;
    for number in 0..5 {
        world.put(service(&format!("blog-{number}"))).await;
    }
    let all: Vec<u64> = world.events(Chain::Ledger).await.iter().map(|event| event.seq).collect();
    assert_eq!(all, (1..=8).collect::<Vec<_>>());
    let oldest = EventQuery { limit: 3, ..EventQuery::of(Chain::Ledger) };
    let newest = EventQuery { order: Order::NewestFirst, ..oldest.clone() };
    let cases = [
        (EventQuery { after: None, ..oldest.clone() }, vec![1, 2, 3]),
        (EventQuery { after: Some(3), ..oldest.clone() }, vec![4, 5, 6]),
        (EventQuery { after: Some(7), ..oldest.clone() }, vec![8]),
        (EventQuery { after: Some(8), ..oldest }, vec![]),
        (EventQuery { after: None, ..newest.clone() }, vec![8, 7, 6]),
        (EventQuery { after: Some(6), ..newest.clone() }, vec![5, 4, 3]),
        (EventQuery { after: Some(1), ..newest }, vec![]),
    ];
    for (query, expected) in cases {
        let found = world.store().events(&world.tenant, &query).await.unwrap();
        assert_eq!(found.iter().map(|event| event.seq).collect::<Vec<_>>(), expected, "{query:?}");
    }
}

pub(super) async fn events_can_be_asked_for_by_what_they_are_about(fixture: Fixture) {
    let world = World::of(fixture).await;
    let blog = world.add(Site::new("blog", 0)).await;
    let (one, two) = (world.create(1).await, world.create_at(&blog, 2).await);
    world.advance(&one, vec![super::world::withdrawn()]).await;
    let config = world.put(crate::testing::builders::ci_config(&blog.service.id)).await;
    let run = crate::testing::builders::run_id(5);
    world.commit(crate::testing::builders::run_triggered(&world.tenant, run, &config)).await;
    let all = EventQuery::of(Chain::Ledger);
    let created = Some("release.created".to_owned());
    let cases = [
        (EventQuery { release: Some(one.id()), ..all.clone() }, vec!["release.created", "release.cancelled"]),
        (
            EventQuery { service: Some(blog.service.id), ..all.clone() },
            vec!["release.created", "ci_run.triggered"],
        ),
        (EventQuery { deployment: Some(two.deployment().clone()), ..all.clone() }, vec!["release.created"]),
        (EventQuery { run: Some(run), ..all.clone() }, vec!["ci_run.triggered"]),
        (EventQuery { kind: created.clone(), ..all.clone() }, vec!["release.created"; 2]),
        (EventQuery { kind: created, release: Some(two.id()), ..all }, vec!["release.created"]),
    ];
    for (query, expected) in cases {
        let found = world.store().events(&world.tenant, &query).await.unwrap();
        let kinds: Vec<_> = found.iter().map(|event| event.event().unwrap().kind).collect();
        assert_eq!(kinds, expected, "{query:?}");
    }
}
