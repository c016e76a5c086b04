//! Leases: who works on what, and until when.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use super::world::{LEASE_SECONDS, World, claim_request, work};
use super::{Fixture, dump};
use crate::port::{Lease, Load, StoreError};
use crate::testing::builders::{ci_config, run_id, run_triggered};

pub(super) async fn due_work_goes_to_one_worker(fixture: Fixture) {
    let world = World::of(fixture).await;
    assert_eq!(world.claim(1, 10).await, [], "nothing is due");
    let release = world.create(1).await;
    let config = world.put(ci_config(&world.site.service.id)).await;
    world.commit(run_triggered(&world.tenant, run_id(2), &config)).await;
    let leases = world.claim(1, 10).await;
    let works: BTreeSet<_> = leases.iter().map(|lease| lease.work).collect();
    assert_eq!(works, [work(&release), crate::port::WorkKey::CiRun(run_id(2))].into());
    for lease in &leases {
        assert_eq!(
            (lease.epoch, &lease.tenant, lease.worker),
            (1, &world.tenant, claim_request(1, 1).worker)
        );
        assert_eq!(lease.until.micros_since(lease.now), claim_request(1, 1).lease_micros);
    }
    assert_eq!(world.claim(2, 10).await, [], "it is held");
}

pub(super) async fn many_workers_share_the_work(fixture: Fixture) {
    let world = World::of(fixture).await;
    for number in 0..24 {
        world.create(number).await;
    }
    let worker = |number| {
        let store = world.store();
        tokio::spawn(async move {
            let mut claimed = Vec::new();
            loop {
                let leases = store.claim(claim_request(number, 2)).await.expect("the claim succeeds");
                if leases.is_empty() {
                    return claimed;
                }
                claimed.extend(leases);
            }
        })
    };
    let workers: Vec<_> = (0..8).map(worker).collect();
    let claimed: Vec<Lease> = join_all(workers).await.into_iter().flat_map(Result::unwrap).collect();
    let works: BTreeSet<_> = claimed.iter().map(|lease| lease.work).collect();
    assert_eq!((claimed.len(), works.len()), (24, 24), "each piece went to one worker");
}

pub(super) async fn the_longest_due_comes_first(fixture: Fixture) {
    let world = World::of(fixture).await;
    let mut expected = Vec::new();
    for number in [3, 1, 2] {
        expected.push(work(&world.create(number).await));
        world.fixture.step_seconds(1).await;
    }
    let claimed: Vec<_> = world.claim(1, 10).await.iter().map(|lease| lease.work).collect();
    assert_eq!(claimed, expected);
}

pub(super) async fn a_claim_takes_no_more_than_asked(fixture: Fixture) {
    let world = World::of(fixture).await;
    for number in 0..5 {
        world.create(number).await;
    }
    for expected in [2, 2, 1, 0] {
        assert_eq!(world.claim(1, 2).await.len(), expected);
    }
}

pub(super) async fn a_lease_ends_by_the_stores_clock(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.create(1).await;
    let first = world.claim_one(1).await;
    world.fixture.step_seconds(LEASE_SECONDS - 5).await;
    assert_eq!(world.claim(2, 10).await, []);
    world.fixture.step_seconds(5).await;
    let second = world.claim_one(2).await;
    assert_eq!(second.epoch, first.epoch + 1);
}

pub(super) async fn a_renewed_lease_holds_longer(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.create(1).await;
    let lease = world.claim_one(1).await;
    world.fixture.step_seconds(LEASE_SECONDS - 5).await;
    let micros = claim_request(1, 1).lease_micros;
    let renewed = world.store().renew(&lease, micros).await.unwrap();
    assert_eq!((renewed.epoch, renewed.work, renewed.worker), (lease.epoch, lease.work, lease.worker));
    assert_eq!(renewed.until.micros_since(renewed.now), micros);
    assert!(renewed.now > lease.now);
    world.fixture.step_seconds(LEASE_SECONDS - 5).await;
    assert_eq!(world.claim(2, 10).await, []);
    world
        .store()
        .renew(&lease, micros)
        .await
        .expect("the epoch counts, not the time that the worker remembers");
    world.fixture.step_seconds(LEASE_SECONDS).await;
    assert_eq!(world.store().renew(&renewed, micros).await, Err(StoreError::LeaseLost));
}

pub(super) async fn epochs_grow_with_every_claim(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.create(1).await;
    for epoch in 1..=4 {
        let lease = world.claim_one(epoch).await;
        assert_eq!(lease.epoch, epoch);
        match epoch % 3 {
            0 => world.fixture.step_seconds(LEASE_SECONDS).await,
            1 => world.store().ack(&lease).await.unwrap(),
            _ => world.store().release(&lease, lease.now).await.unwrap(),
        }
    }
}

pub(super) async fn a_stale_lease_can_do_nothing(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.create(1).await;
    let expired = world.claim_one(1).await;
    world.fixture.step_seconds(LEASE_SECONDS).await;
    refused(&world, &expired).await;
    let current = world.claim_one(2).await;
    refused(&world, &expired).await;
    assert_eq!(world.claim(3, 10).await, [], "the refusals took nothing from its holder");
    refused(&world, &Lease { epoch: current.epoch + 1, ..current.clone() }).await;
    world.store().ack(&current).await.unwrap();
    refused(&world, &current).await;
    let unknown = crate::port::WorkKey::CiRun(run_id(9));
    refused(&world, &Lease { work: unknown, ..current }).await;
}

async fn refused(world: &World, lease: &Lease) {
    let store = world.store();
    let micros = claim_request(1, 1).lease_micros;
    assert_eq!(store.renew(lease, micros).await, Err(StoreError::LeaseLost));
    assert_eq!(store.release(lease, lease.now).await, Err(StoreError::LeaseLost));
    assert_eq!(store.ack(lease).await, Err(StoreError::LeaseLost));
}

pub(super) async fn a_load_shows_the_lease(fixture: Fixture) {
    let world = World::of(fixture).await;
    let release = world.create(1).await;
    let epoch = || async { world.load(Load::release(release.id())).await.lease_epoch };
    assert_eq!(epoch().await, 0);
    let lease = world.claim_one(1).await;
    assert_eq!(epoch().await, lease.epoch);
    world.fixture.step_seconds(LEASE_SECONDS).await;
    assert_eq!(epoch().await, 0, "it has expired");
    let lease = world.claim_one(1).await;
    assert_eq!(epoch().await, lease.epoch);
    world.store().ack(&lease).await.unwrap();
    assert_eq!(epoch().await, 0, "it was given up");
    let config = world.put(ci_config(&world.site.service.id)).await;
    world.commit(run_triggered(&world.tenant, run_id(2), &config)).await;
    world.claim(1, 10).await;
    assert_eq!(world.load(Load::run(run_id(2))).await.lease_epoch, 1);
}

pub(super) async fn leases_touch_no_state(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.create(1).await;
    let before = dump(&*world.store(), &world.tenant).await;
    let lease = world.claim_one(1).await;
    let lease = world.store().renew(&lease, 1_000_000).await.unwrap();
    world.store().release(&lease, lease.now).await.unwrap();
    let lease = world.claim_one(1).await;
    world.store().ack(&lease).await.unwrap();
    assert_eq!(dump(&*world.store(), &world.tenant).await, before);
}
