//! What runs where, what waits, and what needs somebody.

use cicd_core::authz::GrantKey;
use cicd_core::engine::{Attention, DeploymentGlance, EngineError, Options, OverviewQuery};
use cicd_core::page::Limit;
use cicd_core::service::{DeploymentSpec, ServiceDraft};
use serde_json::json;

use super::commands::lock;
use super::deploys::Act;
use super::world::{World, rolling, target, voted};

async fn seen(world: &World, name: &str, query: &OverviewQuery) -> Vec<DeploymentGlance> {
    world.engine.overview(&world.person(name), query, None, Limit::default()).await.unwrap().items
}

/// Another service, and a deployment of the same name in `environment`.
async fn add(world: &World, name: &str, environment: &str) {
    let plain = Options::default();
    let draft = ServiceDraft::parse(&json!({ "name": name })).unwrap();
    world.engine.put_service(&world.ada(), &name.parse().unwrap(), &draft, &plain).await.unwrap();
    let (service, environment) = (name.parse().unwrap(), environment.parse().unwrap());
    let spec = DeploymentSpec { service, environment, ..target("eu-1") };
    world.engine.put_deployment(&world.ada(), &name.parse().unwrap(), &spec, &plain).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_tells_what_runs_what_waits_and_why_to_look() {
    let world = World::new(voted(1)).await;
    let all = OverviewQuery::default();
    assert_eq!(seen(&world, "ann", &all).await[0].attention, []);
    let first = world.release("1.0").await;
    let waiting = seen(&world, "ann", &all).await.remove(0);
    assert_eq!((waiting.attention.as_slice(), waiting.waiting_count), (&[Attention::Votes][..], 1));
    assert_eq!((waiting.waiting[0].release, &waiting.running), (first.id(), &None));

    let workers = world.work();
    world.approve(1, &first).await.unwrap();
    let first = world.until_is(first.id(), "succeeded").await;
    world.deploys.plan("apply", [Act::Fail]);
    let second = world.release("1.1").await;
    world.approve(1, &second).await.unwrap();
    world
        .until(second.id(), |release| release.state.name() != "executing" && !release.state.is_unstarted())
        .await;
    drop(workers);
    let row = seen(&world, "ann", &all).await.remove(0);
    let running = row.running.clone().unwrap();
    assert_eq!((running.release, running.version.as_str()), (first.id(), "1.0"));
    assert_eq!(row.executing, None);

    world.engine.take_lock(&world.rita(), &lock(&world, 60), &Options::default()).await.unwrap();
    let third = world.release("1.2").await;
    world.approve(1, &third).await.unwrap();
    let row = seen(&world, "ann", &all).await.remove(0);
    assert!(row.attention.contains(&Attention::Blocked), "{row:?}");
    assert_eq!((row.locks.len(), row.waiting.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_read_a_part_sees_that_part_and_pages_hold_all_of_it() {
    let world = World::new(rolling()).await;
    for (name, environment) in [("blog", "prod"), ("till", "eu")] {
        add(&world, name, environment).await;
    }
    let all = OverviewQuery::default();
    let ids =
        |rows: &[DeploymentGlance]| rows.iter().map(|row| row.deployment.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(&seen(&world, "ada", &all).await), ["blog", "shop-eu", "till"]);
    let of_till = OverviewQuery { service: Some("till".parse().unwrap()), ..all.clone() };
    assert_eq!(ids(&seen(&world, "ada", &of_till).await), ["till"]);
    let in_prod = OverviewQuery { environment: Some("prod".parse().unwrap()), ..all.clone() };
    assert_eq!(ids(&seen(&world, "ada", &in_prod).await), ["blog"]);

    let mut grant = GrantKey::new("vera".parse().unwrap(), "viewer".parse().unwrap());
    grant.scope.service = Some("till".parse().unwrap());
    let denied = world.engine.overview(&world.person("vera"), &all, None, Limit::default()).await;
    assert!(matches!(denied, Err(EngineError::Denied { .. })), "{denied:?}");
    world.engine.grant(&world.ada(), &grant, &Options::default()).await.unwrap();
    assert_eq!(ids(&seen(&world, "vera", &all).await), ["till"]);

    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let before = world.store.reads();
        let page = world
            .engine
            .overview(&world.ada(), &all, after.as_deref(), Limit::new(2).unwrap())
            .await
            .unwrap();
        assert!(world.store.reads() - before <= 4, "a page costs the same, however many rows it has");
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(ids(&found), ["blog", "shop-eu", "till"]);
}
