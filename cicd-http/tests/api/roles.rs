//! `/roles`, `/me` and permissions.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::World;

/// Whether `action` is allowed, and why not.
fn verdict(permissions: &Value, action: &str) -> (bool, Option<String>) {
    let actions = permissions["actions"].as_array().unwrap();
    let found = actions.iter().find(|permission| permission["action"] == action).unwrap();
    (found["allowed"].as_bool().unwrap(), found["reason"].as_str().map(ToOwned::to_owned))
}

#[tokio::test]
async fn a_role_holds_where_it_was_given_until_it_is_taken() {
    let world = World::still().await.with_shop().await;
    let rhea = world.person("rhea", &["viewer"]).await;
    let lock =
        json!({ "deployment": "shop-staging", "reason": "mine", "expires_at": "2026-03-01T00:00:00Z" });
    assert_eq!(world.post(&rhea, "/locks", lock.clone()).await.status, StatusCode::FORBIDDEN);

    // The token is limited to the role of its creation: another one speaks for the new role.
    let draft = json!({ "principal": "rhea", "role": "release-manager", "scope": { "tier": "staging" } });
    let given = world.post(&world.admin, "/roles", draft.clone()).await;
    assert_eq!(given.status, StatusCode::CREATED, "{given:?}");
    assert_eq!(given.text("/id"), "rhea|release-manager|*|*|staging");
    assert_eq!(given.text("/granted_by"), "root");
    let place = given.header("location");
    assert_eq!(place, "/api/v1/roles/rhea%7Crelease-manager%7C*%7C*%7Cstaging");
    assert_eq!(
        world.post(&world.admin, "/roles", draft).await.bytes,
        given.bytes,
        "the same again changes nothing"
    );
    let path = place.strip_prefix("/api/v1").unwrap();
    assert_eq!(world.get(&world.admin, path).await.bytes, given.bytes);

    let of = |place: &str| format!("/principals/rhea/permissions?deployment={place}");
    let here = world.get(&world.admin, &of("shop-staging")).await.body;
    assert_eq!(verdict(&here, "lock.write"), (true, None));
    assert_eq!(here["roles"], json!(["release-manager", "viewer"]));
    let there = world.get(&world.admin, &of("shop-production")).await.body;
    assert!(!verdict(&there, "lock.write").0 && verdict(&there, "lock.write").1.is_some());

    let without = world.call(&world.admin, "DELETE", path).send().await;
    assert_eq!(
        (without.status, without.problem()),
        (StatusCode::PRECONDITION_REQUIRED, "precondition-required")
    );
    let taken =
        world.call(&world.admin, "DELETE", path).header("if-match", given.header("etag")).send().await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT, "{taken:?}");
    assert_eq!(world.get(&world.admin, path).await.status, StatusCode::NOT_FOUND);
    assert!(!verdict(&world.get(&world.admin, &of("shop-staging")).await.body, "lock.write").0);

    let told = world.get(&world.admin, "/audit-events?order=newest-first&limit=2").await.body;
    let kinds: Vec<_> = told["items"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["role.revoked", "role.granted"], "{told}");
}

#[tokio::test]
async fn whoever_asks_is_told_who_they_are_and_what_they_may() {
    let world = World::still().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let me = world.get(&ada, "/me").await.body;
    assert_eq!(
        (&me["principal"], &me["tenant"], &me["kind"]),
        (&json!("ada"), &json!("default"), &json!("person"))
    );
    assert_eq!(me["limited_to"], json!(["developer"]));
    let mine = world.get(&ada, "/me/permissions?service=shop").await.body;
    assert_eq!(verdict(&mine, "ci_run.trigger"), (true, None));
    assert!(!verdict(&mine, "release.vote").0);
    let both = world.get(&ada, "/me/permissions?service=shop&deployment=shop-staging").await;
    assert_eq!((both.status, both.problem()), (StatusCode::BAD_REQUEST, "malformed-query"));
    assert_eq!(world.get(&ada, "/me/permissions?service=nothing").await.status, StatusCode::NOT_FOUND);
    let others = world.get(&ada, "/principals/root/permissions").await;
    assert_eq!((others.status, others.problem()), (StatusCode::FORBIDDEN, "denied"));
    let kind = world.get(&world.admin, "/principals/ada/permissions?kind=robot").await;
    assert_eq!((kind.status, kind.problem()), (StatusCode::BAD_REQUEST, "malformed-query"));
}

#[tokio::test]
async fn a_credential_is_told_of_its_own_limits() {
    let world = World::still().await.with_shop().await;
    let ada = world.person("ada", &["developer", "approver"]).await;
    world.person("ada", &["developer"]).await;
    let limited = json!({ "principal": "ada", "roles": ["developer"] });
    let limited = world.post(&world.admin, "/tokens", limited).await.text("/token");
    let (all, some) =
        (world.get(&ada, "/me/permissions").await, world.get(&limited, "/me/permissions").await);
    assert!(verdict(&all.body, "release.vote").0);
    assert!(!verdict(&some.body, "release.vote").0);
    assert_eq!(all.body["roles"], some.body["roles"], "what is held is told all the same");
}

#[tokio::test]
async fn the_last_admin_stays() {
    let world = World::still().await;
    let path = |who: &str| format!("/roles/{who}%7Cadmin%7C*%7C*%7C*");
    let take = |who: &str| world.call(&world.admin, "DELETE", &path(who)).header("if-match", "\"1\"").send();
    let last = take("root").await;
    assert_eq!((last.status, last.problem()), (StatusCode::CONFLICT, "last-admin"), "{last:?}");
    let somewhere = json!({ "principal": "eve", "role": "admin", "scope": { "tier": "staging" } });
    world.post(&world.admin, "/roles", somewhere).await;
    assert_eq!(take("root").await.status, StatusCode::CONFLICT, "who is admin of a tier can't give roles");
    world.post(&world.admin, "/roles", json!({ "principal": "eve", "role": "admin" })).await;
    assert_eq!(take("root").await.status, StatusCode::NO_CONTENT);
    assert_eq!(take("eve").await.status, StatusCode::FORBIDDEN, "root is no admin any more");
}

#[tokio::test]
async fn what_names_no_grant_is_refused() {
    let world = World::still().await;
    let draft = json!({ "principal": "", "scope": { "tier": "moon", "planet": "x" } });
    let refused = world.post(&world.admin, "/roles", draft).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));
    let paths: Vec<_> = refused.body["violations"].as_array().unwrap().iter().map(|v| &v["path"]).collect();
    assert_eq!(paths, ["/principal", "/role", "/scope/tier", "/scope/planet"], "{refused:?}");
    for id in ["x", "a%7Cb", "a%7Cb%7C*%7C*%7Cmoon"] {
        let answer = world.get(&world.admin, &format!("/roles/{id}")).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::BAD_REQUEST, "malformed-path"), "{id}");
    }
}
