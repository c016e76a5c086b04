//! Ways back: to what was stable, never to the fault.

use cicd_core::cd::QueueRule;
use cicd_core::gate::GateKind;
use cicd_core::id::ReleaseId;
use cicd_core::release::command::Command;
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{CancelReason, FailureCause, Phase, RollbackCause, State};
use cicd_core::service::HoldReason;

use crate::fixture::{APPROVER, MANAGER, asks, failed, rolling, spec, went_back};
use crate::world::World;

fn world() -> World {
    World::new(spec(rolling(), &[]))
}

/// A world whose rollbacks wait for a vote, and whose releases queue.
fn slow_world() -> World {
    let mut spec = spec(rolling(), &[]);
    spec.rollback.approval = asks(&[(APPROVER, 1)]);
    spec.queue = QueueRule::Wait;
    World::new(spec)
}

fn undo(world: &mut World, source: ReleaseId) -> ReleaseId {
    let rollback = world.rollback(source, None, "dan").unwrap();
    world.carry_out(rollback);
    rollback
}

fn candidates(result: Result<ReleaseId, Refusal>) -> Vec<ReleaseId> {
    match result {
        Err(Refusal::NoRollback { candidates, .. }) => candidates,
        other => panic!("not a refused rollback: {other:?}"),
    }
}

#[test]
fn a_rollback_closes_its_source() {
    let mut world = world();
    world.ship("one");
    let bad = world.ship("two");
    let rollback = undo(&mut world, bad);
    assert!(world.runs("one"));
    let State::RolledBack { cause, reached, .. } = &world.release(bad).state else {
        panic!("not rolled back")
    };
    assert_eq!(*cause, RollbackCause::UndoneBy { release: rollback });
    assert_eq!(*reached, None, "it had got to its end");
}

#[test]
fn a_second_rollback_does_not_restore_the_fault() {
    let mut world = world();
    world.ship("good");
    world.ship("better");
    let bad = world.ship("bad");
    let first = undo(&mut world, bad);
    assert!(world.runs("better"));
    let second = undo(&mut world, first);
    assert!(world.runs("good"));
    assert_eq!(candidates(world.rollback(second, None, "dan")), []);
}

#[test]
fn a_fault_does_not_come_back_by_an_older_entry_of_the_same_artifact() {
    let mut world = world();
    world.ship("bad");
    world.ship("good");
    let again = world.ship("bad");
    let rollback = undo(&mut world, again);
    assert!(world.runs("good"));
    assert_eq!(candidates(world.rollback(rollback, None, "dan")), [], "`bad` was withdrawn");
    let normal = world.ship("bad");
    world.ship("newest");
    let newest = world.releases().last().unwrap().id();
    let back = world.rollback(newest, Some(normal), "dan").unwrap();
    world.carry_out(back);
    assert!(world.runs("bad"), "a normal release makes it a target again");
}

#[test]
fn after_a_failed_rollback_the_next_one_undoes_the_same() {
    let mut world = world();
    let good = world.ship("good");
    let bad = world.ship("bad");
    let failing = world.rollback(bad, None, "dan").unwrap();
    world.fail(failing);
    assert_eq!(world.state(bad), "succeeded", "the source keeps its state");
    assert_eq!(world.deployment.hold.as_ref().unwrap().reason, HoldReason::RollbackFailed);
    let refused = candidates(world.rollback(bad, None, "dan"));
    assert_eq!(refused, [good], "`bad` is no longer the latest executed one");
    assert_eq!(candidates(world.rollback(failing, Some(bad), "dan")), [good], "nor is it a way back");

    let next = world.rollback(failing, None, "dan").unwrap();
    assert!(world.start(next).is_err(), "held");
    world.deployment.hold = None;
    world.carry_out(next);
    assert!(world.runs("good"));
    assert_eq!((world.state(bad), world.state(failing)), ("rolled_back", "rolled_back"));
}

#[test]
fn after_a_failed_rollback_a_twin_of_the_fault_is_no_way_back() {
    let mut world = world();
    world.ship("bad");
    let good = world.ship("good");
    let bad = world.ship("bad");
    let failing = world.rollback(bad, None, "dan").unwrap();
    world.fail(failing);
    assert_eq!(candidates(world.rollback(failing, Some(bad), "dan")), [good]);
}

#[test]
fn a_rollback_while_it_executes_stops_it_and_waits_for_the_slot() {
    let mut world = world();
    world.ship("good");
    let bad = world.deploy("bad", "rosa").unwrap();
    world.start(bad).unwrap();
    let rollback = world.rollback(bad, None, "dan").unwrap();
    let Phase::Stopping { cause, held, .. } = world.phase(bad) else { panic!("not stopping") };
    assert_eq!((cause, *held), (&FailureCause::RollbackRequested { by: rollback }, true));
    assert!(matches!(world.start(rollback), Err(Refusal::GateClosed { .. })), "the slot is still taken");
    world.complete(bad, failed()).unwrap();
    world.carry_out(rollback);
    assert_eq!(world.state(bad), "rolled_back");
}

