//! Releases beside one another on one deployment: queue rules, expiry, and what grows stale.

use std::sync::Arc;
use std::time::Duration;

use cicd_core::engine::{EngineError, Options};
use cicd_core::gate::LockDraft;
use cicd_core::memory::Clock as _;
use cicd_core::page::Limit;
use cicd_core::port::{ListQuery, Record};
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{CancelReason, State};
use serde_json::json;
use tokio::sync::Barrier;

use super::deploys::Act;
use super::oracle::chain;
use super::world::{World, eventually, rolling, rolling_with, target, voted};

fn reason(state: &State) -> &CancelReason {
    match state {
        State::Cancelled { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

/// What was approved waits for this.
async fn locked(world: &World, seconds: u64) {
    let expires_at = world.clock.now().plus_seconds(seconds);
    let draft = json!({"deployment": "shop-eu", "reason": "a look at the disks", "expires_at": expires_at});
    let draft = LockDraft::parse(&draft).unwrap();
    world.engine.take_lock(&world.rita(), &draft, &Options::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_approval_supersedes_older_ones_in_its_commit() {
    let world = World::new(voted(1)).await;
    let (pending, approved) = (world.release("1.0").await, world.release("1.1").await);
    let newest = world.release("1.2").await;
    world.approve(1, &approved).await.unwrap();
    assert_eq!(
        *reason(&world.stored(pending.id()).await.state),
        CancelReason::Superseded { by: approved.id() }
    );
    let before = world.store.inner.head(&world.tenant, cicd_core::audit::Chain::Ledger).await.unwrap().seq;
    world.approve(2, &newest).await.unwrap();
    let events = chain(&*world.store.inner, &world.tenant, cicd_core::audit::Chain::Ledger).await;
    let kinds: Vec<_> = events.iter().filter(|e| e.seq > before).map(|e| e.event().unwrap().kind).collect();
    assert_eq!(kinds, ["release.vote_cast", "release.approved", "release.cancelled"]);
    assert_eq!(
        *reason(&world.stored(approved.id()).await.state),
        CancelReason::Superseded { by: newest.id() }
    );
    let _workers = world.work();
    world.until_is(newest.id(), "succeeded").await;
    assert_eq!(world.count("release.started").await, 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_was_set_back_makes_nobody_older() {
    let world = World::new(rolling()).await;
    let older = world.release("1.0").await;
    world.clock.set_back(60);
    let newer = world.release("1.1").await;
    assert_eq!(older.created_at, newer.created_at, "time does not go back; ids that are drawn by it may");
    let superseded = CancelReason::Superseded { by: newer.id() };
    assert_eq!(*reason(&world.stored(older.id()).await.state), superseded);

    let (ada, plain) = (world.ada(), Options::default());
    world.engine.put_cd_config(&ada, &world.deployment(), &voted(1), &plain).await.unwrap();
    let older = world.release("2.0").await;
    world.clock.set_back(60);
    let newer = world.release("2.1").await;
    world.approve(1, &older).await.unwrap();
    assert_eq!(world.stored(newer.id()).await.state.name(), "pending_approval");
    world.approve(1, &newer).await.unwrap();
    let superseded = CancelReason::Superseded { by: newer.id() };
    assert_eq!(*reason(&world.stored(older.id()).await.state), superseded);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_wait_go_in_the_order_of_their_approvals() {
    let mut config = voted(1);
    config["queue"] = json!("wait");
    let world = World::new(config).await;
    let (first, second, third) =
        (world.release("1.0").await, world.release("1.1").await, world.release("1.2").await);
    for release in [&third, &first, &second] {
        world.approve(1, release).await.unwrap();
    }
    let _workers = world.work();
    for release in [&first, &second, &third] {
        world.until_is(release.id(), "succeeded").await;
    }
    let order: Vec<_> = world.deploys.calls().into_iter().map(|call| call.release).collect();
    assert_eq!(order, [third.id(), first.id(), second.id()]);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_rule_is_refuse_one_is_under_way() {
    let world = World::new(rolling_with(&json!({"queue": "refuse"}))).await;
    world.deploys.plan("apply", [Act::Fail, Act::Block]);
    let workers = world.work();
    let first = world.release("1.0").await;
    world.until_is(first.id(), "rolled_back").await;
    let second = world.release("1.1").await;
    eventually("it applies", async || world.deploys.busy() == 1).await;
    let refused = world.try_release("1.2", &Options::default()).await;
    let Err(EngineError::Refused(refusal)) = refused else { panic!("{refused:?}") };
    assert_eq!(*refusal, Refusal::Occupied { by: second.id() });
    world.deploys.let_go();
    world.until_is(second.id(), "succeeded").await;
    assert!(workers.drain(Duration::from_secs(10)).await);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_ask_at_once_under_refuse_one_is_taken() {
    let world = Arc::new(World::new(rolling_with(&json!({"queue": "refuse"}))).await);
    world.deploys.plan("apply", [Act::Fail]);
    let workers = world.work();
    let over = world.release("1.0").await.id();
    world.until_is(over, "rolled_back").await;
    assert!(workers.drain(Duration::from_secs(10)).await);
    for _ in 0..10 {
        let barrier = Arc::new(Barrier::new(8));
        let asked = (0..8).map(|number| {
            let (world, barrier) = (Arc::clone(&world), Arc::clone(&barrier));
            tokio::spawn(async move {
                let (ann, plain) = (world.ann(), Options::default());
                barrier.wait().await;
                if number % 2 == 0 {
                    world.try_release("1.1", &plain).await
                } else {
                    world.engine.retry_release(&ann, over, None, &plain).await.map(|outcome| outcome.value)
                }
            })
        });
        let taken: Vec<_> = futures_util::future::join_all(asked)
            .await
            .into_iter()
            .filter_map(|asked| asked.unwrap().ok())
            .collect();
        assert_eq!(taken.len(), 1, "under way at once: {taken:?}");
        let cancel = cicd_core::engine::Steer::Cancel;
        world.engine.steer(&world.ann(), taken[0].id(), cancel, &Options::default()).await.unwrap();
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_votes_on_and_what_cannot_start_expires() {
    let mut config = voted(1);
    config["queue"] = json!("wait");
    config["approval"]["deadline_seconds"] = json!(600);
    let world = World::new(config).await;
    locked(&world, 7200).await;
    let (pending, approved) = (world.release("1.0").await, world.release("1.1").await);
    world.approve(1, &approved).await.unwrap();
    let _workers = world.work();
    world.clock.jump(601);
    let late = world.approve(2, &pending).await;
    assert!(matches!(late, Err(EngineError::Refused(_))), "{late:?}");
    world.until_is(pending.id(), "cancelled").await;
    world.until_is(approved.id(), "cancelled").await;
    for id in [pending.id(), approved.id()] {
        assert_eq!(*reason(&world.stored(id).await.state), CancelReason::Expired);
    }
    assert_eq!(world.deploys.calls(), []);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_cancels_in_its_commit_what_was_voted_on_before() {
    let mut config = voted(2);
    config["queue"] = json!("wait");
    let world = World::new(config.clone()).await;
    let (ada, plain) = (world.ada(), Options::default());
    let (half, approved) = (world.release("1.0").await, world.release("1.1").await);
    world.approve(1, &half).await.unwrap();
    world.approve(1, &approved).await.unwrap();
    world.approve(2, &approved).await.unwrap();
    config["deadline_seconds"] = json!(1234);
    world.engine.put_cd_config(&ada, &world.deployment(), &config, &plain).await.unwrap();
    for id in [half.id(), approved.id()] {
        assert_eq!(*reason(&world.stored(id).await.state), CancelReason::Stale);
    }
    let waiting = world.release("1.2").await;
    world.engine.put_deployment(&ada, &world.deployment(), &target("eu-2"), &plain).await.unwrap();
    assert_eq!(*reason(&world.stored(waiting.id()).await.state), CancelReason::Stale);

    config["when_stale"] = json!("keep-pinned");
    world.engine.put_cd_config(&ada, &world.deployment(), &config, &plain).await.unwrap();
    let pinned = world.release("1.3").await;
    world.approve(1, &pinned).await.unwrap();
    world.engine.put_deployment(&ada, &world.deployment(), &target("eu-3"), &plain).await.unwrap();
    world.approve(2, &pinned).await.unwrap();
    let _workers = world.work();
    let pinned = world.until_is(pinned.id(), "succeeded").await;
    assert_eq!(pinned.spec.target, json!({"host": "eu-2"}), "it goes where it was voted to go");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lifted_lock_lets_the_release_start() {
    let world = World::new(voted(1)).await;
    locked(&world, 7200).await;
    let release = world.release("1.0").await;
    world.approve(1, &release).await.unwrap();
    let _workers = world.work();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(world.stored(release.id()).await.state.name(), "approved");
    let rita = world.rita();
    let mut page = world.engine.list(&rita, &ListQuery::Locks, None, Limit::default()).await.unwrap();
    let Record::Lock(lock) = page.items.remove(0) else { panic!("no lock") };
    world.engine.lift_lock(&rita, lock.id, "it is over", &Options::default()).await.unwrap();
    world.clock.jump(60);
    world.until_is(release.id(), "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fence_grows_from_one_release_to_the_next() {
    let world = World::new(voted(1)).await;
    let _workers = world.work();
    for version in ["1.0", "1.1", "1.2"] {
        let release = world.release(version).await;
        world.approve(1, &release).await.unwrap();
        world.until_is(release.id(), "succeeded").await;
    }
    let fences: Vec<_> = world.deploys.calls().iter().map(|call| call.epoch).collect();
    assert!(fences.len() >= 3 && fences.is_sorted(), "{fences:?}");
    assert!(fences.first() < fences.last(), "a late command of the first release would pass: {fences:?}");
    world.check().await;
}
