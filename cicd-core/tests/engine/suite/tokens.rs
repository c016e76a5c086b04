//! When tokens were last used.

use std::collections::BTreeMap;

use cicd_core::authz::Action;
use cicd_core::engine::{EngineError, NewToken, Options, TOKEN_USE_SECONDS};
use cicd_core::id::TokenId;
use cicd_core::memory::RoleTable;
use cicd_core::time::Timestamp;

use super::commands::token_draft;
use super::world::{World, rolling};

async fn created(world: &World) -> (TokenId, String) {
    let draft = token_draft(&world.ann(), "viewer");
    let created = world.engine.create_token(&world.ada(), &draft, &Options::default()).await.unwrap();
    let NewToken { token, secret } = created.value;
    (token.id, secret.unwrap())
}

async fn uses(world: &World, token: TokenId) -> BTreeMap<TokenId, Timestamp> {
    world.engine.token_uses(&world.ada(), &[token]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_use_in_ten_minutes_is_noted() {
    let world = World::new(rolling()).await;
    let (token, secret) = created(&world).await;
    let other = created(&world).await.0;
    assert_eq!(uses(&world, token).await, BTreeMap::new(), "a token that was only made was not used");
    let mut noted = Vec::new();
    for wait in [0, TOKEN_USE_SECONDS - 60, 120] {
        world.clock.jump(wait);
        world.engine.authenticate(&secret).await.unwrap().unwrap();
        noted.push(uses(&world, token).await[&token]);
    }
    assert_eq!(noted[0], noted[1], "a use soon after a noted one costs no write");
    assert!(noted[1].plus_seconds(TOKEN_USE_SECONDS) <= noted[2], "{noted:?}");
    assert_eq!(uses(&world, other).await, BTreeMap::new());
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_works_no_more_is_not_used() {
    let world = World::new(rolling()).await;
    let (token, secret) = created(&world).await;
    world.engine.revoke_token(&world.ada(), token, &Options::default()).await.unwrap();
    assert_eq!(world.engine.authenticate(&secret).await.unwrap(), None);
    assert_eq!(uses(&world, token).await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uses_are_told_to_who_manages_tokens() {
    let world = World::new(rolling()).await;
    let (token, _) = created(&world).await;
    let denied = world.engine.token_uses(&world.ann(), &[token]).await;
    assert!(matches!(denied, Err(EngineError::Denied { .. })), "{denied:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_make_tokens_gives_no_roles_by_making_them() {
    let desk = RoleTable::default().allowing("developer".parse().unwrap(), [Action::ManageTokens]);
    let world = World::judged_by(desk, rolling()).await;
    let make = async |role: &str| {
        world.engine.create_token(&world.ann(), &token_draft(&world.ann(), role), &Options::default()).await
    };
    make("developer").await.unwrap();
    let denied = make("admin").await;
    assert!(matches!(&denied, Err(EngineError::Denied { action: Action::ManageRoles, .. })), "{denied:?}");
    let roles = world.engine.my_permissions(&world.ann(), &Default::default()).await.unwrap().roles;
    assert!(!roles.contains(&"admin".parse().unwrap()), "{roles:?}");
}
