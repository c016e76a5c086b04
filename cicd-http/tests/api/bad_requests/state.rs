//! Rows about what is there: versions, states, keys, votes, and a store that takes nothing.

use std::sync::atomic::Ordering;

use axum::http::Method;
use serde_json::{Value, json};

use super::{Case, is_created, routes, until_waiting};
use crate::support::{Gate, Request, World, draft, reasoned, release_draft, run_draft};

const OK: (u16, &str) = (200, "");
const CREATED: (u16, &str) = (201, "");
const NOT_POSSIBLE: (u16, &str) = (409, "not-possible");

pub(super) async fn conditions(world: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    let bearer = format!("Bearer {}", world.admin);
    for (method, path) in routes(&[Method::PUT, Method::DELETE, Method::PATCH]) {
        // What ends is one's own session, whatever its version.
        if path.ends_with("/session") {
            continue;
        }
        let request = world
            .anonymous(method.as_str(), &reasoned(method.as_str(), &path))
            .header("authorization", &bearer);
        let request = match method {
            Method::PUT => request.json(&json!({})),
            _ => request,
        };
        cases.push(Case::of(format!("{method} {path}"), (428, "precondition-required"), request).await);
    }
    assert!(cases.len() > 8, "only {} routes", cases.len());
    let put = |etag: &str| {
        let body = json!({ "name": "Store" });
        world.call(&world.admin, "PUT", "/services/shop").header("if-match", etag).json(&body)
    };
    let stale = Case::of("stale", (412, "precondition-failed"), put("\"7\"")).await;
    assert_eq!(stale.answer.header("etag"), "\"1\"", "the current one is told");
    cases.push(stale);
    for etag in ["1", "W/\"1\"", "\"1\", \"2\"", "*", "\"-1\"", "\"99999999999999999999999\""] {
        cases.push(Case::of(etag, (400, "malformed-header"), put(etag)).await);
    }
    cases
}

async fn built(world: &World, token: &str) -> String {
    let created = world.post(token, "/services/shop/ci-runs", run_draft()).await;
    is_created(&created);
    let run = created.text("/id");
    world.until(token, &format!("/ci-runs/{run}"), |body| body["status"] == "succeeded").await;
    run
}

pub(super) async fn transitions(world: &World) -> Vec<Case> {
    let ada = world.person("ada", &["developer"]).await;
    let run = built(world, &ada).await;
    let cancel = world.call(&ada, "POST", &format!("/ci-runs/{run}/cancel")).json(&json!({}));
    let illegal = Case::of("an illegal transition", NOT_POSSIBLE, cancel).await;
    assert_eq!(
        (&illegal.answer.body["current_state"], &illegal.answer.body["allowed_commands"]),
        (&json!("succeeded"), &json!([]))
    );
    world.deploy.held.store(true, Ordering::SeqCst);
    let ask = || world.call(&ada, "POST", "/releases").json(&release_draft("shop-staging", &run));
    let first = Case::of("the first release", CREATED, ask()).await;
    let first_path = format!("/releases/{}", first.answer.text("/id"));
    world.until(&ada, &first_path, |body| body["state"]["status"] == "executing").await;
    // It is taken, and waits: what may never be is that both run.
    let second = Case::of("a second one meanwhile", CREATED, ask()).await;
    let second_path = format!("/releases/{}", second.answer.text("/id"));
    let shown = world.get(&ada, &second_path).await.body;
    assert_ne!(shown["state"]["status"], "executing", "{shown}");
    world.deploy.held.store(false, Ordering::SeqCst);
    for path in [&first_path, &second_path] {
        world.until(&ada, path, |body| body["state"]["status"] == "succeeded").await;
        // The other looks again after a while.
        world.clock.advance_seconds(60);
    }
    vec![illegal, first, second]
}

fn keyed(world: &World, token: &str, key: &str, body: &Value) -> Request {
    world.call(token, "POST", "/services/shop/ci-runs").header("idempotency-key", key).json(body)
}

pub(super) async fn same_key(world: &World, gate: &Gate) -> Vec<Case> {
    let bo = world.person("bo", &["developer"]).await;
    let other = json!({ "commit": "f".repeat(40) });
    let first = Case::of("first", CREATED, keyed(world, &bo, "k", &run_draft())).await;
    let again = Case::of("again", CREATED, keyed(world, &bo, "k", &run_draft())).await;
    assert_eq!(first.answer.bytes, again.answer.bytes);
    let reused =
        Case::of("another payload", (422, "idempotency-key-reused"), keyed(world, &bo, "k", &other)).await;
    // Both are decided before either is committed: one is carried out, and both are told of that one.
    gate.held(true);
    let both = async {
        tokio::join!(
            Case::of("in flight", CREATED, keyed(world, &bo, "l", &run_draft())),
            Case::of("in flight too", CREATED, keyed(world, &bo, "l", &run_draft())),
        )
    };
    let open = async {
        until_waiting(gate, 2).await;
        gate.held(false);
    };
    let ((one, two), ()) = tokio::join!(both, open);
    assert_eq!(one.answer.text("/id"), two.answer.text("/id"));
    vec![first, again, reused, one, two]
}

