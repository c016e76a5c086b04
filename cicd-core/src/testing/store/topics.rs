//! Events of several things at once, of one actor, and within limits.

use super::Fixture;
use super::world::World;
use crate::audit::{AuditEvent, Chain, Subject, SubjectKind};
use crate::authz::Actor;
use crate::id::DeploymentId;
use crate::port::{ChangeSet, EventQuery, Order, Topic};
use crate::testing::builders::{Site, event, principal};

async fn seqs(world: &World, query: &EventQuery) -> Vec<u64> {
    let found = world.store().events(&world.tenant, query).await.unwrap();
    found.iter().map(|event| event.seq).collect()
}

/// An event of `kind` about something that is not in a table, and its sequence.
async fn note(world: &World, event: AuditEvent) -> u64 {
    world.commit(ChangeSet::new(world.tenant.clone(), event)).await.seq
}

fn about(kind: SubjectKind, deployment: Option<&DeploymentId>) -> Subject {
    let subject = Subject::new(kind, "x");
    deployment.map_or(subject.clone(), |deployment| subject.of_deployment(deployment.clone()))
}

pub(super) async fn events_about_several_things_come_once_and_in_order(fixture: Fixture) {
    let world = World::of(fixture).await;
    let blog = world.add(Site::new("blog", 0)).await;
    let start = world.store().head(&world.tenant, Chain::Ledger).await.unwrap().seq;
    let (one, two, three) = (world.create(1).await, world.create_at(&blog, 2).await, world.create(3).await);
    world.advance(&one, vec![super::world::withdrawn()]).await;
    let shop = world.site.deployment.id.clone();
    let all = EventQuery { after: Some(start), ..EventQuery::of(Chain::Ledger) };
    let newest = EventQuery { order: Order::NewestFirst, after: None, ..all.clone() };
    let cases = [
        (vec![Topic::Release(one.id()), Topic::Release(two.id())], vec![1, 2, 4]),
        (vec![Topic::Release(one.id()), Topic::Deployment(shop)], vec![1, 3, 4]),
        (vec![Topic::Service(blog.service.id.clone()), Topic::Release(two.id())], vec![2]),
        (vec![Topic::Service(blog.service.id), Topic::Release(three.id())], vec![2, 3]),
        (vec![Topic::Governance], vec![]),
    ];
    for (about, expected) in cases {
        let expected: Vec<u64> = expected.into_iter().map(|number| start + number).collect();
        let query = EventQuery { about: about.clone(), ..all.clone() };
        assert_eq!(seqs(&world, &query).await, expected, "{query:?}");
        for limit in 1..4_u16 {
            let first = &expected[..expected.len().min(usize::from(limit))];
            let query = EventQuery { about: about.clone(), limit, ..all.clone() };
            assert_eq!(seqs(&world, &query).await, first, "{query:?}");
        }
        let query = EventQuery { about, ..newest.clone() };
        let back: Vec<u64> = expected.into_iter().rev().collect();
        assert_eq!(seqs(&world, &query).await, back, "{query:?}");
    }
}

pub(super) async fn what_governs_is_a_topic(fixture: Fixture) {
    let world = World::of(fixture).await;
    let shop = world.site.deployment.id.clone();
    let tenant_wide = note(&world, event("freeze.added", about(SubjectKind::Freeze, None))).await;
    let own = note(&world, event("freeze.added", about(SubjectKind::Freeze, Some(&shop)))).await;
    note(&world, event("token.created", about(SubjectKind::Token, None))).await;
    let floor = note(&world, event("policy.changed", about(SubjectKind::PolicyFloor, None))).await;
    let lifted = note(&world, event("freeze.lifted", about(SubjectKind::Freeze, None))).await;
    let governance = EventQuery { about: vec![Topic::Governance], ..EventQuery::of(Chain::Ledger) };
    assert_eq!(seqs(&world, &governance).await, [tenant_wide, floor, lifted]);
    let both = EventQuery { about: vec![Topic::Governance, Topic::Deployment(shop)], ..governance };
    assert_eq!(seqs(&world, &both).await, [tenant_wide, own, floor, lifted]);
}

pub(super) async fn events_can_be_asked_for_by_actor(fixture: Fixture) {
    let world = World::of(fixture).await;
    let by = |actor: Actor| AuditEvent { actor, ..event("noted", about(SubjectKind::Tenant, None)) };
    let system = crate::authz::SystemActor::Retention;
    let zoe = note(&world, by(Actor::Person { id: principal("zoe"), token: None })).await;
    let robot = note(&world, by(Actor::ServiceAccount { id: principal("robot"), token: None })).await;
    let engine = note(&world, by(Actor::System { part: system })).await;
    for (actor, expected) in
        [("zoe", vec![zoe]), ("robot", vec![robot]), ("retention", vec![engine]), ("nobody", vec![])]
    {
        let query = EventQuery { actor: Some(actor.to_owned()), ..EventQuery::of(Chain::Ledger) };
        assert_eq!(seqs(&world, &query).await, expected, "{actor}");
    }
}

pub(super) async fn events_end_where_they_are_asked_to(fixture: Fixture) {
    let world = World::of(fixture).await;
    for number in 0..3 {
        world.create(number).await;
    }
    let shop = Topic::Service(world.site.service.id.clone());
    let oldest = EventQuery { after: Some(2), to: Some(4), ..EventQuery::of(Chain::Ledger) };
    assert_eq!(seqs(&world, &oldest).await, [3, 4]);
    let newest = EventQuery { order: Order::NewestFirst, after: Some(5), to: Some(4), ..oldest.clone() };
    assert_eq!(seqs(&world, &newest).await, [4]);
    let about = EventQuery { about: vec![shop], after: Some(3), to: Some(5), ..oldest };
    assert_eq!(seqs(&world, &about).await, [4, 5]);
    let none = EventQuery { to: Some(0), after: None, ..EventQuery::of(Chain::Ledger) };
    assert_eq!(seqs(&world, &none).await, [0_u64; 0]);
}
