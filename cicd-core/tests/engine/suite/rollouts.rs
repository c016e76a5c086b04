//! Rollouts are paused, promoted, aborted, overdue, and gone back on.

use std::time::Duration;

use cicd_core::engine::{EngineError, Options, Steer};
use cicd_core::id::ReleaseId;
use cicd_core::release::Release;
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{FailureCause, RollbackCause, State};
use cicd_core::service::{Hold, HoldReason};
use serde_json::json;

use super::deploys::Act;
use super::timelines::whole;
use super::world::{World, canary, eventually, rolling, rolling_with};

async fn steer(world: &World, id: ReleaseId, steer: Steer) -> Result<Release, EngineError> {
    let outcome = world.engine.steer(&world.rita(), id, steer, &Options::default()).await;
    outcome.map(|outcome| outcome.value)
}

fn why_it_went_back(release: &Release) -> &FailureCause {
    match &release.state {
        State::RolledBack { cause: RollbackCause::WentBack { why }, .. } => why,
        other => panic!("{other:?}"),
    }
}

async fn held(world: &World) -> Option<Hold> {
    world.engine.deployment(&world.ann(), &world.deployment()).await.unwrap().hold
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abort_stops_the_step_and_goes_back_before_the_slot_is_free() {
    let world = World::new(rolling_with(&json!({"queue": "wait"}))).await;
    world.deploys.plan("apply", [Act::Block]);
    world.deploys.plan("undo", [Act::Block]);
    let _workers = world.work();
    let first = world.release("1.0").await;
    eventually("it applies", async || world.deploys.busy() == 1).await;
    let second = world.release("1.1").await;
    steer(&world, first.id(), Steer::Abort { reason: Some("wrong one".to_owned()) }).await.unwrap();
    eventually("it goes back", async || world.deploys.count("undo") == 1).await;
    assert_eq!(world.deploys.stopped(), 1);
    for command in [Steer::Pause, Steer::Resume, Steer::Promote] {
        let refused = steer(&world, first.id(), command).await;
        assert!(matches!(refused, Err(EngineError::Refused(_))), "{refused:?}");
    }
    assert_eq!(world.stored(second.id()).await.state.name(), "approved", "the slot is taken");
    world.deploys.let_go();
    let first = world.until_is(first.id(), "rolled_back").await;
    assert!(matches!(why_it_went_back(&first), FailureCause::Aborted { .. }));
    world.until_is(second.id(), "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_comes_after_the_step_that_is_under_way() {
    let world = World::new(canary(&json!({"seconds": 600}), "undo")).await;
    world.deploys.plan("apply", [Act::Block]);
    let _workers = world.work();
    let release = world.release("1.0").await;
    eventually("it applies", async || world.deploys.busy() == 1).await;
    steer(&world, release.id(), Steer::Pause).await.unwrap();
    world.deploys.let_go();
    world.until_waits(release.id(), "requested").await;
    assert_eq!(world.deploys.verbs(release.id()), ["apply"]);
    steer(&world, release.id(), Steer::Resume).await.unwrap();

    // The strategy's pause of ten minutes becomes one until somebody resumes.
    world.until_waits(release.id(), "strategy").await;
    steer(&world, release.id(), Steer::Pause).await.unwrap();
    world.until_waits(release.id(), "requested").await;
    world.clock.jump(2 * 3600);
    let paused = world.until_waits(release.id(), "requested").await;
    assert_eq!(paused.state.name(), "executing", "no deadline counts while people pause");
    steer(&world, release.id(), Steer::Resume).await.unwrap();
    world.until_is(release.id(), "succeeded").await;
    assert_eq!(world.deploys.verbs(release.id()), ["apply", "set-weight 10", "analyse", "promote"]);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promotion_skips_what_is_left() {
    let world = World::new(canary(&json!("manual"), "undo")).await;
    let _workers = world.work();
    let waiting = world.release("1.0").await;
    world.until_waits(waiting.id(), "strategy").await;
    steer(&world, waiting.id(), Steer::Promote).await.unwrap();
    world.until_is(waiting.id(), "succeeded").await;
    assert_eq!(world.deploys.verbs(waiting.id()), ["apply", "set-weight 10", "promote"]);

    world.deploys.plan("apply", [Act::Block]);
    let running = world.release("1.1").await;
    eventually("it applies", async || world.deploys.busy() == 1).await;
    steer(&world, running.id(), Steer::Promote).await.unwrap();
    world.deploys.let_go();
    world.until_is(running.id(), "succeeded").await;
    assert_eq!(world.deploys.verbs(running.id()), ["apply", "promote"]);
    let over = steer(&world, running.id(), Steer::Promote).await;
    assert!(
        matches!(&over, Err(EngineError::Refused(r)) if matches!(**r, Refusal::NotPossible { .. })),
        "{over:?}"
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timed_pause_ends_by_itself() {
    let world = World::new(canary(&json!({"seconds": 600}), "undo")).await;
    let _workers = world.work();
    let release = world.release("1.0").await;
    world.until_waits(release.id(), "strategy").await;
    world.clock.jump(601);
    world.until_is(release.id(), "succeeded").await;
    let execution = world.kinds(release.id()).await;
    assert!(!execution.contains(&"release.taken_over".to_owned()), "{execution:?}");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inconclusive_analysis_and_a_failure_may_ask_a_person() {
    let world = World::new(canary(&json!(null), "pause")).await;
    world.deploys.plan("analyse", [Act::Inconclusive, Act::Fail]);
    let _workers = world.work();
    let release = world.release("1.0").await;
    world.until_waits(release.id(), "inconclusive_analysis").await;
    steer(&world, release.id(), Steer::Resume).await.unwrap();
    world.until_waits(release.id(), "failure").await;
    steer(&world, release.id(), Steer::Resume).await.unwrap();
    world.until_is(release.id(), "succeeded").await;
    assert_eq!(world.deploys.count("analyse"), 3, "the analysis is asked again, not skipped");

    world.deploys.plan("analyse", [Act::Fail]);
    let aborted = world.release("1.1").await;
    world.until_waits(aborted.id(), "failure").await;
    steer(&world, aborted.id(), Steer::Abort { reason: None }).await.unwrap();
    world.until_is(aborted.id(), "rolled_back").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_overdue_step_is_stopped() {
    let world = World::new(rolling_with(&json!({"deadline_seconds": 30}))).await;
    world.deploys.plan("apply", [Act::Block]);
    let _workers = world.work();
    let release = world.release("1.0").await;
    eventually("it applies", async || world.deploys.busy() == 1).await;
    world.clock.jump(31);
    let release = world.until_is(release.id(), "rolled_back").await;
    assert_eq!(*why_it_went_back(&release), FailureCause::DeadlineExceeded);
    assert_eq!((world.deploys.stopped(), world.deploys.count("undo")), (1, 1));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timed_wait_does_not_outlast_the_deadline() {
    let mut config = canary(&json!({"seconds": 600}), "undo");
    config["deadline_seconds"] = json!(601);
    let world = World::new(config).await;
    world.deploys.plan("apply", [Act::Block]);
    let _workers = world.work();
    let release = world.release("1.0").await;
    eventually("it applies", async || world.deploys.busy() == 1).await;
    world.clock.jump(30);
    world.deploys.let_go();
    world.until_waits(release.id(), "strategy").await;
    world.clock.jump(575);
    let release = world.until_is(release.id(), "rolled_back").await;
    assert_eq!(*why_it_went_back(&release), FailureCause::DeadlineExceeded);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_step_goes_back_and_a_failed_undo_holds_the_deployment() {
    let world = World::new(rolling()).await;
    world.deploys.plan("apply", [Act::Fail, Act::Fail]);
    world.deploys.plan("undo", [Act::Done, Act::Fail]);
    let _workers = world.work();
    let first = world.release("1.0").await;
    world.until_is(first.id(), "rolled_back").await;
    assert_eq!(held(&world).await, None, "what ran before runs again");
    let second = world.release("1.1").await;
    let failed = world.until_is(second.id(), "failed").await;
    let State::Failed { cause: FailureCause::UndoFailed { why, message }, .. } = failed.state else {
        panic!("{:?}", failed.state)
    };
    assert!(matches!(&*why, FailureCause::Step { step, .. } if step == "apply"), "{why:?}");
    assert_eq!(message, "exit 1");
    let last = world
        .engine
        .release_timeline(&world.ann(), second.id(), &whole())
        .await
        .unwrap()
        .items
        .pop()
        .unwrap();
    assert!(last.summary.contains("it could not go back"), "{}", last.summary);

    let hold = held(&world).await.expect("nobody knows what runs");
    assert_eq!((hold.reason, hold.release), (HoldReason::UndoFailed, second.id()));
    let third = world.release("1.2").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(world.stored(third.id()).await.state.name(), "approved", "nothing starts there");
    let plain = Options::default();
    world.engine.lift_hold(&world.rita(), &world.deployment(), "1.0 runs", &plain).await.unwrap();
    world.until_is(third.id(), "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_stops_what_executes_and_waits_for_the_slot() {
    let world = World::new(rolling()).await;
    let _workers = world.work();
    let good = world.release("1.0").await;
    world.until_is(good.id(), "succeeded").await;
    world.deploys.plan("apply", [Act::Block]);
    let bad = world.release("2.0").await;
    eventually("it applies", async || world.deploys.busy() == 1).await;
    let (rita, plain) = (world.rita(), Options::default());
    let back =
        world.engine.rollback_release(&rita, bad.id(), None, "it loses orders", &plain).await.unwrap().value;
    world.until_is(back.id(), "succeeded").await;
    let bad = world.stored(bad.id()).await;
    assert!(
        matches!(&bad.state, State::RolledBack { cause: RollbackCause::UndoneBy { release }, .. } if *release == back.id()),
        "{:?}",
        bad.state
    );
    assert_eq!(world.deploys.verbs(bad.id()), ["apply"], "the rollback brings back what ran, not an undo");
    let last = world.deploys.calls().pop().unwrap();
    assert_eq!(last.artifact, good.spec.content.artifact.digest);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_rollback_holds_the_deployment() {
    let world = World::new(rolling()).await;
    let _workers = world.work();
    let good = world.release("1.0").await;
    world.until_is(good.id(), "succeeded").await;
    let bad = world.release("2.0").await;
    world.until_is(bad.id(), "succeeded").await;
    world.deploys.plan("apply", [Act::Fail]);
    world.deploys.plan("undo", [Act::Fail]);
    let (rita, plain) = (world.rita(), Options::default());
    let back =
        world.engine.rollback_release(&rita, bad.id(), None, "it loses orders", &plain).await.unwrap().value;
    world.until_is(back.id(), "failed").await;
    assert_eq!(world.stored(bad.id()).await.state.name(), "succeeded", "its source keeps its state");
    let hold = held(&world).await.unwrap();
    assert_eq!((hold.reason, hold.release), (HoldReason::RollbackFailed, back.id()));
    world.engine.lift_hold(&rita, &world.deployment(), "the disk is new", &plain).await.unwrap();
    let again =
        world.engine.rollback_release(&rita, back.id(), None, "once more", &plain).await.unwrap().value;
    world.until_is(again.id(), "succeeded").await;
    assert_eq!(world.stored(bad.id()).await.state.name(), "rolled_back");
    assert_eq!(world.stored(back.id()).await.state.name(), "rolled_back");
    world.check().await;
}
