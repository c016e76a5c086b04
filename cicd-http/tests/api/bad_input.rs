//! Bad input: each kind by the `type` of its problem, and nothing is stored.

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::stream;
use serde_json::json;

use crate::support::{Request, World, release_draft, run_draft};

const RELEASE: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn refused(request: Request, status: u16, kind: &str) {
    let answer = request.send().await;
    assert_eq!((answer.status.as_u16(), answer.problem()), (status, kind), "{answer:?}");
}

#[tokio::test]
async fn bodies_that_are_not_json() {
    let world = World::still().await;
    let post = || world.call(&world.admin, "POST", "/freezes");
    let json = || post().header("content-type", "application/json");
    for body in ["{", "{} {}", "\u{feff}{}", r#"{"a":1,"a":2}"#, r#"{"a":NaN}"#, "nope", "'", &"[".repeat(65)]
    {
        refused(json().body(body.to_owned()), 400, "malformed-json").await;
    }
    refused(json().body(&b"\"\xff\""[..]), 400, "malformed-json").await;
    refused(json().body(format!("{}{}", "[".repeat(65), "]".repeat(65))), 400, "malformed-json").await;
    refused(post().body("{}"), 415, "unsupported-media-type").await;
    refused(post().header("content-type", "text/plain").body("{}"), 415, "unsupported-media-type").await;
    refused(json().header("content-encoding", "gzip").body("{}"), 415, "unsupported-media-type").await;
    let body = json!([1, 2]);
    refused(post().json(&body), 422, "invalid").await;
}

#[tokio::test]
async fn too_much() {
    let world = World::still().await;
    let post = || world.call(&world.admin, "POST", "/freezes").header("content-type", "application/json");
    let body = " ".repeat(cicd_http::limits::BODY_BYTES);
    refused(post().body(body.clone()), 400, "malformed-json").await;
    refused(post().body(format!("{body} ")), 413, "body-too-large").await;
    refused(post().header("content-length", "99999999999").body("{}"), 413, "body-too-large").await;
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 65_536]));
    refused(post().body(Body::from_stream(endless)), 413, "body-too-large").await;
    let long = "a".repeat(cicd_http::limits::URI_BYTES);
    refused(world.call(&world.admin, "GET", &format!("/services?after={long}")), 414, "uri-too-long").await;
    let large = "a".repeat(cicd_http::limits::HEADER_BYTES);
    refused(world.call(&world.admin, "GET", "/services").header("x-large", &large), 431, "headers-too-large")
        .await;
    refused(post().header("idempotency-key", &"k".repeat(256)).body("{}"), 400, "malformed-header").await;
}

#[tokio::test]
async fn requests_that_a_proxy_may_understand_otherwise() {
    let world = World::still().await;
    let twice = world.anonymous("GET", "/livez").header("host", "a.example").header("host", "b.example");
    let answer = twice.send().await;
    assert_eq!((answer.problem(), answer.header("connection")), ("malformed-header", "close"));
    let framed = world.anonymous("POST", "/api/v1/freezes").header("transfer-encoding", "chunked");
    refused(framed.header("content-length", "2").body("{}"), 400, "malformed-header").await;
}

#[tokio::test]
async fn ids_and_paths() {
    let world = World::still().await;
    let get = |path: &str| world.call(&world.admin, "GET", path);
    for path in [
        "/services/UPPER",
        "/services/a%00b",
        "/services/%2e%2e%2fetc",
        "/services/caf%C3%A9",
        "/releases/1",
        "/releases/..",
    ] {
        refused(get(path), 400, "malformed-path").await;
    }
    for path in ["/releases/01890A5D-AC96-774B-BCCE-B302099A8057", "/policies/moon", "/blobs/sha256:ab"] {
        refused(get(path), 400, "malformed-path").await;
    }
    refused(get("/services/%ff"), 400, "malformed-path").await;
    for path in ["/nothing", "/services/a/b", "/"] {
        refused(get(path), 404, "not-found").await;
    }
    refused(world.anonymous("GET", "/api/v2/services"), 404, "not-found").await;
    for path in ["/services/gone", &format!("/releases/{RELEASE}"), &format!("/ci-runs/{RELEASE}/log")] {
        refused(get(path), 404, "not-found").await;
    }
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
async fn wrong_states() {
    let world = World::still().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    let cancel = async || world.post(&ada, &format!("/ci-runs/{run}/cancel"), json!({})).await;
    assert_eq!(cancel().await.status, StatusCode::OK);
    let again = cancel().await;
    assert_eq!((again.status, again.problem()), (StatusCode::CONFLICT, "not-possible"));
    assert_eq!(
        (again.body["current_state"].as_str(), &again.body["allowed_commands"]),
        (Some("cancelled"), &json!([]))
    );
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
