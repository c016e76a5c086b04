//! Idempotency keys on every POST.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, World, run_draft};

async fn post(world: &World, token: &str, path: &str, key: &str, body: &Value) -> Answer {
    world.call(token, "POST", path).header("idempotency-key", key).json(body).send().await
}

#[tokio::test]
async fn a_repeat_gets_the_first_outcome() {
    let world = World::still().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let first = post(&world, &ada, "/services/shop/ci-runs", "k1", &run_draft()).await;
    assert_eq!(first.status, StatusCode::CREATED);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let again = post(&world, &ada, "/services/shop/ci-runs", "k1", &run_draft()).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    for name in ["location", "etag", "x-consistency"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!(again.header("idempotency-replayed"), "true");
    let runs = world.get(&ada, "/services/shop/ci-runs").await;
    assert_eq!(runs.body["items"].as_array().unwrap().len(), 1, "nothing is there twice");
}

#[tokio::test]
async fn the_key_stands_for_one_request_of_one_caller() {
    let world = World::still().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let ben = world.person("ben", &["developer"]).await;
    let first = post(&world, &ada, "/services/shop/ci-runs", "k1", &run_draft()).await;
    let other = json!({ "commit": "f".repeat(40) });
    let reused = post(&world, &ada, "/services/shop/ci-runs", "k1", &other).await;
    assert_eq!(
        (reused.status, reused.problem()),
        (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused")
    );
    let bens = post(&world, &ben, "/services/shop/ci-runs", "k1", &run_draft()).await;
    assert_eq!(bens.status, StatusCode::CREATED);
    assert_ne!(bens.body["id"], first.body["id"], "another caller's key is another key");
}

#[tokio::test]
async fn refusals_are_not_recorded() {
    let world = World::still().await.with_shop().await;
    let eve = world.person("eve", &["viewer"]).await;
    let denied = post(&world, &eve, "/services/shop/ci-runs", "k1", &run_draft()).await;
    assert_eq!(denied.problem(), "denied");
    world.person("eve", &["developer"]).await;
    let token = world.person("eve", &["developer"]).await;
    let allowed = post(&world, &token, "/services/shop/ci-runs", "k1", &run_draft()).await;
    assert_eq!(allowed.status, StatusCode::CREATED, "{allowed:?}");
}

#[tokio::test]
async fn a_tokens_text_is_told_once() {
    let world = World::still().await;
    let draft = json!({ "principal": "ada", "roles": ["viewer"] });
    let first = post(&world, &world.admin, "/tokens", "k1", &draft).await;
    assert!(first.text("/token").starts_with("cicd_"));
    let again = post(&world, &world.admin, "/tokens", "k1", &draft).await;
    assert_eq!((&again.body["token"], &again.body["id"]), (&json!(null), &first.body["id"]));
}
