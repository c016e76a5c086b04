//! Every typed failure of a commit, and that it leaves nothing behind.

use super::world::{LEASE_SECONDS, World, started, withdrawn, work};
use super::{Fixture, dump};
use crate::audit::Chain;
use crate::authz::Token;
use crate::digest::Digest;
use crate::id::RowVersion;
use crate::port::{ChangeSet, Load, OperationKey, Record, RecordKey, RecordKind, StoreError, Write};
use crate::release::Release;
use crate::release::event::ReleaseEvent;
use crate::service::Service;
use crate::testing::builders::{
    Site, delete, event, grant, principal, put, release_id, service, subject, tenant,
};

pub(super) async fn a_write_of_another_version_is_stale(fixture: Fixture) {
    let world = World::of(fixture).await;
    let first = world.put(service("blog")).await;
    let second = world.put(first.clone()).await;
    let absent = Service { row_version: RowVersion(1), ..service("absent") };
    let ahead = Service { row_version: RowVersion(3), ..second.clone() };
    for row in [service("blog"), first.clone(), ahead, absent] {
        let key = Record::from(row.clone()).key();
        let refused = world.try_commit(put(&world.tenant, row)).await.unwrap_err();
        assert_eq!(refused, StoreError::Stale { what: key });
    }
    let key = Record::from(first).key();
    let refused = world.try_commit(delete(&world.tenant, key.clone(), RowVersion(1))).await.unwrap_err();
    assert_eq!(refused, StoreError::Stale { what: key });
    let release = world.create(1).await;
    world.advance(&release, vec![withdrawn()]).await;
    let late = world.change(Some(&release), vec![started(&release, 1)]);
    let refused = world.try_commit(late).await.unwrap_err();
    assert_eq!(refused, StoreError::Stale { what: RecordKey::new(RecordKind::Release, release.id()) });
    let again = world.change(None, vec![world.site.created(release.id())]);
    assert!(matches!(world.try_commit(again).await, Err(StoreError::Stale { .. })), "an id is used once");
}

pub(super) async fn what_was_relied_on_is_stale(fixture: Fixture) {
    let world = World::of(fixture).await;
    let relied_on = Record::from(world.site.config.clone());
    let change = || {
        let mut change = put(&world.tenant, service("blog"));
        change.rely_on(relied_on.key(), relied_on.row_version());
        change
    };
    world.put(world.site.config.clone()).await;
    let refused = world.try_commit(change()).await.unwrap_err();
    assert_eq!(refused, StoreError::Stale { what: relied_on.key() });
    let mut current = put(&world.tenant, service("blog"));
    current.rely_on(relied_on.key(), relied_on.row_version().next());
    world.commit(current).await;
}

pub(super) async fn absence_can_be_relied_on(fixture: Fixture) {
    let world = World::of(fixture).await;
    let key = Record::from(grant("rita", "viewer")).key();
    let mut change = put(&world.tenant, service("blog"));
    change.rely_on(key.clone(), RowVersion::ABSENT);
    world.commit(change).await;
    world.put(grant("rita", "viewer")).await;
    let mut change = put(&world.tenant, service("wiki"));
    change.rely_on(key.clone(), RowVersion::ABSENT);
    assert_eq!(world.try_commit(change).await, Err(StoreError::Stale { what: key }));
}

pub(super) async fn the_first_stale_key_is_named(fixture: Fixture) {
    let world = World::of(fixture).await;
    for name in ["a", "b", "c"] {
        world.put(service(name)).await;
    }
    let wrong = Service { row_version: RowVersion(8), ..service("b") };
    let mut change = put(&world.tenant, Service { id: "c".parse().unwrap(), ..wrong.clone() });
    change.merge(put(&world.tenant, wrong.clone()));
    let b = Record::from(wrong.clone()).key();
    assert_eq!(world.try_commit(change.clone()).await, Err(StoreError::Stale { what: b }));
    let a = RecordKey::new(RecordKind::Service, "a");
    change.rely_on(a.clone(), RowVersion(8));
    assert_eq!(world.try_commit(change).await, Err(StoreError::Stale { what: a }));
}

pub(super) async fn a_moved_governance_refuses_what_relied_on_it(fixture: Fixture) {
    let world = World::of(fixture).await;
    let epoch = world.load(Load::tenant()).await.policy.epoch;
    let mut moving = put(&world.tenant, grant("rita", "viewer"));
    moving.governs();
    world.commit(moving).await;
    let mut late = put(&world.tenant, service("blog"));
    late.under_governance(epoch);
    assert_eq!(world.try_commit(late).await, Err(StoreError::GovernanceMoved));
    let mut current = put(&world.tenant, service("blog"));
    current.under_governance(epoch + 1);
    world.commit(current).await;
}

