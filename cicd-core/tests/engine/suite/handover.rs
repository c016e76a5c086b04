//! A host that shuts down hands over what it does.

use std::time::Duration;

use cicd_core::port::DeployStatus;
use cicd_core::release::state::State;
use serde_json::json;

use super::builds::Build;
use super::deploys::Act;
use super::leases::{abandoned, applying};
use super::world::{BEYOND_LEASE, World, canary, eventually, rolling, rolling_with};

const LONG: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollout_goes_on_elsewhere_with_its_next_step() {
    let world = World::new(canary(&json!(null), "undo")).await;
    let (release, leaves) = applying(&world).await;
    let drained = tokio::spawn(leaves.drain(LONG));
    tokio::time::sleep(Duration::from_millis(30)).await;
    world.deploys.let_go();
    assert!(drained.await.unwrap(), "what was under way ends");
    let handed_over = world.until_waits(release.id(), "handed_over").await;
    assert_eq!(world.deploys.verbs(release.id()), ["apply"]);

    let _comes = world.work();
    world.until_is(release.id(), "succeeded").await;
    assert_eq!(world.deploys.verbs(release.id()), ["apply", "set-weight 10", "analyse", "promote"]);
    let kinds = world.kinds(release.id()).await;
    assert!(!kinds.contains(&"release.taken_over".to_owned()), "{kinds:?}");
    let epochs: Vec<_> = world.deploys.calls().iter().map(|call| call.epoch).collect();
    assert!(epochs.is_sorted() && epochs[0] < epochs[1], "{epochs:?}");
    assert!(handed_over.state.execution().is_some_and(|execution| execution.takeovers == 0));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_starts_on_a_host_that_shuts_down() {
    let world = World::new(rolling_with(&json!({"queue": "wait"}))).await;
    let (first, leaves) = applying(&world).await;
    let second = world.release("1.1").await;
    let run = {
        let drained = tokio::spawn(leaves.drain(LONG));
        tokio::time::sleep(Duration::from_millis(30)).await;
        let run = world.run(&"a".repeat(40)).await;
        world.deploys.let_go();
        assert!(drained.await.unwrap());
        run
    };
    assert!(matches!(world.stored(second.id()).await.state, State::Approved { .. }));
    assert_eq!(world.stored_run(run.id).await.status.name().as_str(), "queued");
    let _comes = world.work();
    world.until_is(first.id(), "succeeded").await;
    world.until_is(second.id(), "succeeded").await;
    world.until_run(run.id, "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_for_a_step_of_another_host_leaves_at_once() {
    let world = World::new(rolling()).await;
    let release = abandoned(&world).await;
    world.deploys.answers_status(DeployStatus::InProgress);
    world.clock.jump(BEYOND_LEASE);
    let leaves = world.work();
    eventually("it asks", async || world.deploys.count("status") > 0).await;
    assert!(leaves.drain(LONG).await, "nothing of its own is under way");
    world.deploys.answers_status(DeployStatus::Settled);
    let _comes = world.work();
    world.until_is(release.id(), "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_end_in_time_is_taken_over() {
    let world = World::new(rolling()).await;
    world.deploys.plan("apply", [Act::Deaf]);
    world.builds.plan([Build::Block]);
    let release = world.release("1.0").await;
    let run = world.run(&"a".repeat(40)).await;
    let leaves = world.work();
    eventually("both are under way", async || world.deploys.busy() == 1 && world.builds.busy() == 1).await;
    assert!(!leaves.drain(Duration::from_millis(20)).await);
    eventually("nothing of it goes on", async || world.deploys.busy() + world.builds.busy() == 0).await;
    world.clock.jump(BEYOND_LEASE);
    let _comes = world.work();
    world.until_is(release.id(), "succeeded").await;
    world.until_run(run.id, "succeeded").await;
    assert_eq!(world.builds.asked().len(), 2);
    world.check().await;
}
