//! Every operation that changes something, once, in an order in which each one succeeds.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use cicd_core::testing::sender::hub_signature;
use serde_json::{Value, json};

use super::site::Site;
use crate::support::{SECRET, World, release_draft, run_draft, shop, source_draft};

pub(super) async fn tell(site: &mut Site) {
    configs(site).await;
    governance(site).await;
    people(site).await;
    sessions(site).await;
    runs(site).await;
    let world = std::mem::replace(&mut site.world, World::still().await);
    site.world = world.worked();
    sources(site).await;
    staging(site).await;
    votes(site).await;
    rollout(site).await;
}

fn body_of(path: &str) -> Option<Value> {
    shop().into_iter().find(|(known, _)| *known == path).map(|(_, body)| body)
}

async fn configs(site: &mut Site) {
    site.act("putService", "/services/cart", body_of("/services/shop")).await;
    site.act("putCiConfig", "/services/cart/ci-config", body_of("/services/shop/ci-config")).await;
    site.act("deleteCiConfig", "/services/cart/ci-config", None).await;
    let mut deployment = body_of("/deployments/shop-staging").unwrap();
    deployment["service"] = json!("cart");
    site.act("putDeployment", "/deployments/cart-staging", Some(deployment)).await;
    let path = "/deployments/cart-staging/cd-config";
    site.act("putCdConfig", path, body_of("/deployments/shop-staging/cd-config")).await;
    site.act("deleteCdConfig", path, None).await;
    site.gone.push(("/api/v1/services/{service}/ci-config", "/api/v1/services/cart/ci-config".to_owned()));
    site.gone.push(("/api/v1/deployments/{deployment}/cd-config", format!("/api/v1{path}")));
}

async fn governance(site: &mut Site) {
    let freeze = json!({
        "scope": { "kind": "deployment", "deployment": "cart-staging" }, "reason": "rest",
        "from": "2030-01-01T00:00:00Z", "until": "2030-01-02T00:00:00Z",
    });
    let id = site.act("addFreeze", "/freezes", Some(freeze.clone())).await.text("/id");
    site.act("liftFreeze", &format!("/freezes/{id}"), None).await;
    site.gone.push(("/api/v1/freezes/{id}", format!("/api/v1/freezes/{id}")));
    let kept = site.world.post(&site.admin, "/freezes", freeze).await.text("/id");
    site.ids.insert("freezes", kept);

    let lock =
        json!({ "deployment": "cart-staging", "reason": "mine", "expires_at": "2030-01-01T00:00:00Z" });
    let id = site.act("takeLock", "/locks", Some(lock.clone())).await.text("/id");
    site.act("liftLock", &format!("/locks/{id}"), None).await;
    site.gone.push(("/api/v1/locks/{id}", format!("/api/v1/locks/{id}")));
    let kept = site.world.post(&site.admin, "/locks", lock).await.text("/id");
    site.ids.insert("locks", kept);

    site.act("putPolicy", "/policies/development", Some(json!({ "minimum_votes": 1 }))).await;
}

async fn people(site: &mut Site) {
    let token = json!({ "principal": "eve", "roles": ["viewer"] });
    let id = site.act("createToken", "/tokens", Some(token)).await.text("/id");
    site.act("revokeToken", &format!("/tokens/{id}"), None).await;
    site.ids.insert("tokens", id);
    let grant = json!({ "principal": "eve", "role": "developer", "scope": { "tier": "staging" } });
    let made = site.act("grantRole", "/roles", Some(grant)).await;
    let path = made.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    site.act("revokeGrant", &path, None).await;
    site.gone.push(("/api/v1/roles/{grant}", format!("/api/v1{path}")));
}

async fn sessions(site: &mut Site) {
    let opened = site.act("openSession", "/session", Some(json!({}))).await;
    let cookie = opened.header("set-cookie").split(';').next().unwrap().to_owned();
    let request = site.world.anonymous("DELETE", "/api/v1/session").header("cookie", &cookie);
    let request = request.header("sec-fetch-site", "same-origin").header("x-request-id", "closeSession");
    let closed = request.header("if-match", opened.header("etag")).send().await;
    assert_eq!(closed.status, StatusCode::NO_CONTENT, "{closed:?}");
    site.recorded("closeSession", |event| event["request_id"] == "closeSession").await;
    site.performed.insert("closeSession".to_owned());
}

async fn runs(site: &mut Site) {
    let path = "/services/shop/ci-runs";
    let id = site.act("triggerCiRun", path, Some(run_draft())).await.text("/id");
    site.act("cancelCiRun", &format!("/ci-runs/{id}/cancel"), Some(json!({}))).await;
}

async fn sources(site: &mut Site) {
    let mut config = site.world.get(&site.admin, "/services/shop/ci-config").await.body["spec"].clone();
    config["trigger_mode"] = json!("both");
    site.act("putCiConfig", "/services/shop/ci-config", Some(config)).await;
    let made = site.act("createSource", "/sources", Some(source_draft())).await;
    let path = made.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    let draft =
        json!({ "name": "Hub", "service": "shop", "provider": "github", "secrets": [{ "secret": "hook" }] });
    site.act("putSource", &path, Some(draft)).await;
    let delivery = delivered(site, &made.text("/hook")).await;
    site.act("redeliver", &format!("{path}/deliveries/{delivery}/redeliver"), Some(json!({}))).await;
    site.ids.insert("deliveries", delivery);
    site.act("deleteSource", &path, None).await;
    site.gone.push(("/api/v1/sources/{id}", format!("/api/v1{path}")));

    let kept = site.world.post(&site.admin, "/sources", source_draft()).await;
    site.ids.insert("sources", kept.text("/id"));
    let delivery = delivered(site, &kept.text("/hook")).await;
    site.ids.insert("deliveries", delivery);
}

