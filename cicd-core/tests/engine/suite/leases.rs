//! Workers die, and others take over.

use std::time::Duration;

use cicd_core::engine::{EngineError, Options, Workers};
use cicd_core::memory::RoleTable;
use cicd_core::port::DeployStatus;
use cicd_core::release::Release;
use cicd_core::release::decide::MAX_TAKEOVERS;
use cicd_core::release::state::{FailureCause, State};
use cicd_core::service::HoldReason;
use serde_json::json;

use super::clock::TestClock;
use super::deploys::Act;
use super::world::{BEYOND_LEASE, World, eventually, rolling, rolling_with, worker};

/// A release that applies until it is let go, and the workers that hold it.
pub(super) async fn applying(world: &World) -> (Release, Workers) {
    world.deploys.plan("apply", [Act::Block]);
    let release = world.release("1.0").await;
    let workers = world.work();
    eventually("it applies", async || world.deploys.busy() == 1).await;
    (release, workers)
}

/// A release whose holder died while it applied; its lease still holds.
pub(super) async fn abandoned(world: &World) -> Release {
    let (release, dies) = applying(world).await;
    world.die(dies).await;
    release
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_worker_takes_over_and_asks_first() {
    let world = World::new(rolling()).await;
    let release = abandoned(&world).await;

    let _lives = world.work();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(world.deploys.verbs(release.id()), ["apply"], "nobody touches it while the lease holds");
    world.clock.jump(BEYOND_LEASE);
    world.until_is(release.id(), "succeeded").await;
    let calls = world.deploys.calls();
    assert_eq!(world.deploys.verbs(release.id()), ["apply", "status", "apply"]);
    assert!(calls[0].epoch < calls[1].epoch && calls[1].epoch == calls[2].epoch);
    assert!(calls.iter().all(|call| call.attempt == calls[0].attempt), "one attempt");
    assert_ne!(calls[0].token, calls[1].token);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lost_its_lease_changes_nothing_any_more() {
    let world = World::new(rolling()).await;
    // This worker's own timer stands apart, so that it does not notice that its lease is gone.
    let apart = TestClock::new();
    let slow = world.engine_with(RoleTable::default(), &apart, 7);
    let release = world.release("1.0").await;
    let (clock, engine) = (world.clock.clone(), world.engine.clone());
    let (store, tenant, id) = (world.store.inner.clone(), world.tenant.clone(), release.id());
    world.store.before_commit_of("release.progressed", async move {
        clock.jump(BEYOND_LEASE);
        let _fast = engine.spawn_workers(worker());
        let load = cicd_core::port::Load::release(id);
        while store.load(&tenant, &load).await.unwrap().release.unwrap().state.name() == "executing" {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    let workers = slow.spawn_workers(worker());
    let ended = world.until_is(release.id(), "succeeded").await;
    assert!(workers.drain(Duration::from_secs(10)).await);
    assert_eq!(world.stored(release.id()).await, ended, "the late commit left no trace");
    let calls = world.deploys.calls();
    assert_eq!(world.deploys.verbs(release.id()), ["apply", "status", "apply"]);

    // Nor does the callback of the old epoch, nor one of an attempt that is over.
    for call in &calls {
        let late = world.engine.report(call.attempt, &call.token, 1, None).await;
        assert!(matches!(late, Err(EngineError::NotFound { .. })), "{late:?}");
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_ran_out_commits_nothing_even_where_nobody_came() {
    let world = World::new(rolling()).await;
    let slow = world.engine_with(RoleTable::default(), &TestClock::new(), 7);
    let release = world.release("1.0").await;
    let clock = world.clock.clone();
    world.store.before_commit_of("release.progressed", async move { clock.jump(BEYOND_LEASE) });
    let _workers = slow.spawn_workers(worker());
    world.until_is(release.id(), "succeeded").await;
    assert_eq!(world.deploys.verbs(release.id()), ["apply", "status", "apply"]);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_callback_of_an_old_epoch_is_unknown() {
    let world = World::new(rolling()).await;
    let (release, dies) = applying(&world).await;
    world.deploys.plan("apply", [Act::Block]);
    let old = world.deploys.calls()[0].clone();
    assert!(world.engine.report(old.attempt, &old.token, 1, None).await.is_ok());
    let repeated = world.stored(release.id()).await;
    assert_eq!(world.engine.report(old.attempt, &old.token, 1, None).await.unwrap(), repeated);
    world.die(dies).await;
    world.clock.jump(BEYOND_LEASE);
    let _lives = world.work();
    eventually("it applies again", async || world.deploys.count("apply") == 2).await;
    let late = world.engine.report(old.attempt, &old.token, 2, None).await;
    assert!(matches!(late, Err(EngineError::NotFound { .. })), "{late:?}");
    let new = world.deploys.calls().pop().unwrap();
    assert!(world.engine.report(new.attempt, &new.token, 2, None).await.is_ok());
    world.deploys.let_go();
    world.until_is(release.id(), "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_executor_is_given_up_and_holds_the_deployment() {
    let world = World::new(rolling()).await;
    let release = abandoned(&world).await;
    world.deploys.answers_status(DeployStatus::Unknown { message: "no route".to_owned() });
    let _lives = world.work();
    for asked in 1..=usize::try_from(MAX_TAKEOVERS).unwrap() {
        world.clock.jump(BEYOND_LEASE);
        let given_up = async || world.deploys.count("status") == asked && !world.is_held(release.id()).await;
        eventually("it asks, and gives its lease up", given_up).await;
    }
    world.until_is(release.id(), "failed").await;
    let State::Failed { cause: FailureCause::Unknown, .. } = world.stored(release.id()).await.state else {
        panic!("{:?}", world.stored(release.id()).await.state)
    };
    let takeovers = world.kinds(release.id()).await.iter().filter(|k| *k == "release.taken_over").count();
    assert_eq!(takeovers, usize::try_from(MAX_TAKEOVERS).unwrap());
    assert_eq!(world.deploys.count("apply"), 1, "nothing is done to what nobody knows");

    let next = world.release("1.1").await;
    let held = world.engine.deployment(&world.ann(), &world.deployment()).await.unwrap().hold.unwrap();
    assert_eq!((held.reason, held.release), (HoldReason::ExecutorSilent, release.id()));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(world.stored(next.id()).await.state.name(), "approved");
    let plain = Options::default();
    world.engine.lift_hold(&world.rita(), &world.deployment(), "looked at it", &plain).await.unwrap();
    world.until_is(next.id(), "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_executor_still_does_is_waited_for() {
    let world = World::new(rolling_with(&json!({"deadline_seconds": 100}))).await;
    let release = abandoned(&world).await;
    world.deploys.answers_status(DeployStatus::InProgress);
    world.clock.jump(BEYOND_LEASE);
    let _lives = world.work();
    eventually("it asks", async || world.deploys.count("status") > 0).await;
    // The deadline passes, the lease holds, and the executor is still at it: the rollout stops as soon as it is not.
    world.clock.jump(45);
    world
        .until(release.id(), |release| {
            serde_json::to_value(&release.state).unwrap()["phase"]["phase"] == "stopping"
        })
        .await;
    let mut verbs = world.deploys.verbs(release.id());
    verbs.dedup();
    assert_eq!(verbs, ["apply", "status"], "nothing is done while it is at it");
    world.deploys.answers_status(DeployStatus::Settled);
    world.clock.jump(2);
    world.until_is(release.id(), "rolled_back").await;
    assert_eq!(world.deploys.count("undo"), 1);
    world.check().await;
}
