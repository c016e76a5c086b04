//! Gates: what may keep an approved release from starting.

use cicd_core::cd::{QueueRule, StaleRule};
use cicd_core::gate::{Freeze, FreezeScope, GateKind, Lock};
use cicd_core::id::{FreezeId, LockId, ReleaseId, RowVersion};
use cicd_core::release::command::Command;
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{CancelReason, State};
use cicd_core::service::{Hold, HoldReason};
use cicd_core::time::Timestamp;

use crate::fixture::{APPROVER, person, rolling, spec};
use crate::world::World;

pub(crate) fn freeze(world: &World, from: Timestamp, seconds: u64) -> Freeze {
    Freeze {
        id: FreezeId::from_uuid(uuid::Uuid::from_u128(1)),
        scope: FreezeScope::Tier { tier: world.deployment.spec.tier },
        from,
        until: from.plus_seconds(seconds),
        reason: "the sale".into(),
        created_by: person("dan"),
        created_at: world.now,
        row_version: RowVersion(1),
    }
}

pub(crate) fn lock(world: &World, seconds: u64) -> Lock {
    Lock {
        id: LockId::from_uuid(uuid::Uuid::from_u128(2)),
        deployment: world.deployment.id.clone(),
        owner: person("dan"),
        reason: "looking into it".into(),
        expires_at: world.now.plus_seconds(seconds),
        created_at: world.now,
        row_version: RowVersion(1),
    }
}

fn hold(world: &World, release: ReleaseId) -> Hold {
    Hold { reason: HoldReason::RollbackFailed, release, since: world.now }
}

fn closed(world: &mut World, id: ReleaseId) -> Vec<GateKind> {
    match world.start(id) {
        Err(Refusal::GateClosed { closed }) => closed.into_iter().map(|verdict| verdict.gate).collect(),
        other => panic!("not a closed gate: {other:?}"),
    }
}

fn approved(world: &mut World, label: &str) -> ReleaseId {
    let id = world.deploy(label, "rosa").unwrap();
    world.vote_until_approved(id);
    id
}

fn world() -> World {
    World::new(spec(rolling(), &[(APPROVER, 1)]))
}

#[test]
fn a_freeze_set_after_the_vote_stops_the_start_until_it_ends() {
    let mut world = world();
    let id = approved(&mut world, "one");
    let frozen = freeze(&world, world.now, 60);
    world.freezes.push(frozen);
    assert_eq!(closed(&mut world, id), [GateKind::Freeze]);
    world.pass(60);
    world.start(id).unwrap();
}

#[test]
fn a_freeze_does_not_stop_a_rollback_but_hold_and_lock_do() {
    let mut world = world();
    world.ship("one");
    let bad = world.ship("two");
    let (frozen, locked) = (freeze(&world, world.now, 3600), lock(&world, 60));
    world.freezes.push(frozen);
    world.locks.push(locked);
    world.deployment.hold = Some(hold(&world, bad));
    let rollback = world.rollback(bad, None, "dan").unwrap();
    assert_eq!(closed(&mut world, rollback), [GateKind::Lock, GateKind::Hold]);
    world.deployment.hold = None;
    assert_eq!(closed(&mut world, rollback), [GateKind::Lock]);
    world.pass(60);
    world.carry_out(rollback);
    assert!(world.runs("one"));
}

#[test]
fn a_changed_target_stops_the_start_and_the_release_is_cancelled() {
    let mut world = world();
    let id = approved(&mut world, "one");
    assert!(world.command(id, &Command::MarkStale).is_err(), "nothing has changed yet");
    world.deployment.revision += 1;
    assert_eq!(closed(&mut world, id), [GateKind::Revision]);
    world.command(id, &Command::MarkStale).unwrap();
    let State::Cancelled { reason, .. } = &world.release(id).state else { panic!("not cancelled") };
    assert_eq!(*reason, CancelReason::Stale);
}

#[test]
fn a_pinned_release_keeps_its_revisions() {
    let mut spec = spec(rolling(), &[(APPROVER, 1)]);
    spec.when_stale = StaleRule::KeepPinned;
    let mut world = World::new(spec);
    let id = approved(&mut world, "one");
    world.config.revision += 1;
    assert!(world.command(id, &Command::MarkStale).is_err());
    world.start(id).unwrap();
}

#[test]
fn a_newer_approval_supersedes_what_has_not_started() {
    let mut world = world();
    let pending = world.deploy("one", "rosa").unwrap();
    let waits = approved(&mut world, "two");
    let newer = approved(&mut world, "three");
    for id in [pending, waits] {
        assert!(
            matches!(
                &world.release(id).state,
                State::Cancelled { reason: CancelReason::Superseded { .. }, .. }
            ),
            "{}",
            world.state(id)
        );
    }
    world.start(newer).unwrap();
}

#[test]
fn the_queue_starts_the_oldest_approval_and_one_at_a_time() {
    let mut spec = spec(rolling(), &[(APPROVER, 1)]);
    spec.queue = QueueRule::Wait;
    let mut world = World::new(spec);
    let (first, second) = (approved(&mut world, "one"), approved(&mut world, "two"));
    assert_eq!(closed(&mut world, second), [GateKind::Queue]);
    world.start(first).unwrap();
    assert_eq!(closed(&mut world, second), [GateKind::Slot]);
    world.finish(first);
    world.start(second).unwrap();
}

#[test]
fn the_queue_rule_refuse_takes_one_release_at_a_time() {
    let mut spec = spec(rolling(), &[(APPROVER, 1)]);
    spec.queue = QueueRule::Refuse;
    let mut world = World::new(spec);
    let first = approved(&mut world, "one");
    assert_eq!(world.deploy("two", "rosa"), Err(Refusal::Occupied { by: first }));
    world.start(first).unwrap();
    assert_eq!(world.deploy("two", "rosa"), Err(Refusal::Occupied { by: first }));
    world.finish(first);
    assert!(world.deploy("two", "rosa").is_ok());
}
