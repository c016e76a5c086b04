//! Who may what, what another tenant's things look like, and what no answer ever tells.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::authentication::concrete;
use crate::openapi::scheme;
use crate::support::{World, draft, reasoned, release_draft, run_draft};

/// Every route behind the authenticator, with a request that it would take.
fn requests() -> impl Iterator<Item = (Method, String, String, Option<Value>)> {
    cicd_http::routes()
        .into_iter()
        .filter(|(method, pattern)| scheme(method, pattern).as_deref() == Some("token"))
        .map(|(method, pattern)| {
            let path = reasoned(method.as_str(), &concrete(&pattern).replace(cicd_http::API, ""));
            let body = draft(&method, &pattern);
            (method, pattern, path, body)
        })
}

async fn send(
    world: &World,
    token: &str,
    method: &Method,
    path: &str,
    body: Option<&Value>,
) -> crate::support::Answer {
    let mut request = world.call(token, method.as_str(), path);
    match *method {
        Method::PUT => request = request.header("if-none-match", "*"),
        Method::DELETE => request = request.header("if-match", "\"1\""),
        _ => {}
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    request.send().await
}

#[tokio::test]
async fn somebody_without_a_role_changes_and_reads_nothing() {
    let world = World::still().await.with_shop().await;
    // The token is limited to a role that allows nothing here.
    let nobody = world.person("nobody", &["stranger"]).await;
    let before = world.get(&world.admin, "/audit-events?limit=200").await.bytes;
    // Who has a token may open a session with it; that and its end are in `session`.
    for (method, pattern, path, body) in requests().filter(|(_, pattern, ..)| !pattern.ends_with("/session"))
    {
        let shop = path.replace("/services/nothing", "/services/shop").replace("/nothing", "/shop-staging");
        let body = body
            .map(|body| serde_json::from_str(&body.to_string().replace("nothing", "shop-staging")).unwrap());
        let answer = send(&world, &nobody, &method, &shop, body.as_ref()).await;
        if pattern.ends_with("/me") || pattern.ends_with("/role-rights") || pattern.contains("/me/") {
            assert_eq!(answer.status, StatusCode::OK, "everybody may ask for themselves: {answer:?}");
            continue;
        }
        let hidden = answer.status == StatusCode::NOT_FOUND;
        let denied = answer.status == StatusCode::FORBIDDEN && answer.problem() == "denied";
        assert!(hidden || denied, "{method} {pattern}: {answer:?}");
        assert!(
            denied || pattern.contains("{id}") || pattern.contains("{grant}") || pattern.contains("-config"),
            "{method} {pattern}: {answer:?}"
        );
    }
    assert_eq!(world.get(&world.admin, "/audit-events?limit=200").await.bytes, before, "nothing changed");
    let denials = world.get(&world.admin, "/audit-events?chain=security&limit=200").await;
    assert!(denials.body["items"].as_array().unwrap().len() > 10, "{denials:?}");
}

#[tokio::test]
async fn another_tenants_things_are_not_there() {
    let world = World::working().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let rhea = world.person("rhea", &["release-manager"]).await;
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    let done = |body: &Value| body["status"] == "succeeded";
    let digest = world.until(&ada, &format!("/ci-runs/{run}"), done).await["artifact"]["digest"].clone();
    let release = world.post(&ada, "/releases", release_draft("shop-production", &run)).await.text("/id");
    let lock =
        json!({ "deployment": "shop-staging", "reason": "mine", "expires_at": "2026-02-01T00:00:00Z" });
    let lock = world.post(&rhea, "/locks", lock).await.text("/id");
    let token = world
        .post(&world.admin, "/tokens", json!({ "principal": "ada", "roles": ["viewer"] }))
        .await
        .text("/id");
    // The other tenant's admin holds every role there.
    let roles = ["admin", "developer", "approver", "release-manager", "auditor"];
    let draft = json!({ "principal": "root", "roles": roles });
    let stranger = world.post(&world.stranger, "/tokens", draft).await.text("/token");

    let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (method, pattern, path, body) in requests() {
        // These are about the caller's own tenant, where everybody may register what they like.
        let registers = method == Method::PUT
            && ["/api/v1/services/{service}", "/api/v1/deployments/{deployment}"].contains(&pattern.as_str());
        let own = [
            "/tokens",
            "/session",
            "/freezes",
            "/policies/{tier}",
            "/roles",
            "/principals/{principal}/permissions",
            "/audit-events/{seq}",
        ];
        if registers || own.contains(&pattern.trim_start_matches(cicd_http::API)) {
            continue;
        }
        let (id, blob) = match pattern.as_str() {
            pattern if pattern.contains("/ci-runs/") => (&run, digest.as_str().unwrap()),
            pattern if pattern.contains("/locks/") => (&lock, digest.as_str().unwrap()),
            pattern if pattern.contains("/tokens/") => (&token, digest.as_str().unwrap()),
            _ => (&release, digest.as_str().unwrap()),
        };
        let theirs = path
            .replace("/services/nothing", "/services/shop")
            .replace("/nothing", "/shop-staging")
            .replace(unknown, id)
            .replace(&format!("sha256:{}", "a".repeat(64)), blob);
        let hides = |text: &str| {
            text.replace(id, "")
                .replace(unknown, "")
                .replace("shop-staging", "")
                .replace("shop", "")
                .replace("nothing", "")
                .replace(blob, "")
                .replace(&format!("sha256:{}", "a".repeat(64)), "")
        };
        let answer = send(&world, &stranger, &method, &theirs, body.as_ref()).await;
        let absent = send(&world, &stranger, &method, &path, body.as_ref()).await;
        assert_eq!(answer.status, absent.status, "{method} {pattern}: {answer:?} {absent:?}");
        let text = |answer: &crate::support::Answer| answer.body["detail"].as_str().map(hides);
        assert_eq!(text(&answer), text(&absent), "{method} {pattern}");
        let is_list = method == Method::GET && !pattern.contains('{');
        assert!(is_list || !answer.status.is_success(), "{method} {pattern}: {answer:?}");
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("Web shop"), "{method} {pattern}");
    }
    assert_eq!(world.get(&ada, "/services/shop").await.text("/name"), "Web shop");
}

