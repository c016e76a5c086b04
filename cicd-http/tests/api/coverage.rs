//! Every operation of the document: what it leaves in the audit, whom it refuses, and what of it is left once its object is
//! gone. An operation that the story does not perform fails the test.

mod site;
mod story;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::openapi::{Described, described};
use crate::support::draft;
use site::Site;

/// What everybody may ask, whatever their roles.
const FOR_EVERYBODY: [&str; 7] = [
    "getMe",
    "getMyPermissions",
    "getMyApprovals",
    "getRoleRights",
    "getSession",
    "openSession",
    "closeSession",
];

/// What every tenant has.
const OF_EACH_TENANT: [&str; 3] =
    ["/api/v1/policies/{tier}", "/api/v1/principals/{principal}", "/api/v1/audit-events/{seq}"];

/// What a PUT registers where it is not there.
const REGISTERED: [&str; 2] = ["/api/v1/services/{service}", "/api/v1/deployments/{deployment}"];

/// What nobody can delete. A revoked token stays in the list.
const NEVER_GONE: [&str; 9] = [
    "/api/v1/services/{service}",
    "/api/v1/deployments/{deployment}",
    "/api/v1/releases/{id}",
    "/api/v1/ci-runs/{id}",
    "/api/v1/tokens/{id}",
    "/api/v1/blobs/{digest}",
    OF_EACH_TENANT[0],
    OF_EACH_TENANT[1],
    OF_EACH_TENANT[2],
];

#[tokio::test]
async fn every_change_leaves_an_audit_event() {
    let mut site = Site::open().await;
    story::tell(&mut site).await;
    let changing =
        described().into_iter().filter(|operation| operation.method != "GET" && operation.scheme.is_some());
    let changing: BTreeSet<_> = changing.map(|operation| operation.id).collect();
    assert_eq!(site.performed, changing, "the story performs every operation that changes something");

    every_refusal_is_recorded(&site).await;
    another_tenant_finds_nothing(&site).await;
    what_is_gone_is_not_found(&site).await;
}

/// Each operation, asked for by somebody of its own who holds no role.
async fn every_refusal_is_recorded(site: &Site) {
    for operation in described().iter().filter(|operation| operation.scheme.as_deref() == Some("token")) {
        let principal = format!("nobody/{}", operation.id);
        let token = site.world.person(&principal, &["stranger"]).await;
        let answer = site.send(&token, operation, &site.path(operation)).await;
        if FOR_EVERYBODY.contains(&operation.id.as_str()) {
            assert_ne!(answer.status, StatusCode::FORBIDDEN, "{operation:?}: {answer:?}");
            continue;
        }
        assert_eq!(
            (answer.status, answer.problem()),
            (StatusCode::FORBIDDEN, "denied"),
            "{operation:?}: {answer:?}"
        );
        let denials =
            site.world.get(&site.admin, "/audit-events?chain=security&order=newest-first&limit=5").await;
        let recorded = denials.body["items"].as_array().unwrap().iter().any(|event| {
            event["actor"]["id"] == principal.as_str() && event["data"]["action"] == answer.body["action"]
        });
        assert!(recorded, "{operation:?} is refused without a trace: {denials:?}");
        again_is_counted(site, operation, &token, &principal).await;
    }
}

/// The same once more within the minute is no event of its own, but a number in the next one.
async fn again_is_counted(site: &Site, operation: &Described, token: &str, principal: &str) {
    let before = site.denials(principal).await.len();
    site.send(token, operation, &site.path(operation)).await;
    assert_eq!(site.denials(principal).await.len(), before, "{operation:?}");
    site.world.clock.advance_seconds(61);
    site.send(token, operation, &site.path(operation)).await;
    let denials = site.denials(principal).await;
    let counted = denials.iter().any(|event| event["data"]["suppressed_before"] == json!(1));
    assert!(counted, "{operation:?}: {denials:?}");
}

/// Each operation on what is there, asked for by somebody who holds every role in another tenant.
async fn another_tenant_finds_nothing(site: &Site) {
    let roles = ["admin", "developer", "approver", "release-manager", "auditor"];
    let draft = json!({ "principal": "root", "roles": roles });
    let stranger = site.world.post(&site.world.stranger, "/tokens", draft).await.text("/token");
    for operation in described() {
        let registers = operation.method == "PUT" && REGISTERED.contains(&operation.path.as_str());
        let is_of_each = OF_EACH_TENANT.iter().any(|path| operation.path.starts_with(path));
        let asks_by_token = operation.scheme.as_deref() == Some("token");
        if !asks_by_token || !operation.path.contains('{') || registers || is_of_each {
            continue;
        }
        let path = site.path(&operation);
        let hidden = site.send(&stranger, &operation, &path).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{operation:?} {path}: {hidden:?}");
        if operation.method == "GET" {
            let own = site.send(&site.admin, &operation, &path).await;
            assert_eq!(own.status, StatusCode::OK, "{operation:?} {path}: {own:?}");
        }
    }
}

/// Each operation on what the story has taken away.
async fn what_is_gone_is_not_found(site: &Site) {
    let asks_by_token = |operation: &&Described| operation.scheme.as_deref() == Some("token");
    let described = described();
    for operation in described.iter().filter(asks_by_token).filter(|one| one.path.contains('{')) {
        let taken_away = site.gone.iter().filter(|(pattern, _)| operation.path.starts_with(pattern));
        let mut asked = 0;
        for (pattern, gone) in taken_away {
            let path =
                operation.path.replacen(pattern, gone, 1).replace("{delivery}", &site.ids["deliveries"]);
            let answer = site.send(&site.admin, operation, &path).await;
            let refused = answer.status == StatusCode::NOT_FOUND
                || (operation.method == "PUT" && answer.status == StatusCode::PRECONDITION_FAILED);
            assert!(refused, "{operation:?} {path}: {answer:?}");
            asked += 1;
        }
        let stays = NEVER_GONE.iter().any(|path| operation.path.starts_with(path));
        assert!(asked > 0 || stays, "the story takes nothing away that {operation:?} is about");
    }
}

/// A body that the operation takes.
fn body(operation: &Described) -> Option<Value> {
    draft(&operation.method.parse().unwrap(), &operation.path)
}
