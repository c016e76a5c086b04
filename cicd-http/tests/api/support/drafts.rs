//! Bodies that the routes take.

use axum::http::Method;
use serde_json::{Value, json};

/// What [`World::with_shop`] creates.
pub(crate) fn shop() -> Vec<(&'static str, Value)> {
    let deployment = |tier: &str| json!({ "service": "shop", "environment": tier, "tier": tier, "executor": "test", "target": {} });
    vec![
        ("/services/shop", json!({ "name": "Web shop" })),
        (
            "/services/shop/ci-config",
            json!({
                "repository": "https://example.com/shop.git",
                "steps": [{ "name": "build", "argv": ["make"], "timeout_seconds": 60 }],
                "artifact": { "name": "shop", "path": "out/shop" },
                "trigger_mode": "manual",
                "executor": "test",
            }),
        ),
        ("/deployments/shop-staging", deployment("staging")),
        (
            "/deployments/shop-staging/cd-config",
            json!({ "strategy": { "type": "rolling", "max_surge": 1, "max_unavailable": 0 } }),
        ),
        ("/deployments/shop-production", deployment("production")),
        (
            "/deployments/shop-production/cd-config",
            json!({
                "strategy": {
                    "type": "canary",
                    "steps": [{ "weight": 20, "pause": "manual" }, { "weight": 60, "pause": "manual" }],
                    "on_failure": "undo",
                },
                "approval": { "requirements": [{ "role": "approver", "count": 2 }] },
            }),
        ),
    ]
}

/// What triggers a run of `shop`.
pub(crate) fn run_draft() -> Value {
    json!({ "commit": "0123456789abcdef0123456789abcdef01234567", "git_ref": { "type": "branch", "name": "main" } })
}

/// What asks for a release of `run` to `deployment`.
pub(crate) fn release_draft(deployment: &str, run: &str) -> Value {
    json!({ "deployment": deployment, "artifact": { "ci_run": run }, "version": "1.0.0", "reason": "ship it" })
}

/// What sets up a source of `shop` that signs as GitHub does.
pub(crate) fn source_draft() -> Value {
    json!({ "name": "GitHub", "service": "shop", "provider": "github", "secrets": [{ "secret": "hook" }] })
}

/// `path` with the reason that its operation asks for, where it asks for one.
pub(crate) fn reasoned(method: &str, path: &str) -> String {
    let (place, divided_by) = path.split_once('?').map_or((path, '?'), |(place, _)| (place, '&'));
    let lifts = place.ends_with("/hold") || place.contains("/freezes/") || place.contains("/locks/");
    if method == "DELETE" && lifts { format!("{path}{divided_by}reason=seen") } else { path.to_owned() }
}

/// A body that the route takes.
pub(crate) fn draft(method: &Method, pattern: &str) -> Option<Value> {
    if *method != Method::POST && *method != Method::PUT {
        return None;
    }
    let until = "2026-03-01T00:00:00Z";
    let run = "01890a5d-ac96-774b-bcce-b302099a8057";
    let vote = json!({ "content": format!("sha256:{}", "a".repeat(64)), "comment": "no" });
    let shop = |path: &str| {
        let found = shop().into_iter().find(|(known, _)| *known == path);
        found.unwrap_or_else(|| panic!("no body for {path}")).1
    };
    Some(match pattern.strip_prefix(cicd_http::API).unwrap() {
        "/services/{service}" => shop("/services/shop"),
        "/services/{service}/ci-config" => shop("/services/shop/ci-config"),
        "/services/{service}/ci-runs" => run_draft(),
        "/deployments/{deployment}" => shop("/deployments/shop-staging"),
        "/deployments/{deployment}/cd-config" => shop("/deployments/shop-production/cd-config"),
        "/releases" => release_draft("nothing", run),
        "/releases/{id}/approve" | "/releases/{id}/reject" => vote,
        "/releases/{id}/rollback" => json!({ "reason": "too red" }),
        "/freezes" => {
            json!({ "scope": { "kind": "tenant" }, "from": until, "until": "2026-03-02T00:00:00Z", "reason": "rest" })
        }
        "/locks" => json!({ "deployment": "nothing", "reason": "mine", "expires_at": until }),
        "/policies/{tier}" => json!({ "minimum_votes": 1 }),
        "/sources" | "/sources/{id}" => source_draft(),
        "/tokens" => json!({ "principal": "eve", "roles": ["admin"] }),
        "/roles" => json!({ "principal": "eve", "role": "admin", "scope": { "tier": "staging" } }),
        _ => json!({}),
    })
}
