//! What is committed between the load and the commit of a start stops the start.

use std::time::Duration;

use cicd_core::authz::GrantKey;
use cicd_core::cd::FloorDraft;
use cicd_core::engine::{Engine, EngineError, Options, Outcome};
use cicd_core::gate::{FreezeDraft, GateKind, LockDraft};
use cicd_core::memory::Clock as _;
use cicd_core::release::Release;
use cicd_core::service::Tier;
use serde_json::json;

use super::world::{World, eventually, target, voted};

/// An approved release whose start is about to be committed when `change` is.
async fn overtaken<F>(change: impl FnOnce(Engine, &World) -> F) -> (World, Release)
where
    F: Future<Output = ()> + Send + 'static,
{
    let world = World::new(voted(1)).await;
    let release = world.release("1.0").await;
    world.approve(1, &release).await.unwrap();
    let step = change(world.another_engine(9).0, &world);
    world.store.before_commit_of("release.started", step);
    let workers = world.work();
    eventually("the start was decided", async || world.store.stepped_in()).await;
    // The workers look again before they are asked to stop.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(workers.drain(Duration::from_secs(10)).await);
    assert_eq!(world.count("release.started").await, 0, "it started all the same");
    assert_eq!(world.deploys.calls(), []);
    world.check().await;
    let release = world.stored(release.id()).await;
    (world, release)
}

async fn closed_by(world: &World, release: &Release) -> Vec<GateKind> {
    assert_eq!(release.state.name(), "approved");
    let explained = world.engine.explain(&world.ann(), release.id()).await.unwrap();
    explained.gates.into_iter().filter(|verdict| !verdict.open).map(|verdict| verdict.gate).collect()
}

fn done<T>(outcome: Result<Outcome<T>, EngineError>) {
    drop(outcome.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_stops_the_start() {
    let (world, release) = overtaken(|engine, world| {
        let (rita, now) = (world.rita(), world.clock.now());
        let draft = json!({
            "scope": {"kind": "tenant"}, "from": now, "until": now.plus_seconds(3600), "reason": "the end of the quarter",
        });
        let draft = FreezeDraft::parse(&draft).unwrap();
        async move { done(engine.add_freeze(&rita, &draft, &Options::default()).await) }
    })
    .await;
    assert_eq!(closed_by(&world, &release).await, [GateKind::Freeze]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_stops_the_start() {
    let (world, release) = overtaken(|engine, world| {
        let (rita, expires_at) = (world.rita(), world.clock.now().plus_seconds(3600));
        let draft =
            json!({"deployment": "shop-eu", "reason": "a look at the disks", "expires_at": expires_at});
        let draft = LockDraft::parse(&draft).unwrap();
        async move { done(engine.take_lock(&rita, &draft, &Options::default()).await) }
    })
    .await;
    assert_eq!(closed_by(&world, &release).await, [GateKind::Lock]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_raised_floor_stops_the_start() {
    let (world, release) = overtaken(|engine, world| {
        let ada = world.ada();
        let draft = FloorDraft { minimum_votes: 2 };
        async move { done(engine.put_floor(&ada, Tier::Staging, &draft, &Options::default()).await) }
    })
    .await;
    assert_eq!(closed_by(&world, &release).await, [GateKind::Votes]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_role_stops_the_start() {
    let (world, release) = overtaken(|engine, world| {
        let (ada, voter) = (world.ada(), world.approver(1).principal);
        async move {
            let held = GrantKey::new(voter, "approver".parse().unwrap());
            done(engine.revoke_grant(&ada, &held, &Options::default()).await);
        }
    })
    .await;
    assert_eq!(closed_by(&world, &release).await, [GateKind::Votes]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_target_stops_the_start() {
    let (_, release) = overtaken(|engine, world| {
        let (ada, id) = (world.ada(), world.deployment());
        async move { done(engine.put_deployment(&ada, &id, &target("eu-2"), &Options::default()).await) }
    })
    .await;
    assert_eq!(release.state.name(), "cancelled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_config_stops_the_start() {
    let (_, release) = overtaken(|engine, world| {
        let (ada, id) = (world.ada(), world.deployment());
        async move { done(engine.put_cd_config(&ada, &id, &voted(2), &Options::default()).await) }
    })
    .await;
    assert_eq!(release.state.name(), "cancelled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawal_stops_the_start() {
    let (_, release) = overtaken(|engine, world| {
        let (ann, store, tenant) = (world.ann(), world.store.inner.clone(), world.tenant.clone());
        async move {
            let waiting = cicd_core::port::Load::deployment("shop-eu".parse().unwrap());
            let id = store.load(&tenant, &waiting).await.unwrap().waiting[0].id();
            done(engine.steer(&ann, id, cicd_core::engine::Steer::Cancel, &Options::default()).await);
        }
    })
    .await;
    assert_eq!(release.state.name(), "cancelled");
}
