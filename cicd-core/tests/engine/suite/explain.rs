//! Why a release does not start: each gate, closed once, says until when and who can open it.

use cicd_core::authz::GrantKey;
use cicd_core::engine::{Options, Steer};
use cicd_core::gate::{GateKind, GateVerdict};
use cicd_core::id::ReleaseId;
use serde_json::json;

use super::commands::{freeze, lock};
use super::deploys::Act;
use super::world::{World, eventually, rolling, rolling_with, voted};

/// The one gate that is closed.
async fn closed(world: &World, id: ReleaseId) -> GateVerdict {
    let explained = world.engine.explain(&world.ann(), id).await.unwrap();
    assert!(!explained.open);
    let closed: Vec<_> = explained.gates.into_iter().filter(|verdict| !verdict.open).collect();
    assert_eq!(closed.len(), 1, "{closed:?}");
    closed.into_iter().next().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_freezes_and_locks() {
    let world = World::new(voted(1)).await;
    let (rita, plain) = (world.rita(), Options::default());
    let release = world.release("1.0").await;
    let votes = closed(&world, release.id()).await;
    assert_eq!(
        (votes.gate, votes.opened_by.as_slice()),
        (GateKind::Votes, &["role:approver".to_owned()][..])
    );
    world.approve(1, &release).await.unwrap();
    assert!(world.engine.explain(&world.ann(), release.id()).await.unwrap().open);

    let frozen = world.engine.add_freeze(&rita, &freeze(&world, 600), &plain).await.unwrap().value;
    let verdict = closed(&world, release.id()).await;
    assert_eq!((verdict.gate, verdict.opens_at), (GateKind::Freeze, Some(frozen.until)));
    assert_eq!(verdict.opened_by, ["role:release-manager"]);
    world.engine.lift_freeze(&rita, frozen.id, "it is over", &plain).await.unwrap();

    let locked = world.engine.take_lock(&rita, &lock(&world, 600), &plain).await.unwrap().value;
    let verdict = closed(&world, release.id()).await;
    assert_eq!((verdict.gate, verdict.opens_at), (GateKind::Lock, Some(locked.expires_at)));
    assert_eq!(verdict.opened_by, ["rita", "role:release-manager"]);
    world.clock.jump(601);
    assert!(world.engine.explain(&world.ann(), release.id()).await.unwrap().open, "it opens when it said");
    let held = GrantKey::new(world.approver(1).principal, "approver".parse().unwrap());
    world.engine.revoke_grant(&world.ada(), &held, &plain).await.unwrap();
    assert_eq!(closed(&world, release.id()).await.gate, GateKind::Votes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_slot_and_the_queue() {
    let world = World::new(rolling_with(&json!({"queue": "wait"}))).await;
    world.deploys.plan("apply", [Act::Block]);
    let _workers = world.work();
    let first = world.release("1.0").await;
    eventually("it applies", async || world.deploys.busy() == 1).await;
    let second = world.release("1.1").await;
    let slot = closed(&world, second.id()).await;
    assert_eq!((slot.gate, slot.opened_by), (GateKind::Slot, vec![format!("release:{}", first.id())]));
    let third = world.release("1.2").await;
    let explained = world.engine.explain(&world.ann(), third.id()).await.unwrap();
    let queue = explained.gates.iter().find(|verdict| verdict.gate == GateKind::Queue).unwrap();
    assert_eq!((queue.open, &queue.opened_by), (false, &vec![format!("release:{}", second.id())]));
    world.engine.steer(&world.ann(), second.id(), Steer::Cancel, &Options::default()).await.unwrap();
    assert_eq!(closed(&world, third.id()).await.gate, GateKind::Slot);
    world.deploys.let_go();
    world.until_is(third.id(), "succeeded").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_and_an_overtaken_rollback() {
    let world = World::new(rolling_with(&json!({
        "rollback": {"approval": [{"role": "approver", "count": 1}]}
    })))
    .await;
    let _workers = world.work();
    let (rita, plain) = (world.rita(), Options::default());
    for version in ["1.0", "2.0"] {
        world.until_is(world.release(version).await.id(), "succeeded").await;
    }
    let bad = world.release("3.0").await;
    world.until_is(bad.id(), "succeeded").await;
    let back =
        world.engine.rollback_release(&rita, bad.id(), None, "it is slow", &plain).await.unwrap().value;
    assert_eq!(closed(&world, back.id()).await.gate, GateKind::Votes);

    // While it waits for its vote something newer starts: what it wanted to undo runs no more.
    let newer = world.release("4.0").await;
    world.until_is(newer.id(), "succeeded").await;
    let explained = world.engine.explain(&world.ann(), back.id()).await.unwrap();
    let revision = explained.gates.iter().find(|verdict| verdict.gate == GateKind::Revision).unwrap();
    assert!(!revision.open && revision.reason.contains(&newer.id().to_string()), "{revision:?}");
    let late = world.approve(1, &back).await;
    assert!(late.is_err(), "{late:?}");

    let back =
        world.engine.rollback_release(&rita, newer.id(), None, "slow too", &plain).await.unwrap().value;
    world.deploys.plan("apply", [Act::Fail]);
    world.deploys.plan("undo", [Act::Fail]);
    world.approve(1, &back).await.unwrap();
    world.until_is(back.id(), "failed").await;
    let waits = world.release("5.0").await;
    let hold = closed(&world, waits.id()).await;
    assert_eq!(
        (hold.gate, hold.opened_by.as_slice()),
        (GateKind::Hold, &["role:release-manager".to_owned()][..])
    );
    world.engine.lift_hold(&rita, &world.deployment(), "mended", &plain).await.unwrap();
    world.until_is(waits.id(), "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_executes_has_every_gate_open() {
    let world = World::new(rolling()).await;
    let _workers = world.work();
    let release = world.release("1.0").await;
    world.until_is(release.id(), "succeeded").await;
    let detail = world.engine.release(&world.ann(), release.id()).await.unwrap();
    assert_eq!((detail.release.state.name(), detail.rollback_candidates.len()), ("succeeded", 0));
    assert!(detail.outstanding.is_empty());
}