pub(super) async fn a_change_without_its_lease_is_refused(fixture: Fixture) {
    let world = World::of(fixture).await;
    let release = world.create(1).await;
    let change = |epoch| {
        let mut change = world.change(Some(&release), vec![started(&release, epoch)]);
        change.under_lease(work(&release), epoch);
        change
    };
    for epoch in [0, 1] {
        assert_eq!(world.try_commit(change(epoch)).await, Err(StoreError::LeaseLost), "nobody holds a lease");
    }
    let first = world.claim_one(1).await;
    assert_eq!(world.try_commit(change(first.epoch + 1)).await, Err(StoreError::LeaseLost));
    world.fixture.step_seconds(LEASE_SECONDS + 1).await;
    assert_eq!(world.try_commit(change(first.epoch)).await, Err(StoreError::LeaseLost), "it has expired");
    let second = world.claim_one(2).await;
    assert_eq!(world.try_commit(change(first.epoch)).await, Err(StoreError::LeaseLost), "another holds it");
    world.store().ack(&second).await.unwrap();
    assert_eq!(world.try_commit(change(second.epoch)).await, Err(StoreError::LeaseLost), "it was given up");
    let third = world.claim_one(3).await;
    world.commit(change(third.epoch)).await;
}

pub(super) async fn a_second_start_finds_the_slot_occupied(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (first, second) = (world.create(1).await, world.create(2).await);
    world.advance(&first, vec![started(&first, 1)]).await;
    let late = world.change(Some(&second), vec![started(&second, 1)]);
    assert_eq!(world.try_commit(late).await, Err(StoreError::Occupied { release: first.id() }));
}

pub(super) async fn the_slot_is_free_when_the_rollout_is_over(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (first, second) = (world.create(1).await, world.create(2).await);
    let executing = world.advance(&first, vec![started(&first, 1)]).await;
    let waiting = ReleaseEvent::Waiting {
        reason: crate::release::state::WaitReason::Strategy,
        next_step: 1,
        seconds: None,
    };
    let executing = world.advance(&executing, vec![waiting]).await;
    let start = || world.change(Some(&second), vec![started(&second, 1)]);
    let refused = world.try_commit(start()).await.unwrap_err();
    assert_eq!(refused, StoreError::Occupied { release: first.id() }, "a release that waits keeps its slot");
    world.advance(&executing, vec![ReleaseEvent::Succeeded]).await;
    world.commit(start()).await;
}

pub(super) async fn each_deployment_has_its_own_slot(fixture: Fixture) {
    let world = World::of(fixture).await;
    let other = world.add(Site::new("blog", 0)).await;
    let (here, there) = (world.create(1).await, world.create_at(&other, 2).await);
    world.advance(&here, vec![started(&here, 1)]).await;
    world.advance(&there, vec![started(&there, 1)]).await;
    for release in [here, there] {
        let executing = world.load(Load::deployment(release.deployment().clone())).await.executing;
        assert_eq!(executing.map(|found| found.id()), Some(release.id()));
    }
}

pub(super) async fn events_that_do_not_follow_are_invalid(fixture: Fixture) {
    let world = World::of(fixture).await;
    let release = world.create(1).await;
    let change = world.change(Some(&release), vec![ReleaseEvent::Succeeded]);
    assert!(matches!(world.try_commit(change).await, Err(StoreError::Invalid { .. })));
    let fraction = crate::audit::AuditEvent {
        data: serde_json::json!({"share": 0.5}),
        ..event("service.written", subject(&RecordKey::new(RecordKind::Service, "blog")))
    };
    let mut change = put(&world.tenant, service("blog"));
    change.record(fraction);
    let refused = world.try_commit(change).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })), "an event has a canonical form: {refused:?}");
}

pub(super) async fn what_the_ledger_does_not_record_is_invalid(fixture: Fixture) {
    let world = World::of(fixture).await;
    let row = Record::from(service("blog"));
    let denial = || {
        let event = event("access.denied", subject(&row.key()));
        ChangeSet::denial(world.tenant.clone(), event)
    };
    let before = dump(&*world.store(), &world.tenant).await;
    let [mut writes, mut governs, mut answers] = [denial(), denial(), denial()];
    writes.write(Write::Put(Box::new(row.clone())));
    governs.governs();
    answers.answers(operation(), row.key());
    for change in [writes, governs, answers] {
        let refused = world.try_commit(change.clone()).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?} for {change:?}");
        assert_eq!(dump(&*world.store(), &world.tenant).await, before, "{change:?}");
    }
    let mut change = denial();
    change.merge(put(&world.tenant, row.clone()));
    assert_eq!(world.commit(change).await.records.len(), 1, "with a change it is recorded beside it");
    assert_eq!(world.events(Chain::Security).await.len(), 1);
}