pub(super) async fn foreign_key(world: &World) -> Vec<Case> {
    let cy = world.person("cy", &["developer"]).await;
    let di = world.person("di", &["developer"]).await;
    let first = Case::of("first", CREATED, keyed(world, &cy, "m", &run_draft())).await;
    let others = Case::of("of another principal", CREATED, keyed(world, &di, "m", &run_draft())).await;
    assert_ne!(first.answer.text("/id"), others.answer.text("/id"));
    let token = |admin: &str| {
        let draft = draft(&Method::POST, "/api/v1/tokens").unwrap();
        world.call(admin, "POST", "/tokens").header("idempotency-key", "m").json(&draft)
    };
    let ours = Case::of("ours", CREATED, token(&world.admin)).await;
    let theirs = Case::of("of another tenant", CREATED, token(&world.stranger)).await;
    assert_ne!(ours.answer.text("/id"), theirs.answer.text("/id"));
    vec![first, others, ours, theirs]
}

/// A release that waits for two votes; its path, and a vote for its content.
async fn asked(world: &World, requester: &str) -> (String, Value) {
    let run = built(world, requester).await;
    let asked = world.post(requester, "/releases", release_draft("shop-production", &run)).await;
    is_created(&asked);
    let vote = json!({ "content": asked.text("/content_digest"), "comment": "good" });
    (format!("/releases/{}", asked.text("/id")), vote)
}

pub(super) async fn votes(world: &World) -> Vec<Case> {
    let eli = world.person("eli", &["developer", "approver"]).await;
    let fay = world.person("fay", &["approver", "release-manager"]).await;
    let (release, vote) = asked(world, &eli).await;
    let approve =
        |token: &str, vote: &Value| world.call(token, "POST", &format!("{release}/approve")).json(vote);
    let own = Case::of("as requester", (403, "requester-vote"), approve(&eli, &vote)).await;
    let other = json!({ "content": format!("sha256:{}", "a".repeat(64)), "comment": "good" });
    let other = Case::of("other digest", (409, "other-content"), approve(&fay, &other)).await;
    let first = Case::of("once", OK, approve(&fay, &vote)).await;
    let twice = Case::of("twice", OK, approve(&fay, &vote)).await;
    assert_eq!(first.answer.bytes, twice.answer.bytes);
    let cancel = world.call(&fay, "POST", &format!("{release}/cancel")).json(&json!({}));
    let cancelled = Case::of("its end", OK, cancel).await;
    let repeat = Case::of("the same vote after close", OK, approve(&fay, &vote)).await;
    let ida = world.person("ida", &["approver"]).await;
    let late = Case::of("after close", NOT_POSSIBLE, approve(&ida, &vote)).await;
    vec![own, other, first, twice, cancelled, repeat, late]
}

pub(super) async fn revoked(world: &World, gate: &Gate) -> Vec<Case> {
    let gil = world.person("gil", &["developer"]).await;
    let hal = world.person("hal", &["approver"]).await;
    let (release, vote) = asked(world, &gil).await;
    let path = "/roles/hal%7Capprover%7C*%7C*%7C*";
    let revoke = world.call(&world.admin, "DELETE", path).header("if-match", "\"1\"");
    gate.before_commit(async move {
        let answer = revoke.send().await;
        assert!(answer.status.is_success(), "{answer:?}");
    });
    let approve = world.call(&hal, "POST", &format!("{release}/approve")).json(&vote);
    let case = Case::of("revoked meanwhile", (403, "denied"), approve).await;
    let approvals = world.get(&gil, &format!("{release}/approvals")).await;
    assert_eq!(approvals.body["votes"], json!([]), "the vote doesn't count");
    vec![case]
}

pub(super) async fn full(world: &World, gate: &Gate) -> Vec<Case> {
    let draft = json!({ "principal": "ada", "roles": ["viewer"] });
    let unused = world.post(&world.admin, "/tokens", draft).await.text("/token");
    let before = world.get(&world.admin, "/services/shop").await.bytes;
    let events = world.get(&world.admin, "/audit-events?order=newest-first").await.bytes;
    gate.full(true);
    // That this is its first use can't be noted, which turns nobody away.
    assert_eq!(world.get(&unused, "/services/shop").await.bytes, before);
    let put = world.call(&world.admin, "PUT", "/services/shop").header("if-match", "\"1\"");
    let unavailable = (503, "unavailable");
    let cases = vec![
        Case::of("a change", unavailable, put.json(&json!({ "name": "Store" }))).await,
        Case::of("a command", unavailable, keyed(world, &world.admin, "n", &run_draft())).await,
    ];
    gate.full(false);
    for case in &cases {
        assert!(!case.answer.header("retry-after").is_empty(), "{}", case.what);
    }
    assert_eq!(world.get(&world.admin, "/services/shop").await.bytes, before);
    assert_eq!(world.get(&world.admin, "/audit-events?order=newest-first").await.bytes, events);
    cases
}
