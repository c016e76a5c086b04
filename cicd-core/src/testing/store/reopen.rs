//! What was answered is durable.

use super::world::{World, started, work};
use super::{Fixture, dump};
use crate::audit::Chain;
use crate::digest::Digest;
use crate::port::{ChangeSet, Load, OperationKey, Record, RecordKey, RecordKind};
use crate::testing::builders::{event, grant, principal, put, service, subject};

pub(super) async fn what_was_answered_survives(fixture: Fixture) {
    let mut world = World::of(fixture).await;
    let first = world.create(1).await;
    world.create(2).await;
    world.advance(&first, vec![started(&first, 1)]).await;
    let mut change = put(&world.tenant, grant("rita", "viewer"));
    change.governs();
    world.commit(change).await;
    let about = subject(&RecordKey::new(RecordKind::Service, "x"));
    world.commit(ChangeSet::denial(world.tenant.clone(), event("access.denied", about))).await;
    let operation = OperationKey {
        principal: principal("ann"),
        operation: "service.put".to_owned(),
        key: "once".to_owned(),
        fingerprint: Digest::of(b"once"),
    };
    let row = Record::from(service("blog"));
    let mut change = put(&world.tenant, row.clone());
    change.answers(operation.clone(), row.key());
    world.commit(change).await;
    let before = dump(&*world.store(), &world.tenant).await;
    let outcome = world.load(Load::tenant().under(Some(operation.clone()))).await.outcome;
    assert!(outcome.is_some());

    world.fixture = world.fixture.reopen().await;
    assert_eq!(dump(&*world.store(), &world.tenant).await, before);
    assert_eq!(world.load(Load::tenant().under(Some(operation))).await.outcome, outcome);
    let seq = world.commit(put(&world.tenant, service("after"))).await.seq;
    assert_eq!(seq, u64::try_from(world.events(Chain::Ledger).await.len()).unwrap());
    world.verify_chains().await;
    let late = world.change(Some(&world.release(crate::testing::builders::release_id(2)).await), {
        vec![started(&first, 1)]
    });
    let refused = world.try_commit(late).await;
    assert!(
        matches!(refused, Err(crate::port::StoreError::Occupied { .. })),
        "the slot is still taken: {refused:?}"
    );
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
