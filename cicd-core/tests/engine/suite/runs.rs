//! CI runs: cancelled, failed, and lost with their hosts.

use cicd_core::ci::run::{RunFailure, RunStatus};
use cicd_core::engine::{EngineError, Options};

use super::builds::Build;
use super::world::{BEYOND_LEASE, World, eventually, rolling};

fn commit() -> String {
    "a".repeat(40)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_host_costs_an_attempt_and_two_never_build_at_once() {
    let world = World::new(rolling()).await;
    world.builds.plan([Build::Block, Build::Block]);
    let run = world.run(&commit()).await;
    for attempt in 1..=2 {
        let dies = world.work();
        eventually("it builds", async || world.builds.asked().len() == attempt).await;
        world.die(dies).await;
        world.clock.jump(BEYOND_LEASE);
    }
    let _lives = world.work();
    let run = world.until_run(run.id, "failed").await;
    assert!(
        matches!(&run.status, RunStatus::Failed { cause: RunFailure::HostDied, attempt: 2, .. }),
        "{run:?}"
    );
    let asked = world.builds.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[0].1 != asked[1].1 && asked[0].2 < asked[1].2, "{asked:?}");
    assert_eq!(world.builds.most_busy(), 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_attempt_may_succeed() {
    let world = World::new(rolling()).await;
    world.builds.plan([Build::Block]);
    let run = world.run(&commit()).await;
    let dies = world.work();
    eventually("it builds", async || world.builds.busy() == 1).await;
    world.die(dies).await;
    world.clock.jump(BEYOND_LEASE);
    let _lives = world.work();
    let run = world.until_run(run.id, "succeeded").await;
    assert_eq!((run.attempt(), run.status.steps().len()), (2, 2));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queued_run_is_cancelled_at_once_and_a_running_one_when_it_stopped() {
    let world = World::new(rolling()).await;
    let (ann, plain) = (world.ann(), Options::default());
    let queued = world.run(&commit()).await;
    let cancelled = world.engine.cancel_run(&ann, queued.id, &plain).await.unwrap().value;
    assert_eq!(cancelled.status.name().as_str(), "cancelled");
    let again = world.engine.cancel_run(&ann, queued.id, &plain).await;
    assert!(matches!(again, Err(EngineError::RunRefused(_))), "{again:?}");

    world.builds.plan([Build::Block]);
    let running = world.run(&commit()).await;
    let _workers = world.work();
    eventually("it builds", async || world.builds.busy() == 1).await;
    world.engine.cancel_run(&ann, running.id, &plain).await.unwrap();
    world.until_run(running.id, "cancelled").await;
    assert_eq!((world.builds.stopped(), world.builds.busy()), (1, 0));
    assert_eq!(world.builds.asked().len(), 1, "the cancelled one was never built");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_says_why_and_the_queue_goes_on() {
    let world = World::new(rolling()).await;
    world.builds.plan([Build::Fail, Build::OtherArtifact]);
    let _workers = world.work();
    let failed = world.run(&commit()).await;
    let failed = world.until_run(failed.id, "failed").await;
    assert!(
        matches!(&failed.status, RunStatus::Failed { cause: RunFailure::StepFailed { .. }, .. }),
        "{failed:?}"
    );
    // What an executor claims and nobody asked for is its failure, not a dead host's.
    let other = world.run(&commit()).await;
    let other = world.until_run(other.id, "failed").await;
    assert!(
        matches!(&other.status, RunStatus::Failed { cause: RunFailure::Executor { .. }, .. }),
        "{other:?}"
    );
    assert_eq!(world.builds.asked().len(), 2);
    let next = world.run(&commit()).await;
    world.until_run(next.id, "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_outage_of_the_store_kills_no_build() {
    let world = World::new(rolling()).await;
    world.builds.plan([Build::Block]);
    let run = world.run(&commit()).await;
    let _workers = world.work();
    eventually("it builds", async || world.builds.busy() == 1).await;
    world.store.outage(true);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(world.builds.busy(), 1, "it goes on");
    world.store.outage(false);
    world.builds.let_go();
    let run = world.until_run(run.id, "succeeded").await;
    assert_eq!(run.attempt(), 1);
    world.check().await;
}
