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
const FOR_EVERYBODY: [&str; 6] =
    ["getMe", "getMyPermissions", "getMyApprovals", "getSession", "openSession", "closeSession"];

#[tokio::test]
async fn every_change_leaves_an_audit_event() {
    let mut site = Site::open().await;
    story::tell(&mut site).await;
    let changing =
        described().into_iter().filter(|operation| operation.method != "GET" && operation.scheme.is_some());
    let changing: BTreeSet<_> = changing.map(|operation| operation.id).collect();
    assert_eq!(site.performed, changing, "the story performs every operation that changes something");

    every_refusal_is_recorded(&site).await;
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

/// Each operation on what the story has taken away.
async fn what_is_gone_is_not_found(site: &Site) {
    let mut asked = 0;
    for (pattern, gone) in &site.gone {
        for operation in described().iter().filter(|operation| operation.path.starts_with(pattern)) {
            let path =
                operation.path.replacen(pattern, gone, 1).replace("{delivery}", &site.ids["deliveries"]);
            let answer = site.send(&site.admin, operation, &path).await;
            let refused = answer.status == StatusCode::NOT_FOUND
                || (operation.method == "PUT" && answer.status == StatusCode::PRECONDITION_FAILED);
            assert!(refused, "{operation:?} {path}: {answer:?}");
            asked += 1;
        }
    }
    assert!(asked >= 15, "{asked} operations");
}

/// A body that the operation takes.
fn body(operation: &Described) -> Option<Value> {
    draft(&operation.method.parse().unwrap(), &operation.path)
}
