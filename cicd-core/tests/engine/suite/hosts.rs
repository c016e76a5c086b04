//! Two hosts over one store: neither knows what the other decides, and queue rules hold all the same.

use std::sync::Arc;

use cicd_core::engine::{Engine, EngineError, Options, Steer};
use cicd_core::port::Load;
use cicd_core::release::Release;
use cicd_core::release::queue::QueueChange;
use cicd_core::release::refusal::Refusal;
use futures_util::future::{BoxFuture, FutureExt as _, join_all};
use serde_json::json;
use tokio::sync::Barrier;

use super::world::{World, rolling, rolling_with, vote_on, voted};

type Asked = Result<Release, EngineError>;

fn create(engine: &Engine, world: &World, version: &str) -> BoxFuture<'static, Asked> {
    let (engine, ann, draft) = (engine.clone(), world.ann(), world.draft(version));
    async move { Ok(engine.create_release(&ann, &draft, &Options::default()).await?.value) }.boxed()
}

fn approve(engine: &Engine, world: &World, number: usize, release: &Release) -> BoxFuture<'static, Asked> {
    let (engine, id, vote) = (engine.clone(), release.id(), vote_on(release));
    let caller = world.approver(number);
    async move { Ok(engine.approve(&caller, id, &vote, &Options::default()).await?.value) }.boxed()
}

async fn at_once(asked: Vec<BoxFuture<'static, Asked>>) -> Vec<Asked> {
    let barrier = Arc::new(Barrier::new(asked.len()));
    let spawned = asked.into_iter().map(|asked| {
        let barrier = Arc::clone(&barrier);
        tokio::spawn(async move {
            barrier.wait().await;
            asked.await
        })
    });
    join_all(spawned).await.into_iter().map(|answer| answer.unwrap()).collect()
}

async fn waiting(world: &World) -> Vec<Release> {
    world.store.inner.load(&world.tenant, &Load::deployment(world.deployment())).await.unwrap().waiting
}

async fn approved(world: &World) -> Vec<Release> {
    let mut waiting = waiting(world).await;
    waiting.retain(|release| release.state.name() == "approved");
    waiting
}

/// Looks at what each round of `callers` creations, half of them on another host, answers and leaves in the queue.
async fn crowds(
    config: serde_json::Value,
    (rounds, callers): (usize, usize),
    left: impl AsyncFn(&World, Vec<Asked>),
) {
    let world = World::new(config).await;
    let hosts = [world.engine.clone(), world.another_engine(9).0];
    world.store.dawdle(true);
    for round in 0..rounds {
        let asked = (0..callers).map(|n| create(&hosts[n % 2], &world, &format!("{round}.{n}"))).collect();
        let answers = at_once(asked).await;
        left(&world, answers).await;
        for release in waiting(&world).await {
            let ann = world.ann();
            world.engine.steer(&ann, release.id(), Steer::Cancel, &Options::default()).await.unwrap();
        }
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_crowds_on_two_hosts_one_is_taken_under_refuse() {
    crowds(rolling_with(&json!({"queue": "refuse"})), (4, 64), async |world, answers| {
        let open = waiting(world).await;
        assert_eq!(open.len(), 1, "under way at once: {open:#?}");
        for answer in answers {
            match answer {
                Ok(release) => assert_eq!(release, open[0]),
                Err(EngineError::Refused(refusal)) => {
                    assert_eq!(*refusal, Refusal::Occupied { by: open[0].id() });
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_on_two_hosts_one_is_left_under_supersede() {
    // Two only: a third one would clear away what these left.
    crowds(rolling(), (50, 2), async |world, answers| {
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let left = approved(world).await;
        assert_eq!(left.len(), 1, "approved and not started: {left:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn approvals_on_two_hosts_leave_one_approved() {
    let world = World::new(voted(1)).await;
    let hosts = [world.engine.clone(), world.another_engine(9).0];
    world.store.dawdle(true);
    for round in 0..8 {
        let (older, newer) = (world.release("1.0").await, world.release("1.1").await);
        let asked = (0..8).map(|n| {
            let release = if n % 4 < 2 { &older } else { &newer };
            approve(&hosts[(n + round) % 2], &world, n, release)
        });
        at_once(asked.collect()).await;
        let left: Vec<_> = approved(&world).await.iter().map(Release::id).collect();
        assert_eq!(left, [newer.id()], "the newer one, whoever was first");
        assert_eq!(world.stored(older.id()).await.state.name(), "cancelled");
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_that_came_meanwhile_is_seen_under_refuse() {
    let world = World::new(rolling_with(&json!({"queue": "refuse"}))).await;
    let (taken, first) = tokio::sync::oneshot::channel();
    let other = create(&world.another_engine(9).0, &world, "1.0");
    world.store.before_commit_of("release.created", async move { taken.send(other.await.unwrap()).unwrap() });
    let refused = create(&world.engine, &world, "1.1").await;
    let first = first.await.unwrap();
    let Err(EngineError::Refused(refusal)) = refused else { panic!("{refused:?}") };
    assert_eq!(*refusal, Refusal::Occupied { by: first.id() });
    assert_eq!(waiting(&world).await, [first]);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_that_came_meanwhile_is_superseded() {
    let world = World::new(rolling()).await;
    let other = create(&world.another_engine(9).0, &world, "1.0");
    world.store.before_commit_of("release.created", async move { drop(other.await.unwrap()) });
    let last = create(&world.engine, &world, "1.1").await.unwrap();
    assert_eq!(waiting(&world).await, std::slice::from_ref(&last));
    let deployment = Load::deployment(world.deployment());
    let queue = world.store.inner.load(&world.tenant, &deployment).await.unwrap().queue.unwrap();
    assert_eq!((queue.last, queue.release), (QueueChange::Approved, last.id()));
    assert_eq!((queue.row_version.0, queue.updated_at), (2, last.created_at), "once for each of the two");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_that_reaches_no_quorum_leaves_the_queue_alone() {
    let world = World::new(voted(2)).await;
    let deployment = Load::deployment(world.deployment());
    let queue = async || world.store.inner.load(&world.tenant, &deployment).await.unwrap().queue;
    assert_eq!(queue().await, None);
    let release = world.release("1.0").await;
    let joined = queue().await.unwrap();
    assert_eq!((joined.last, joined.release), (QueueChange::Joined, release.id()));
    world.approve(1, &release).await.unwrap();
    assert_eq!(queue().await, Some(joined.clone()));
    world.approve(2, &release).await.unwrap();
    let approved = queue().await.unwrap();
    assert_eq!((approved.last, approved.row_version), (QueueChange::Approved, joined.row_version.next()));
    world.check().await;
}
