//! The rules that a page gets are those that the server has: drafts are refused alike, and what a page offers is done.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, World, release_draft, run_draft};

/// What the page's function of this name answers.
fn ask(function: &str, arguments: &Value) -> Value {
    let answer = cicd_wasm::call(function, &arguments.to_string()).expect("a function");
    let mut answer: Value = serde_json::from_str(&answer).unwrap();
    assert!(answer.get("problem").is_none(), "{function} {arguments}: {answer}");
    answer["answer"].take()
}

/// The drafts of the golden cases of a function, those that are objects.
fn drafts(function: &str) -> Vec<Value> {
    let path = format!("{}/../tests/golden/{function}.json", env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut drafts: Vec<_> = cases.iter().map(|case| case["arguments"]["draft"].clone()).collect();
    drafts.retain(Value::is_object);
    drafts
}

/// Holds what the server says of a draft against what the page says; whether both take it.
fn alike(draft: &Value, page: &Value, server: &Answer) -> bool {
    if page["valid"] == true {
        return true;
    }
    assert_eq!((server.status, server.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{draft}");
    assert_eq!(server.body["violations"], page["violations"], "{draft}");
    false
}

async fn tried(world: &World, method: &str, path: &str, draft: &Value) -> Answer {
    let path = format!("{path}?dry_run=true");
    let request = world.call(&world.admin, method, &path);
    let request = if method == "PUT" { request.header("if-match", "\"1\"") } else { request };
    request.json(draft).send().await
}

#[tokio::test]
async fn ci_configs_are_judged_alike() {
    let world = World::still().await.with_shop().await;
    let mut taken = 0;
    for mut draft in drafts("validateCiConfig") {
        if draft["executor"] == "command" {
            draft["executor"] = json!("test");
        }
        let server = tried(&world, "PUT", "/services/shop/ci-config", &draft).await;
        if alike(&draft, &ask("validateCiConfig", &json!({ "draft": draft })), &server) {
            assert_eq!(server.status, StatusCode::OK, "{draft}: {server:?}");
            taken += 1;
        }
    }
    assert!(taken > 2);
}

#[tokio::test]
async fn cd_configs_are_judged_alike_where_the_page_knows_deployment_and_floor() {
    let world = World::still().await.with_shop().await;
    let mut taken = 0;
    for tier in ["staging", "production"] {
        let deployment = world.get(&world.admin, &format!("/deployments/shop-{tier}")).await.body;
        let floor = world.get(&world.admin, &format!("/policies/{tier}")).await.body;
        for draft in drafts("validateCdConfig") {
            let server = tried(&world, "PUT", &format!("/deployments/shop-{tier}/cd-config"), &draft).await;
            let page = ask(
                "validateCdConfig",
                &json!({
                    "draft": draft,
                    "capabilities": deployment["capabilities"],
                    "minimum_votes": floor["minimum_votes"],
                }),
            );
            if alike(&draft, &page, &server) {
                assert_eq!(server.status, StatusCode::OK, "{draft}: {server:?}");
                taken += 1;
            }
        }
    }
    assert!(taken > 5);
}

#[tokio::test]
async fn requests_for_releases_are_judged_alike() {
    let world = World::still().await.with_shop().await;
    let drafts = drafts("validateReleaseRequest");
    let mut taken = 0;
    for draft in &drafts {
        let server = tried(&world, "POST", "/releases", draft).await;
        taken += i32::from(alike(draft, &ask("validateReleaseRequest", &json!({ "draft": draft })), &server));
    }
    assert!(taken > 2 && drafts.len() > 10);
}

/// A body that the command takes.
fn body(command: &str, release: &Value) -> Value {
    match command {
        "approve" | "reject" => json!({ "content": release["content_digest"], "comment": "so be it" }),
        "rollback" => json!({ "reason": "too red" }),
        _ => json!({}),
    }
}

/// Asks the server for everything that a page may offer `token`; how many of the offers are open.
async fn offered(world: &World, token: &str, release: &str) -> usize {
    let shown = world.get(token, &format!("/releases/{release}")).await.body;
    let rights = format!("/me/permissions?deployment={}", shown["content"]["deployment"].as_str().unwrap());
    let permissions = world.get(token, &rights).await.body;
    let offers = ask("allowedCommands", &json!({ "release": shown, "permissions": permissions }));
    for offer in offers.as_array().unwrap() {
        let command = offer["command"].as_str().unwrap();
        let path = format!("/releases/{release}/{command}?dry_run=true");
        let server = world.post(token, &path, body(command, &shown)).await;
        let about = format!("{} {offer} {server:?}", shown["state"]);
        if offer["allowed"] == true {
            assert!(server.status.is_success(), "{about}");
        } else if command == "approve" && server.status.is_success() {
            // Who voted already hears that the vote is recorded; a page offers nothing that changes nothing any more.
            assert_eq!(server.body["votes"], shown["votes"], "{about}");
        } else if offer["code"] == "not_retryable" {
            assert_eq!(server.body["violations"][0]["code"], "not_retryable", "{about}");
        } else {
            assert_eq!(server.problem(), offer["code"].as_str().unwrap().replace('_', "-"), "{about}");
        }
    }
    offers.as_array().unwrap().iter().filter(|offer| offer["allowed"] == true).count()
}

#[tokio::test]
async fn what_a_page_offers_is_what_the_server_does() {
    let world = World::working().await.with_shop().await;
    let ada = world.person("ada", &["developer", "approver"]).await;
    let ben = world.person("ben", &["approver"]).await;
    let rhea = world.person("rhea", &["release-manager", "approver"]).await;
    let everybody = [&ada, &ben, &rhea];
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    world.until(&ada, &format!("/ci-runs/{run}"), |body| body["status"] == "succeeded").await;
    let asked = world.post(&ada, "/releases", release_draft("shop-production", &run)).await;
    let (release, content) = (asked.text("/id"), asked.text("/content_digest"));
    let path = format!("/releases/{release}");
    let mut open = Vec::new();
    for voter in [None, Some(&ben), Some(&rhea)] {
        if let Some(voter) = voter {
            let vote = world.post(voter, &format!("{path}/approve"), json!({ "content": content })).await;
            assert_eq!(vote.status, StatusCode::OK, "{vote:?}");
        }
        if voter == Some(&rhea) {
            world.until(&ada, &path, |body| body["state"]["phase"]["phase"] == "waiting").await;
        }
        for who in everybody {
            open.push(offered(&world, who, &release).await);
        }
    }
    let promoted = world.post(&rhea, &format!("{path}/promote"), json!({})).await;
    assert_eq!(promoted.status, StatusCode::OK, "{promoted:?}");
    world.until(&ada, &path, |body| body["state"]["status"] == "succeeded").await;
    for who in everybody {
        open.push(offered(&world, who, &release).await);
    }
    // Each row one state: pending, one vote, waiting, succeeded; each column Ada, Ben, Rhea.
    assert_eq!(open, [1, 2, 3, 1, 2, 3, 0, 0, 4, 1, 0, 1]);
}

#[tokio::test]
async fn a_page_tells_and_verifies_what_the_server_recorded() {
    let world = World::working().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    world.until(&ada, &format!("/ci-runs/{run}"), |body| body["status"] == "succeeded").await;
    let release = world.post(&ada, "/releases", release_draft("shop-staging", &run)).await.text("/id");
    let path = format!("/releases/{release}");
    world.until(&ada, &path, |body| body["state"]["status"] == "succeeded").await;

    let told = world.get(&ada, "/services/shop/timeline?limit=200").await.body["items"].take();
    let listed = world.get(&world.admin, "/audit-events?limit=200").await.body["items"].take();
    let page = ask("foldTimeline", &json!({ "events": listed }));
    let told = told.as_array().unwrap();
    assert!(told.len() > 10, "{told:?}");
    for entry in told {
        assert!(page.as_array().unwrap().contains(entry), "{entry}: {page}");
    }

    let exported = world.get(&world.admin, "/audit-events/export?chain=ledger").await.bytes;
    let exported = String::from_utf8(exported).unwrap();
    assert_eq!(
        ask("foldTimeline", &json!({ "export": exported })).as_array().unwrap().len(),
        exported.lines().count()
    );
    let whole = ask("verifyAuditChain", &json!({ "export": exported }));
    assert_eq!(whole["sound"], true, "{whole}");
    let altered = ask("verifyAuditChain", &json!({ "export": exported.replacen("ada", "eve", 1) }));
    assert_eq!(altered["sound"], false, "{altered}");
    let cut: String = exported.lines().take(5).map(|line| format!("{line}\n")).collect();
    let head = &whole["chains"][0]["head"];
    let kept = json!([{ "tenant": "default", "chain": "ledger", "seq": head["seq"], "hash": head["hash"] }]);
    let cut = ask("verifyAuditChain", &json!({ "export": cut, "kept": kept }));
    assert_eq!(cut["chains"][0]["error"]["kind"], "cut", "{cut}");
}
