//! What was answered is durable.

use super::world::{World, started, work};
use super::{Fixture, dump};
use crate::audit::Chain;
use crate::digest::Digest;
use crate::port::{ChangeSet, Load, OperationKey, Record, RecordKey, RecordKind, StoreError};
use crate::testing::builders::{event, grant, principal, put, service, subject};

pub(super) async fn what_was_answered_survives(fixture: Fixture) {
    let mut world = World::of(fixture).await;
    let first = world.create(1).await;
    let second = world.create(2).await;
    world.advance(&first, vec![started(&first, 1)]).await;
    write_of_every_sort(&world).await;
    let before = dump(&*world.store(), &world.tenant).await;
    let outcome = world.load(Load::tenant().under(Some(operation()))).await.outcome;
    assert!(outcome.is_some());

    world.fixture = world.fixture.reopen().await;
    assert_eq!(dump(&*world.store(), &world.tenant).await, before);
    assert_eq!(world.load(Load::tenant().under(Some(operation()))).await.outcome, outcome);
    let seq = world.commit(put(&world.tenant, service("after"))).await.seq;
    assert_eq!(seq, u64::try_from(world.events(Chain::Ledger).await.len()).unwrap());
    world.verify_chains().await;
    let late = world.change(Some(&second), vec![started(&second, 1)]);
    let refused = world.try_commit(late).await;
    assert_eq!(refused, Err(StoreError::Occupied { release: first.id() }), "the slot is still taken");
}

/// A change of governance, a denial, and an operation with its outcome.
async fn write_of_every_sort(world: &World) {
    let mut change = put(&world.tenant, grant("rita", "viewer"));
    change.governs();
    world.commit(change).await;
    let about = subject(&RecordKey::new(RecordKind::Service, "x"));
    world.commit(ChangeSet::denial(world.tenant.clone(), event("access.denied", about))).await;
    let row = Record::from(service("blog"));
    let mut change = put(&world.tenant, row.clone());
    change.answers(operation(), row.key());
    world.commit(change).await;
}

fn operation() -> OperationKey {
    OperationKey {
        principal: principal("ann"),
        operation: "service.put".to_owned(),
        key: "once".to_owned(),
        fingerprint: Digest::of(b"once"),
    }
}

pub(super) async fn epochs_survive(fixture: Fixture) {
    let mut world = World::of(fixture).await;
    let release = world.create(1).await;
    let first = world.claim_one(1).await;
    world.store().ack(&first).await.unwrap();
    world.fixture = world.fixture.reopen().await;
    let second = world.claim_one(2).await;
    assert_eq!((second.work, second.epoch), (work(&release), first.epoch + 1));
}