#[tokio::test]
async fn no_answer_tells_a_secret() {
    let world = World::working().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let ben = world.person("ben", &["approver"]).await;
    let cleo = world.person("cleo", &["approver"]).await;
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    world.until(&ada, &format!("/ci-runs/{run}"), |body| body["status"] == "succeeded").await;
    let asked = world.post(&ada, "/releases", release_draft("shop-production", &run)).await;
    let (release, content) = (asked.text("/id"), asked.text("/content_digest"));
    for voter in [&ben, &cleo] {
        let vote =
            world.post(voter, &format!("/releases/{release}/approve"), json!({ "content": content })).await;
        assert_eq!(vote.status, StatusCode::OK, "{vote:?}");
    }
    let path = format!("/releases/{release}");
    world.until(&ada, &path, |body| body["state"]["phase"]["phase"] == "waiting").await;

    let hash = |token: &str| cicd_core::digest::Digest::of(token.as_bytes()).hex();
    let secrets = [&world.admin, &ada, &ben, &cleo].map(|token| [token.clone(), hash(token)]).concat();
    for (method, pattern, path, _) in requests().filter(|(method, ..)| *method == Method::GET) {
        let path = path
            .replace("/services/nothing", "/services/shop")
            .replace("/nothing", "/shop-production")
            .replace(
                "01890a5d-ac96-774b-bcce-b302099a8057",
                if pattern.contains("/ci-runs/") { &run } else { &release },
            );
        let answer = send(&world, &world.admin, &method, &path, None).await;
        let text = String::from_utf8_lossy(&answer.bytes);
        assert!(
            secrets.iter().all(|secret| !text.contains(secret.as_str())),
            "{pattern} tells a token or its hash"
        );
        let audit = pattern.contains("/audit-events");
        assert!(audit || !text.contains("report_token"), "{pattern} tells the hash of an attempt's token");
    }
    let listed = world.get(&world.admin, "/tokens").await;
    assert!(listed.body["items"].as_array().unwrap().iter().all(|token| token.get("hash").is_none()));
}
