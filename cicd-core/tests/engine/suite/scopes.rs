//! Rights that hold in a part of the tenant.

use cicd_core::audit::Chain;
use cicd_core::authz::{Caller, GrantKey, GrantScope};
use cicd_core::engine::{EngineError, Options};
use cicd_core::service::Tier;

use super::commands::{freeze, lock};
use super::oracle;
use super::world::{World, rolling, vote_on};

/// A release manager of `tier` and nothing else.
async fn manager_of(world: &World, name: &str, tier: Tier) -> Caller {
    let who = world.person(name);
    let scope = GrantScope { tier: Some(tier), ..Default::default() };
    let key = GrantKey { scope, ..GrantKey::new(who.principal.clone(), "release-manager".parse().unwrap()) };
    world.engine.grant(&world.ada(), &key, &Options::default()).await.unwrap();
    who
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_freeze_and_lock_a_place_may_also_undo_it() {
    let world = World::new(rolling()).await;
    let plain = Options::default();
    let here = manager_of(&world, "sam", Tier::Staging).await;
    let elsewhere = manager_of(&world, "pam", Tier::Production).await;
    let frozen = world.engine.add_freeze(&here, &freeze(&world, 600), &plain).await.unwrap().value;
    let locked = world.engine.take_lock(&here, &lock(&world, 600), &plain).await.unwrap().value;
    let not_hers = world.engine.lift_freeze(&elsewhere, frozen.id, "it is over", &plain).await;
    assert!(matches!(not_hers, Err(EngineError::Denied { .. })), "{not_hers:?}");
    let not_hers = world.engine.lift_lock(&elsewhere, locked.id, "it is over", &plain).await;
    assert!(matches!(not_hers, Err(EngineError::Denied { .. })), "{not_hers:?}");
    world.engine.lift_freeze(&here, frozen.id, "it is over", &plain).await.unwrap();
    world.engine.lift_lock(&here, locked.id, "it is over", &plain).await.unwrap();
    let events = oracle::chain(&*world.store.inner, &world.tenant, Chain::Ledger).await;
    let lifted = events.iter().rev().take(2).map(|stored| stored.event().unwrap());
    let told = lifted.map(|event| (event.kind, event.data["reason"].clone()));
    let expected = ["lock.lifted", "freeze.lifted"].map(|kind| (kind.to_owned(), "it is over".into()));
    assert_eq!(told.collect::<Vec<_>>(), expected);

    let another = manager_of(&world, "tam", Tier::Staging).await;
    let locked = world.engine.take_lock(&here, &lock(&world, 600), &plain).await.unwrap().value;
    world.engine.lift_lock(&another, locked.id, "it is over", &plain).await.unwrap();
    let gone = world.engine.lift_lock(&here, locked.id, "it is over", &plain).await;
    assert!(matches!(gone, Err(EngineError::NotFound { .. })), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_tenant_finds_nothing() {
    let world = World::new(rolling()).await;
    let release = world.release("1.0").await;
    let stranger = Caller::person("globex".parse().unwrap(), "ada".parse().unwrap());
    world.engine.bootstrap(&stranger.tenant, &stranger.principal).await.unwrap().unwrap();
    let seen = world.engine.release(&stranger, release.id()).await;
    assert!(matches!(seen, Err(EngineError::NotFound { .. })), "{seen:?}");
    let (vote, plain) = (vote_on(&release), Options::default());
    let voted = world.engine.approve(&stranger, release.id(), &vote, &plain).await;
    assert!(matches!(voted, Err(EngineError::NotFound { .. })), "{voted:?}");
    let asked = world.engine.create_release(&stranger, &world.draft("1.1"), &Options::default()).await;
    assert!(matches!(asked, Err(EngineError::NotFound { .. })), "{asked:?}");
    assert_eq!(world.engine.bootstrap(&stranger.tenant, &stranger.principal).await.unwrap(), None);
    super::oracle::check(&*world.store.inner, &stranger.tenant).await;
    world.check().await;
}
