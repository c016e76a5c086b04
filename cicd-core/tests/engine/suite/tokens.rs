//! When tokens were last used.

use std::collections::BTreeMap;

use cicd_core::authz::{Action, Caller, GrantKey};
use cicd_core::engine::{EngineError, NewToken, Options, TOKEN_USE_SECONDS};
use cicd_core::id::TokenId;
use cicd_core::memory::RoleTable;
use cicd_core::page::Limit;
use cicd_core::port::{ListQuery, Record};
use cicd_core::service::Tier;
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
    let make = async |by: &Caller, whose: &Caller, role: &str| {
        world.engine.create_token(by, &token_draft(whose, role), &Options::default()).await.map(drop)
    };
    let (ada, ann) = (world.ada(), world.ann());
    make(&ann, &ann, "developer").await.unwrap();
    let limited = Caller { limited_to: Some(["developer".parse().unwrap()].into()), ..ada.clone() };
    for (by, whose, role) in [(&ann, &ann, "admin"), (&ann, &ada, "admin"), (&limited, &ada, "admin")] {
        let denied = make(by, whose, role).await;
        assert!(
            matches!(&denied, Err(EngineError::Denied { action: Action::ManageRoles, .. })),
            "{by:?} makes one for {whose:?}: {denied:?}"
        );
    }
    let roles = world.engine.my_permissions(&ann, &Default::default()).await.unwrap().roles;
    assert!(!roles.contains(&"admin".parse().unwrap()), "{roles:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_is_held_somewhere_is_not_given_everywhere() {
    let world = World::new(rolling()).await;
    let (ada, plain) = (world.ada(), Options::default());
    let ben = Caller::person(world.tenant.clone(), "ben".parse().unwrap());
    let mut key = GrantKey::new(ben.principal.clone(), "approver".parse().unwrap());
    key.scope.tier = Some(Tier::Staging);
    world.engine.grant(&ada, &key, &plain).await.unwrap();
    world.engine.create_token(&ada, &token_draft(&ben, "approver"), &plain).await.unwrap();
    let all = Limit::new(u64::from(Limit::MAX)).unwrap();
    let listed = world.engine.list(&ada, &ListQuery::Grants, None, all).await.unwrap();
    let is_his = |record: &Record| matches!(record, Record::Grant(grant) if grant.principal == ben.principal);
    let his: Vec<_> = listed.items.into_iter().filter(is_his).map(|record| record.key().id).collect();
    assert_eq!(his, [key.to_string()]);
}
