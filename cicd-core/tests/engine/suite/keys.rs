//! Idempotency keys: the same request has its effect once.

use std::sync::Arc;

use cicd_core::digest::Digest;
use cicd_core::engine::{EngineError, Options};
use cicd_core::testing::store::dump;
use serde_json::json;

use super::commands::{freeze, lock, token_draft};
use super::deploys::Act;
use super::world::{World, eventually, rolling, rolling_with, vote_on, voted};

fn keyed(key: &str, request: &str) -> Options {
    Options { key: Some((key.to_owned(), Digest::of(request.as_bytes()))), ..Options::default() }
}

fn dry() -> Options {
    Options { dry_run: true, ..Options::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repeat_answers_what_was_answered_first() {
    let world = World::new(rolling()).await;
    let (ann, draft) = (world.ann(), world.draft("1.0"));
    let first = world.engine.create_release(&ann, &draft, &keyed("k", "1.0")).await.unwrap();
    let _workers = world.work();
    world.until_is(first.value.id(), "succeeded").await;
    let again = world.engine.create_release(&ann, &draft, &keyed("k", "1.0")).await.unwrap();
    assert_eq!((again.value, again.seq, again.replayed), (first.value.clone(), first.seq, true));
    let other = world.engine.create_release(&ann, &world.draft("2.0"), &keyed("k", "2.0")).await;
    assert_eq!(other.unwrap_err(), EngineError::KeyReused);
    assert_eq!(world.count("release.created").await, 1);
    world.clock.jump(25 * 3600);
    let later = world.engine.create_release(&ann, &world.draft("2.0"), &keyed("k", "2.0")).await.unwrap();
    assert!(!later.replayed, "a key is forgotten after a day");
    world.until_is(later.value.id(), "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_has_the_effect() {
    let world = Arc::new(World::new(rolling_with(&json!({"queue": "wait"}))).await);
    for round in 0..20 {
        let (version, before) = (format!("1.{round}"), world.count("release.created").await);
        let asked = (0..8).map(|_| {
            let (world, version) = (Arc::clone(&world), version.clone());
            tokio::spawn(async move {
                world
                    .engine
                    .create_release(&world.ann(), &world.draft(&version), &keyed(&version, "same"))
                    .await
            })
        });
        let asked = futures_util::future::join_all(asked).await.into_iter().map(|one| one.unwrap().unwrap());
        let asked: Vec<_> = asked.collect();
        assert!(asked.iter().all(|one| one.value == asked[0].value), "all hear the same");
        assert_eq!(asked.iter().filter(|one| !one.replayed).count(), 1);
        assert_eq!(world.count("release.created").await, before + 1);
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_leaves_the_key_free() {
    let world = World::new(rolling_with(&json!({"queue": "refuse"}))).await;
    world.deploys.plan("apply", [Act::Block]);
    let _workers = world.work();
    let first = world.release("1.0").await;
    eventually("it applies", async || world.deploys.busy() == 1).await;
    let options = keyed("k", "1.1");
    let refused = world.try_release("1.1", &options).await;
    assert!(matches!(refused, Err(EngineError::Refused(_))), "{refused:?}");
    world.deploys.let_go();
    world.until_is(first.id(), "succeeded").await;
    let second = world.try_release("1.1", &options).await.unwrap();
    world.until_is(second.id(), "succeeded").await;
    assert_eq!(world.count("release.created").await, 2);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_caller_or_command_has_keys_of_its_own() {
    let world = World::new(voted(2)).await;
    let (options, plain) = (keyed("k", "same"), Options::default());
    let release = world.try_release("1.0", &options).await.unwrap();
    let ada = world.engine.create_release(&world.ada(), &world.draft("1.0"), &options).await.unwrap();
    assert_ne!(ada.value.id(), release.id());
    for number in [1, 2] {
        let voter = world.approver(number);
        let vote = world.engine.approve(&voter, release.id(), &vote_on(&release), &options).await.unwrap();
        assert!(!vote.replayed);
        assert_eq!(vote.value.votes.len(), number);
    }
    let manager = world.rita();
    let lock = world.engine.take_lock(&manager, &lock(&world, 60), &options).await.unwrap();
    world.engine.lift_lock(&manager, lock.value.id, "it is over", &plain).await.unwrap();
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_deletion_says_that_it_is_a_repeat() {
    let world = World::new(rolling()).await;
    let rita = world.rita();
    let frozen =
        world.engine.add_freeze(&rita, &freeze(&world, 60), &Options::default()).await.unwrap().value;
    let first = world.engine.lift_freeze(&rita, frozen.id, "it is over", &keyed("k", "lift")).await.unwrap();
    let again = world.engine.lift_freeze(&rita, frozen.id, "it is over", &keyed("k", "lift")).await.unwrap();
    assert_eq!((first.replayed, again.replayed, again.seq), (false, true, first.seq));
    let gone = world.engine.lift_freeze(&rita, frozen.id, "it is over", &Options::default()).await;
    assert!(matches!(gone, Err(EngineError::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_told_once() {
    let world = World::new(rolling()).await;
    let (ada, draft, options) = (world.ada(), token_draft(&world.ann(), "viewer"), keyed("k", "token"));
    let tried = world.engine.create_token(&ada, &draft, &dry()).await.unwrap().value;
    assert_eq!(tried.secret, None);
    let first = world.engine.create_token(&ada, &draft, &options).await.unwrap().value;
    let again = world.engine.create_token(&ada, &draft, &options).await.unwrap().value;
    assert_eq!((again.token, again.secret), (first.token.clone(), None));
    let secret = first.secret.unwrap();
    let caller = world.engine.authenticate(&secret).await.unwrap().unwrap();
    assert_eq!((caller.tenant, caller.token), (world.tenant.clone(), Some(first.token.id)));
    // Limited to what only reads, whatever else its principal may.
    let caller = cicd_core::authz::Caller { tenant: world.tenant.clone(), ..caller };
    let asked = world.engine.create_release(&caller, &world.draft("1.0"), &Options::default()).await;
    assert!(matches!(asked, Err(EngineError::Denied { .. })), "{asked:?}");
    world.engine.revoke_token(&ada, first.token.id, &Options::default()).await.unwrap();
    assert_eq!(world.engine.authenticate(&secret).await.unwrap(), None);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_says_what_would_be_and_stores_nothing() {
    let world = World::new(voted(1)).await;
    let release = world.release("1.0").await;
    let before = dump(&*world.store.inner, &world.tenant).await;
    let options = Options { dry_run: true, ..keyed("k", "dry") };
    let created = world.engine.create_release(&world.ann(), &world.draft("1.1"), &options).await.unwrap();
    assert_eq!((created.value.state.name(), created.replayed), ("pending_approval", false));
    let approved = world.engine.approve(&world.approver(1), release.id(), &vote_on(&release), &options).await;
    assert_eq!(approved.unwrap().value.state.name(), "approved");
    let own = world.engine.approve(&world.ann(), release.id(), &vote_on(&release), &options).await;
    assert!(matches!(own, Err(EngineError::Denied { .. })), "what would be refused is: {own:?}");
    world.engine.delete_cd_config(&world.ada(), &world.deployment(), &options).await.unwrap();
    world
        .engine
        .put_deployment(&world.ada(), &world.deployment(), &super::world::target("eu-2"), &options)
        .await
        .unwrap();
    let after = dump(&*world.store.inner, &world.tenant).await;
    assert_eq!(
        (&before.lists, &before.snapshots, &before.chains[0]),
        (&after.lists, &after.snapshots, &after.chains[0])
    );
    let real = world.try_release("1.1", &keyed("k", "real")).await;
    assert!(real.is_ok(), "a dry run leaves the key free: {real:?}");
}
