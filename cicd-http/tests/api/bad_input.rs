//! Drafts, queries and cursors that are well formed and wrong. What is malformed, and what does not fit the state, is in
//! `bad_requests`.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{Request, World, release_draft, run_draft};

const RELEASE: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn refused(request: Request, status: u16, kind: &str) {
    let answer = request.send().await;
    assert_eq!((answer.status.as_u16(), answer.problem()), (status, kind), "{answer:?}");
}

#[tokio::test]
async fn queries() {
    let world = World::still().await.with_shop().await;
    let violations = async |path: &str| {
        let answer = world.get(&world.admin, path).await;
        assert_eq!(
            (answer.status, answer.problem()),
            (StatusCode::BAD_REQUEST, "malformed-query"),
            "{answer:?}"
        );
        answer.violations().iter().map(|(path, code)| format!("{path} {code}")).collect::<Vec<_>>()
    };
    assert_eq!(violations("/services?limit=0").await, ["/limit out_of_range"]);
    assert_eq!(violations("/services?limit=201&x=1").await, ["/limit out_of_range", "/x unknown_field"]);
    assert_eq!(
        violations("/releases?status=running&service=_").await,
        ["/service malformed", "/status malformed"]
    );
    assert_eq!(violations("/releases?limit=1&limit=2").await, ["/limit repeated"]);
    assert_eq!(
        violations("/audit-events?chain=x&order=y").await,
        ["/chain unknown_choice", "/order unknown_choice"]
    );
    assert_eq!(violations("/services/shop?verbose=1").await, ["/verbose unknown_field"]);
    let dry = world.call(&world.admin, "POST", "/freezes?dry_run=maybe").json(&json!({}));
    refused(dry, 400, "malformed-query").await;
}

#[tokio::test]
async fn cursors_that_nobody_gave_out() {
    let world = World::still().await.with_shop().await;
    let lists =
        ["/services", "/deployments", "/releases", "/freezes", "/locks", "/tokens", "/services/shop/ci-runs"];
    for list in lists {
        for cursor in
            ["zzz", "0", "-1", "a|b", "%00", "18446744073709551616", "01890a5d-ac96-774b-bcce-b302099a8057"]
        {
            let answer = world.get(&world.admin, &format!("{list}?after={cursor}")).await;
            let known = answer.status == StatusCode::OK || answer.problem() == "malformed-query";
            assert!(known, "{list}?after={cursor}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn every_violation_of_a_draft_at_once() {
    let world = World::still().await;
    let draft = json!({ "name": 7, "tenant_id": "other", "row_version": 3 });
    let answer = world.create(&world.admin, "/services/shop", draft).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));
    let expected =
        [("/name", "wrong_type"), ("/row_version", "unknown_field"), ("/tenant_id", "unknown_field")];
    assert_eq!(answer.violations(), expected);
    assert!(
        answer.body["violations"][1]["message"].as_str().unwrap().contains("accepted: `name`, `description`")
    );
    assert_eq!(
        world.get(&world.admin, "/services/shop").await.status,
        StatusCode::NOT_FOUND,
        "nothing is stored"
    );
}

#[tokio::test]
async fn drafts_that_do_not_fit_what_is_there() {
    let world = World::still().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let invalid = async |path: &str, body| {
        let answer = world.post(&ada, path, body).await;
        assert_eq!(answer.problem(), "invalid", "{answer:?}");
        answer.violations().iter().map(|(path, code)| format!("{path} {code}")).collect::<Vec<_>>()
    };
    assert_eq!(
        invalid("/releases", release_draft("shop-staging", RELEASE)).await,
        ["/artifact/ci_run unknown_run"]
    );
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    let queued = invalid("/releases", release_draft("shop-staging", &run)).await;
    assert_eq!(queued, ["/artifact/ci_run run_not_succeeded"]);
    let missing = world.post(&ada, "/releases", release_draft("gone", &run)).await;
    assert_eq!((missing.status, missing.problem()), (StatusCode::NOT_FOUND, "not-found"));
    let body = json!({ "service": "shop", "environment": "eu", "tier": "production", "executor": "warp", "target": {} });
    let answer = world.create(&world.admin, "/deployments/shop-eu", body).await;
    assert_eq!(answer.violations(), [("/executor", "unknown_executor")]);
}

#[tokio::test]
async fn reports_need_the_token_of_their_attempt() {
    let world = World::still().await;
    let path = format!("/attempts/{RELEASE}/report");
    let report = || world.anonymous("POST", &format!("/api/v1{path}")).json(&json!({ "number": 1 }));
    refused(report(), 401, "unauthenticated").await;
    refused(report().header("authorization", "Bearer cicdr_default_x_y"), 404, "not-found").await;
    refused(report().header("authorization", &format!("Bearer {}", world.admin)), 404, "not-found").await;
}