/// A push, signed by the source's secret.
async fn delivered(site: &mut Site, hook: &str) -> String {
    let commit = "b".repeat(40);
    let body = json!({
        "ref": "refs/heads/main", "after": commit, "repository": { "clone_url": "https://example.com/shop.git" },
        "head_commit": { "id": commit, "url": "https://example.com/c", "author": { "name": "Grace" } },
    });
    let body = body.to_string();
    let request = site.world.anonymous("POST", hook).header("content-type", "application/json");
    let request = request.header("x-github-event", "push").header("x-github-delivery", hook);
    let signature = hub_signature(SECRET, body.as_bytes());
    let answer = request.header("x-hub-signature-256", &signature).body(body).send().await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    site.recorded("deliver", |event| event["actor"]["kind"] == "source").await;
    site.performed.insert("deliver".to_owned());
    answer.text("/delivery")
}

/// The id of a run of `commit` that has built something.
async fn built(site: &mut Site, commit: char) -> String {
    let draft = json!({ "commit": commit.to_string().repeat(40) });
    let id = site.world.post(&site.admin, "/services/shop/ci-runs", draft).await.text("/id");
    let path = format!("/ci-runs/{id}");
    let run = site.world.until(&site.admin, &path, |body| body["status"] == "succeeded").await;
    site.ids.insert("blobs", run["artifact"]["digest"].as_str().unwrap().to_owned());
    site.ids.insert("ci-runs", id.clone());
    id
}

async fn until(site: &Site, release: &str, status: &'static str) {
    let is = |body: &Value| body["state"]["status"] == status || body["state"]["phase"]["phase"] == status;
    site.world.until(&site.admin, &format!("/releases/{release}"), is).await;
}

/// Releases without votes: there, back without success, and the hold that this leaves.
async fn staging(site: &mut Site) {
    let mut latest = String::new();
    for commit in ['c', 'd'] {
        let run = built(site, commit).await;
        let draft = release_draft("shop-staging", &run);
        latest = site.act("createRelease", "/releases", Some(draft)).await.text("/id");
        until(site, &latest, "succeeded").await;
    }
    site.world.deploy.failing.store(true, Ordering::SeqCst);
    let path = format!("/releases/{latest}/rollback");
    let rollback = site.act("rollbackRelease", &path, Some(json!({ "reason": "too red" }))).await.text("/id");
    until(site, &rollback, "failed").await;
    site.world.deploy.failing.store(false, Ordering::SeqCst);
    let held = |body: &Value| body["hold"].is_object();
    site.world.until(&site.admin, "/deployments/shop-staging", held).await;
    site.act("liftHold", "/deployments/shop-staging/hold", None).await;
}

async fn asked(site: &mut Site) -> (String, Value) {
    let run = site.ids["ci-runs"].clone();
    let draft = release_draft("shop-production", &run);
    let made = site.world.post(&site.admin, "/releases", draft).await;
    (made.text("/id"), json!({ "content": made.text("/content_digest"), "comment": "as seen" }))
}

async fn votes(site: &mut Site) {
    let (release, _) = asked(site).await;
    site.act("cancelRelease", &format!("/releases/{release}/cancel"), Some(json!({}))).await;
    let (release, vote) = asked(site).await;
    let ben = site.ben.clone();
    site.act_as(&ben, "rejectRelease", &format!("/releases/{release}/reject"), Some(vote)).await;
    let retried =
        site.act("retryRelease", &format!("/releases/{release}/retry"), Some(json!({}))).await.text("/id");
    site.world.post(&site.admin, &format!("/releases/{retried}/cancel"), json!({})).await;
}

/// A release to production with both its votes.
async fn approved(site: &mut Site) -> String {
    let (release, vote) = asked(site).await;
    let (ben, cleo, path) = (site.ben.clone(), site.cleo.clone(), format!("/releases/{release}/approve"));
    site.act_as(&ben, "approveRelease", &path, Some(vote.clone())).await;
    site.act_as(&cleo, "approveRelease", &path, Some(vote)).await;
    release
}

async fn rollout(site: &mut Site) {
    site.world.deploy.held.store(true, Ordering::SeqCst);
    site.world.deploy.attempts.lock().unwrap().clear();
    let release = approved(site).await;
    until(site, &release, "running").await;
    while site.world.deploy.attempts.lock().unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    reported(site).await;
    site.act("pauseRelease", &format!("/releases/{release}/pause"), Some(json!({}))).await;
    site.world.deploy.held.store(false, Ordering::SeqCst);
    until(site, &release, "waiting").await;
    site.act("resumeRelease", &format!("/releases/{release}/resume"), Some(json!({}))).await;
    until(site, &release, "waiting").await;
    site.act("promoteRelease", &format!("/releases/{release}/promote"), Some(json!({}))).await;
    until(site, &release, "succeeded").await;

    let release = approved(site).await;
    until(site, &release, "waiting").await;
    site.act("abortRelease", &format!("/releases/{release}/abort"), Some(json!({ "reason": "late" }))).await;
    site.ids.insert("releases", release);
}

/// A sign of life of the attempt under way.
async fn reported(site: &mut Site) {
    let (attempt, token) = site.world.deploy.attempts.lock().unwrap()[0].clone();
    let request = site.world.anonymous("POST", &format!("/api/v1/attempts/{attempt}/report"));
    let request = request.header("authorization", &format!("Bearer {token}"));
    let answer = request.json(&json!({ "number": 1 })).send().await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    site.recorded("reportAttempt", |event| event["actor"]["kind"] == "attempt").await;
    site.performed.insert("reportAttempt".to_owned());
}
