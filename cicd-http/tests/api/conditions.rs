//! Conditional requests and dry runs.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn a_row_is_created_once_and_changed_by_its_version() {
    let world = World::still().await;
    let body = json!({ "name": "Web shop" });
    let created = world.create(&world.admin, "/services/shop", body.clone()).await;
    assert_eq!((created.status, created.header("etag")), (StatusCode::CREATED, "\"1\""));
    let again = world.create(&world.admin, "/services/shop", body.clone()).await;
    assert_eq!((again.status, again.problem()), (StatusCode::PRECONDITION_FAILED, "precondition-failed"));
    assert_eq!(again.header("etag"), "\"1\"");

    let put = |etag: &str, name: &str| {
        let body = json!({ "name": name });
        world.call(&world.admin, "PUT", "/services/shop").header("if-match", etag).json(&body)
    };
    let changed = put("\"1\"", "Shop").send().await;
    assert_eq!((changed.status, changed.header("etag")), (StatusCode::OK, "\"2\""));
    let stale = put("\"1\"", "Store").send().await;
    assert_eq!((stale.status, stale.header("etag")), (StatusCode::PRECONDITION_FAILED, "\"2\""));
    let bare = world.call(&world.admin, "PUT", "/services/shop").json(&body).send().await;
    assert_eq!((bare.status, bare.problem()), (StatusCode::PRECONDITION_REQUIRED, "precondition-required"));
    let read = world.get(&world.admin, "/services/shop").await;
    assert_eq!((read.header("etag"), read.text("/name").as_str()), ("\"2\"", "Shop"));
}

#[tokio::test]
async fn a_delete_names_its_version() {
    let world = World::still().await.with_shop().await;
    let path = "/services/shop/ci-config";
    let delete = |etag: &str| world.call(&world.admin, "DELETE", path).header("if-match", etag);
    let bare = world.call(&world.admin, "DELETE", path).send().await;
    assert_eq!(bare.problem(), "precondition-required");
    assert_eq!(delete("\"9\"").send().await.problem(), "precondition-failed");
    let with_body = delete("\"1\"").json(&json!({ "x": 1 })).send().await;
    assert_eq!(with_body.problem(), "malformed-json");
    let gone = delete("\"1\"").send().await;
    assert_eq!((gone.status, gone.bytes.len()), (StatusCode::NO_CONTENT, 0));
    assert!(gone.headers.contains_key("x-consistency"));
    assert_eq!(world.get(&world.admin, path).await.problem(), "not-found");
}

#[tokio::test]
async fn the_default_floor_is_changed_by_its_version_too() {
    let world = World::still().await;
    let floor = world.get(&world.admin, "/policies/production").await;
    assert_eq!((floor.header("etag"), &floor.body["minimum_votes"]), ("\"0\"", &json!(1)));
    let body = json!({ "minimum_votes": 2 });
    let put = world.call(&world.admin, "PUT", "/policies/production").header("if-match", "\"0\"").json(&body);
    assert_eq!(put.send().await.header("etag"), "\"1\"");
}

#[tokio::test]
async fn a_dry_run_answers_and_changes_nothing() {
    let world = World::still().await.with_shop().await;
    let rhea = world.person("rhea", &["release-manager"]).await;
    let before = world.get(&world.admin, "/audit-events?limit=200").await.bytes;
    let body = json!({ "name": "Other" });
    let put = world
        .call(&world.admin, "PUT", "/services/shop?dry_run=true")
        .header("if-match", "\"1\"")
        .json(&body);
    let answer = put.send().await;
    assert_eq!((answer.status, answer.text("/name").as_str()), (StatusCode::OK, "Other"));
    let lock =
        json!({ "deployment": "shop-staging", "reason": "mine", "expires_at": "2026-02-01T00:00:00Z" });
    let taken = world.post(&rhea, "/locks?dry_run=true", lock).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{taken:?}");
    let config = "/services/shop/ci-config?dry_run=true";
    let deleted = world.call(&world.admin, "DELETE", config).header("if-match", "\"1\"").send().await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    let token =
        world.post(&world.admin, "/tokens?dry_run=true", json!({ "principal": "eve", "roles": ["admin"] }));
    assert_eq!(token.await.body["token"], json!(null), "no secret for a token that is not there");
    assert_eq!(world.get(&world.admin, "/audit-events?limit=200").await.bytes, before);
    assert_eq!(world.get(&world.admin, "/services/shop").await.text("/name"), "Web shop");
    assert_eq!(world.get(&world.admin, "/locks").await.body, json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn a_hold_that_is_not_there_is_lifted_with_a_reason_all_the_same() {
    let world = World::still().await.with_shop().await;
    let rhea = world.person("rhea", &["release-manager"]).await;
    let lift = |query: &str| {
        world
            .call(&rhea, "DELETE", &format!("/deployments/shop-staging/hold{query}"))
            .header("if-match", "\"1\"")
    };
    let bare = lift("").send().await;
    assert_eq!(bare.violations(), [("/reason", "required")]);
    let lifted = lift("?reason=seen%20to").send().await;
    assert_eq!((lifted.status, &lifted.body["hold"]), (StatusCode::OK, &json!(null)), "{lifted:?}");
}

#[tokio::test]
async fn answers_carry_what_browsers_and_logs_need() {
    let world = World::still().await;
    let answer = world.call(&world.admin, "GET", "/services").header("x-request-id", "mine-1").send().await;
    assert_eq!(answer.header("x-request-id"), "mine-1");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        (
            "content-security-policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(answer.header(name), value);
    }
    let made = world.call(&world.admin, "GET", "/services").header("x-request-id", "<script>").send().await;
    assert_eq!(made.header("x-request-id").len(), 32);
    let put = world.create(&world.admin, "/services/shop", json!({ "name": "Shop" }));
    put.await;
    let events = world.get(&world.admin, "/audit-events?kind=service.registered").await;
    assert_eq!(events.body["items"][0]["request_id"].as_str().map(str::len), Some(32));
}
