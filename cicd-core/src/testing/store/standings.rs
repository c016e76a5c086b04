//! How things stand at many deployments: what a load of each says, all at once.

use super::Fixture;
use super::world::{World, started, withdrawn};
use crate::id::DeploymentId;
use crate::port::{Load, Standing};
use crate::release::event::ReleaseEvent;
use crate::release::ledger::LedgerEntry;
use crate::release::state::FailureCause;
use crate::testing::builders::{Site, lock, release_id};

async fn standings(world: &World, deployments: &[DeploymentId]) -> Vec<Standing> {
    world.store().standings(&world.tenant, deployments).await.expect("the standings are read")
}

/// What the loads say of each.
async fn loaded(world: &World, deployments: &[DeploymentId]) -> Vec<Standing> {
    let mut all = Vec::new();
    for id in deployments {
        all.push(Standing::from(world.load(Load::deployment(id.clone())).await));
    }
    all
}

pub(super) async fn standings_are_what_loads_bring(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (blog, idle) = (world.add(Site::new("blog", 0)).await, world.add(Site::new("idle", 0)).await);
    let (shop, other) = (world.site.deployment.id.clone(), blog.deployment.id.clone());
    let first = world.create(9).await;
    let first = world.advance(&first, vec![started(&first, 1)]).await;
    let first = world.advance(&first, vec![ReleaseEvent::Succeeded]).await;
    world.put(LedgerEntry::of(&first)).await;
    let undone = world.put(LedgerEntry { release: release_id(90), ..LedgerEntry::of(&first) }).await;
    world.put(LedgerEntry { withdrawn_by: Some(release_id(91)), ..undone }).await;
    let second = world.create(8).await;
    world.advance(&second, vec![started(&second, 1)]).await;
    for number in [7, 3, 5] {
        world.create(number).await;
    }
    let gone = world.create_at(&blog, 2).await;
    world.advance(&gone, vec![withdrawn()]).await;
    let failed = world.create_at(&blog, 1).await;
    let failed = world.advance(&failed, vec![started(&failed, 1)]).await;
    world.advance(&failed, vec![ReleaseEvent::Failed { cause: FailureCause::Unknown }]).await;
    let now = world.load(Load::tenant()).await.now;
    world.put(lock(4, &other, now.plus_seconds(60))).await;
    world.put(lock(3, &other, now.plus_seconds(600))).await;
    world.fixture.step_seconds(60).await;

    let asked = [other, "nowhere".parse().expect("a slug"), shop, idle.deployment.id];
    let found = standings(&world, &asked).await;
    assert_eq!(found, loaded(&world, &asked).await);
    assert_eq!(found[2].running.as_ref().map(|entry| entry.release), Some(first.id()));
    assert_eq!(
        found[2].waiting.iter().map(crate::release::Release::id).collect::<Vec<_>>(),
        [7, 3, 5].map(release_id)
    );
    assert_eq!((found[0].locks.len(), &found[1]), (1, &Standing::default()));
    assert!(found[0].latest_executed.is_some() && found[2].executing.is_some());
    assert_eq!(standings(&world, &[]).await, []);
}

pub(super) async fn standings_are_of_one_tenant(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.create(1).await;
    let other = "globex".parse().expect("a slug");
    let found = world.store().standings(&other, std::slice::from_ref(&world.site.deployment.id)).await;
    assert_eq!(found.expect("the standings are read"), [Standing::default()]);
}
