//! Callers hang up and workers die at any moment: what is stored fits together all the same.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use cicd_core::ci::run::RunDraft;
use cicd_core::engine::{Options, Steer};
use serde_json::json;

use super::builds::Build;
use super::commands::{freeze, lock};
use super::world::{BEYOND_LEASE, World, canary, eventually, rolling_with, vote_on, voted};

/// Polls `future` so many times and drops it; whether it came to its end.
async fn hang_up_after<T>(polls: u32, future: impl Future<Output = T>) -> bool {
    let mut future = std::pin::pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_hang_up_at_any_moment() {
    let world = World::new(voted(2)).await;
    world.store.dawdle(true);
    let (ann, rita, ada, plain) = (world.ann(), world.rita(), world.ada(), Options::default());
    let run = RunDraft::parse(&json!({"commit": "a".repeat(40)})).unwrap();
    let (mut whole, mut cut) = (0, 0);
    for polls in 0..crate::backend::POLLS {
        let release = world.release(&format!("1.{polls}")).await;
        let (id, vote) = (release.id(), vote_on(&release));
        let (engine, one, two) = (&world.engine, world.approver(1), world.approver(2));
        let config = if polls % 2 == 0 { voted(2) } else { rolling_with(&json!({"queue": "wait"})) };
        let ends = [
            hang_up_after(polls, engine.create_release(&ann, &world.draft("x"), &plain)).await,
            hang_up_after(polls, engine.trigger_run(&ann, &world.service(), &run, &plain)).await,
            hang_up_after(polls, engine.approve(&one, id, &vote, &plain)).await,
            hang_up_after(polls, engine.approve(&two, id, &vote, &plain)).await,
            hang_up_after(polls, engine.approve(&ann, id, &vote, &plain)).await,
            hang_up_after(polls, engine.steer(&ann, id, Steer::Cancel, &plain)).await,
            hang_up_after(polls, engine.put_cd_config(&ada, &world.deployment(), &config, &plain)).await,
            hang_up_after(polls, engine.add_freeze(&rita, &freeze(&world, 1), &plain)).await,
            hang_up_after(polls, engine.take_lock(&rita, &lock(&world, 1), &plain)).await,
        ];
        whole += ends.iter().filter(|end| **end).count();
        cut += ends.iter().filter(|end| !**end).count();
        world.check().await;
    }
    assert!(whole > 10 && cut > 10, "{whole} {cut}");
    world.store.dawdle(false);
    // Nothing that was cut off keeps others waiting.
    world.release("2.0").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_die_at_any_moment() {
    let mut config = canary(&json!({"seconds": 1}), "undo");
    config["queue"] = json!("wait");
    let world = World::new(config).await;
    world.store.dawdle(true);
    world.builds.plan([Build::Block, Build::Block]);
    let run = world.run(&"a".repeat(40)).await;
    let mut releases = Vec::new();
    for number in 0..4 {
        releases.push(world.release(&format!("1.{number}")).await);
    }
    for round in 0..40_u64 {
        let workers = world.work();
        tokio::time::sleep(Duration::from_micros(round * 7919 % 10_000)).await;
        drop(workers);
        eventually("nothing goes on", async || world.deploys.busy() + world.builds.busy() == 0).await;
        world.clock.jump(BEYOND_LEASE);
        world.check().await;
    }
    world.builds.let_go();
    let _workers = world.work();
    for release in releases {
        world.clock.jump(2);
        eventually("it is over", async || {
            world.clock.jump(1);
            let state = world.stored(release.id()).await.state;
            !state.is_unstarted() && state.execution().is_none()
        })
        .await;
    }
    eventually("the run is over", async || world.stored_run(run.id).await.is_terminal()).await;
    assert!(world.builds.most_busy() <= 1, "two attempts at once");
    world.check().await;
}
