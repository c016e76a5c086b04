//! Idempotency: the outcome of an operation is part of its commit.

use super::Fixture;
use super::world::World;
use crate::digest::Digest;
use crate::id::RowVersion;
use crate::port::{
    ChangeSet, Load, OUTCOME_KEPT_SECONDS, OperationKey, Record, RecordKey, StoreError, StoredOutcome,
};
use crate::service::Service;
use crate::testing::builders::{delete, grant, principal, put, service};

fn operation(fingerprint: &str) -> OperationKey {
    OperationKey {
        principal: principal("ann"),
        operation: "service.put".to_owned(),
        key: "Zm9v \"quoted\" ключ".to_owned(),
        fingerprint: Digest::of(fingerprint.as_bytes()),
    }
}

/// Registers the service `name` under `operation`.
fn register(world: &World, name: &str, operation: OperationKey) -> ChangeSet {
    let row = Record::from(service(name));
    let key = row.key();
    let mut change = put(&world.tenant, row);
    change.answers(operation, key);
    change
}

async fn duplicate(world: &World, change: ChangeSet) -> StoredOutcome {
    match world.try_commit(change).await {
        Err(StoreError::Duplicate { outcome }) => *outcome,
        other => panic!("a repeated operation is a duplicate: {other:?}"),
    }
}

fn body(outcome: &StoredOutcome) -> Service {
    match Record::from_body(outcome.record.kind, &outcome.body).expect("the body is the row") {
        Record::Service(row) => row,
        other => panic!("a service: {other:?}"),
    }
}

pub(super) async fn a_repeated_operation_answers_its_first_outcome(fixture: Fixture) {
    let world = World::of(fixture).await;
    let committed = world.commit(register(&world, "blog", operation("a"))).await;
    let first = Service::try_from(committed.records[0].clone()).unwrap();
    world.put(Service { name: "renamed".to_owned(), ..first.clone() }).await;
    for _ in 0..2 {
        let outcome = duplicate(&world, register(&world, "blog", operation("a"))).await;
        assert_eq!(outcome.fingerprint, operation("a").fingerprint);
        assert_eq!(outcome.record, Record::from(first.clone()).key());
        assert_eq!(outcome.seq, committed.seq);
        assert_eq!(body(&outcome), first, "the row as the operation left it");
    }
}

pub(super) async fn another_fingerprint_is_shown_to_the_caller(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.commit(register(&world, "blog", operation("a"))).await;
    let outcome = duplicate(&world, register(&world, "wiki", operation("b"))).await;
    assert_eq!(outcome.fingerprint, operation("a").fingerprint);
    assert_eq!(outcome.record.id, "blog");
}

pub(super) async fn other_callers_and_operations_are_other_keys(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.commit(register(&world, "one", operation("a"))).await;
    let other_caller = OperationKey { principal: principal("otto"), ..operation("a") };
    let other_operation = OperationKey { operation: "service.delete".to_owned(), ..operation("a") };
    let other_key = OperationKey { key: "bar".to_owned(), ..operation("a") };
    for (name, key) in [("two", other_caller), ("three", other_operation), ("four", other_key)] {
        world.commit(register(&world, name, key)).await;
    }
}

pub(super) async fn a_load_brings_the_outcome(fixture: Fixture) {
    let world = World::of(fixture).await;
    let load = |fingerprint| Load::tenant().under(Some(operation(fingerprint)));
    assert_eq!(world.load(load("a")).await.outcome, None);
    world.commit(register(&world, "blog", operation("a"))).await;
    let stored = duplicate(&world, register(&world, "blog", operation("a"))).await;
    assert_eq!(world.load(load("a")).await.outcome.as_ref(), Some(&stored));
    assert_eq!(world.load(load("b")).await.outcome, Some(stored), "the fingerprint is not part of the key");
}

pub(super) async fn a_refused_change_stores_no_outcome(fixture: Fixture) {
    let world = World::of(fixture).await;
    let stale = Service { row_version: RowVersion(4), ..service("blog") };
    let mut change = put(&world.tenant, stale.clone());
    change.answers(operation("a"), Record::from(stale).key());
    assert!(matches!(world.try_commit(change).await, Err(StoreError::Stale { .. })));
    assert_eq!(world.load(Load::tenant().under(Some(operation("a")))).await.outcome, None);
    world.commit(register(&world, "blog", operation("a"))).await;
}

pub(super) async fn a_deleted_row_is_null_as_an_outcome(fixture: Fixture) {
    let world = World::of(fixture).await;
    let row = world.put(grant("rita", "viewer")).await;
    let key: RecordKey = Record::from(row.clone()).key();
    let mut change = delete(&world.tenant, key.clone(), row.row_version);
    change.answers(operation("a"), key.clone());
    world.commit(change).await;
    let outcome = world.load(Load::tenant().under(Some(operation("a")))).await.outcome.expect("it is kept");
    assert_eq!((outcome.record, outcome.body.as_str()), (key, "null"));
}

pub(super) async fn outcomes_are_kept_for_a_day(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.commit(register(&world, "blog", operation("a"))).await;
    let day = i64::try_from(OUTCOME_KEPT_SECONDS).unwrap();
    world.fixture.step_seconds(day - 60).await;
    duplicate(&world, register(&world, "blog", operation("a"))).await;
    world.fixture.step_seconds(120).await;
    assert_eq!(world.load(Load::tenant().under(Some(operation("a")))).await.outcome, None);
    world.commit(register(&world, "wiki", operation("a"))).await;
    let outcome = duplicate(&world, register(&world, "wiki", operation("a"))).await;
    assert_eq!(outcome.record.id, "wiki", "the key may be used again");
}