#[test]
fn a_rollback_of_a_rollout_that_went_back_meanwhile_still_brings_its_target() {
    let mut world = world();
    world.ship("good");
    let bad = world.deploy("bad", "rosa").unwrap();
    world.start(bad).unwrap();
    let rollback = world.rollback(bad, None, "dan").unwrap();
    world.complete(bad, went_back()).unwrap();
    world.carry_out(rollback);
    assert!(world.runs("good"));
}

#[test]
fn a_rollout_that_went_back_leaves_the_one_before_it_open_to_rollback() {
    let mut world = world();
    world.ship("good");
    let bad = world.ship("bad");
    let canary = world.deploy("next", "rosa").unwrap();
    world.start(canary).unwrap();
    world.complete(canary, went_back()).unwrap();
    undo(&mut world, bad);
    assert!(world.runs("good"));
}

#[test]
fn a_rollback_that_went_back_can_be_tried_again() {
    let mut world = world();
    world.ship("good");
    let bad = world.ship("bad");
    let first = world.rollback(bad, None, "dan").unwrap();
    world.start(first).unwrap();
    world.complete(first, went_back()).unwrap();
    undo(&mut world, bad);
    assert!(world.runs("good"));
}

#[test]
fn a_rollback_that_something_newer_overtook_does_not_start() {
    let mut world = slow_world();
    world.ship("good");
    let bad = world.ship("bad");
    let late = world.rollback(bad, None, "dan").unwrap();
    world.ship("fixed");
    let refusal = world.approve(late, "ann").unwrap_err();
    let Refusal::GateClosed { closed } = refusal else { panic!("{refusal}") };
    assert_eq!(closed[0].gate, GateKind::Revision);
    world.command(late, &Command::MarkStale).unwrap();
    let State::Cancelled { reason, .. } = &world.release(late).state else { panic!("not cancelled") };
    assert_eq!(*reason, CancelReason::Stale);
    assert!(world.runs("fixed"));
}

#[test]
fn an_approved_rollback_that_something_newer_overtook_does_not_start() {
    let mut world = slow_world();
    world.ship("good");
    let bad = world.ship("bad");
    let (one, two) = (world.rollback(bad, None, "dan").unwrap(), world.rollback(bad, None, "dan").unwrap());
    world.approve(one, "ann").unwrap();
    world.approve(two, "ann").unwrap();
    world.carry_out(one);
    assert!(matches!(world.start(two), Err(Refusal::GateClosed { .. })), "`bad` is undone already");
}

#[test]
fn only_what_is_stable_and_not_current_is_a_target() {
    let mut world = world();
    let good = world.ship("good");
    let failing = world.deploy("broken", "rosa").unwrap();
    world.fail(failing);
    let current = world.ship("current");
    for target in [failing, current] {
        assert_eq!(candidates(world.rollback(current, Some(target), "dan")), [good]);
    }
    let pending = world.deploy("pending", "rosa").unwrap();
    assert_eq!(candidates(world.rollback(pending, None, "dan")).len(), 2, "it never ran");
    assert_eq!(candidates(world.rollback(good, None, "dan")).len(), 1, "it is not the latest");
}

#[test]
fn a_failed_release_is_undone_to_what_ran_before() {
    let mut world = world();
    world.ship("good");
    let broken = world.deploy("broken", "rosa").unwrap();
    world.fail(broken);
    assert!(world.deployment.hold.is_none(), "only a rollback that fails holds the deployment");
    undo(&mut world, broken);
    assert!(world.runs("good"));
    assert_eq!(world.state(broken), "rolled_back");
}

#[test]
fn a_rollback_takes_artifact_and_target_from_the_entry_and_rules_from_today() {
    let mut world = world();
    let good = world.ship("good");
    world.deployment.revision += 1;
    world.deployment.spec.target = serde_json::json!({"host": "eu-2"});
    let bad = world.ship("bad");
    world.config.revision += 1;
    world.config.spec.rollback.approval = asks(&[(MANAGER, 1)]);
    let rollback = world.rollback(bad, None, "rosa").unwrap();
    let (back, to) = (world.release(rollback), world.release(good));
    assert_eq!(back.spec.target, to.spec.target);
    assert_eq!(back.spec.content.artifact, to.spec.content.artifact);
    assert_eq!(back.spec.content.cd_config_revision, 2);
    assert_eq!(world.state(rollback), "pending_approval");
}