pub(super) async fn a_row_is_written_once_in_a_change(fixture: Fixture) {
    let world = World::of(fixture).await;
    let mut change = put(&world.tenant, service("blog"));
    change.merge(put(&world.tenant, service("blog")));
    let refused = world.try_commit(change).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. } | StoreError::Stale { .. })), "{refused:?}");
    assert_eq!(world.load(Load::record(RecordKey::new(RecordKind::Service, "blog"))).await.record, None);
}

/// A change that breaks every precondition, of which the first `mended` are taken away again.
fn all_wrong(world: &World, second: &Release, mended: usize) -> ChangeSet {
    let stale = Token { row_version: RowVersion(7), ..stale_token() };
    let mut change = if mended < 4 {
        let mut change = put(&world.tenant, stale);
        change.merge(world.change(Some(second), vec![started(second, 1)]));
        change
    } else {
        world.change(Some(second), vec![started(second, 1)])
    };
    let key = RecordKey::new(RecordKind::Release, second.id());
    if mended < 1 {
        change.answers(operation(), key);
    }
    if mended < 2 {
        change.under_lease(work(second), 99);
    }
    if mended < 3 {
        change.under_governance(99);
    }
    change
}

fn stale_token() -> Token {
    crate::testing::builders::token(1, "rita", "s3cret", crate::time::Timestamp::EPOCH)
}

fn operation() -> OperationKey {
    OperationKey {
        principal: principal("ann"),
        operation: "release.create".to_owned(),
        key: "once".to_owned(),
        fingerprint: Digest::of(b"once"),
    }
}

/// A store in which [`all_wrong`] finds everything that it breaks.
async fn occupied(fixture: Fixture) -> (World, Release) {
    let world = World::of(fixture).await;
    let first = world.create(1).await;
    world.advance(&first, vec![started(&first, 1)]).await;
    let second = release_id(2);
    let mut change = world.change(None, vec![world.site.created(second)]);
    change.answers(operation(), RecordKey::new(RecordKind::Release, second));
    world.commit(change).await;
    let second = world.release(second).await;
    (world, second)
}

pub(super) async fn checks_come_in_the_documented_order(fixture: Fixture) {
    let (world, second) = occupied(fixture).await;
    let mut found = Vec::new();
    for mended in 0..5 {
        found.push(world.try_commit(all_wrong(&world, &second, mended)).await.unwrap_err());
    }
    let [duplicate, lease, governance, stale, slot] = <[StoreError; 5]>::try_from(found).unwrap();
    assert!(matches!(duplicate, StoreError::Duplicate { .. }), "{duplicate:?}");
    assert_eq!(lease, StoreError::LeaseLost);
    assert_eq!(governance, StoreError::GovernanceMoved);
    assert_eq!(stale, StoreError::Stale { what: Record::from(stale_token()).key() });
    assert_eq!(slot, StoreError::Occupied { release: release_id(1) });
}

pub(super) async fn refused_commits_leave_nothing_behind(fixture: Fixture) {
    let (world, second) = occupied(fixture).await;
    let other = tenant("other");
    let before = dump(&*world.store(), &world.tenant).await;
    for mended in 0..5 {
        let mut change = all_wrong(&world, &second, mended);
        change.merge(ChangeSet::denial(
            world.tenant.clone(),
            event("denied", subject(&RecordKey::new(RecordKind::Service, "x"))),
        ));
        change.merge(put(&world.tenant, service("aaa")));
        change.merge(put(&world.tenant, grant("rita", "admin")));
        change.governs();
        let refused = world.try_commit(change).await.unwrap_err();
        assert_eq!(dump(&*world.store(), &world.tenant).await, before, "after {refused}");
    }
    let elsewhere = put(&other, Service { row_version: RowVersion(1), ..service("blog") });
    assert!(matches!(world.try_commit(elsewhere).await, Err(StoreError::Stale { .. })));
    assert!(!world.store().tenants().await.unwrap().contains(&other), "a refused change makes no tenant");
    world.verify_chains().await;
}
