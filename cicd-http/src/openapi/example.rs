//! Drafts as clients may send them.

use serde_json::{Value, json};

const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

pub(crate) fn service() -> Value {
    json!({ "name": "Web shop", "description": "What customers see." })
}

pub(crate) fn ci_config() -> Value {
    json!({
        "repository": "https://example.com/shop.git",
        "branches": ["main"],
        "steps": [{ "name": "build", "argv": ["make", "release"], "timeout_seconds": 600 }],
        "artifact": { "name": "shop", "path": "out/shop.tar" },
        "trigger_mode": "both",
        "executor": "command",
    })
}

pub(crate) fn run() -> Value {
    json!({ "commit": "a".repeat(40), "git_ref": { "type": "branch", "name": "main" }, "reason": "nightly" })
}

pub(crate) fn deployment() -> Value {
    json!({
        "service": "shop", "environment": "eu", "tier": "production", "executor": "command",
        "target": { "commands": { "apply": { "argv": ["./deploy"] } } },
    })
}

pub(crate) fn cd_config() -> Value {
    json!({
        "strategy": {
            "type": "canary",
            "steps": [{ "weight": 10, "pause": { "seconds": 300 } }, { "weight": 50, "pause": "manual" }],
        },
        "approval": { "requirements": [{ "role": "approver", "count": 2 }] },
    })
}

pub(crate) fn release() -> Value {
    json!({ "deployment": "shop-production", "artifact": { "ci_run": UUID }, "version": "1.4.0", "reason": "ship it" })
}

pub(crate) fn approval() -> Value {
    json!({ "content": content() })
}

pub(crate) fn rejection() -> Value {
    json!({ "content": content(), "comment": "the migration is missing" })
}

fn content() -> String {
    format!("sha256:{}", "a".repeat(64))
}

pub(crate) fn reason() -> Value {
    json!({ "reason": "errors in checkout" })
}

pub(crate) fn rollback() -> Value {
    json!({ "reason": "errors in checkout", "target": UUID })
}

pub(crate) fn report() -> Value {
    json!({ "number": 2, "outcome": { "result": "failed", "message": "no space left" } })
}

pub(crate) fn freeze() -> Value {
    json!({
        "scope": { "kind": "tier", "tier": "production" },
        "from": "2026-12-24T00:00:00Z", "until": "2026-12-27T00:00:00Z", "reason": "holidays",
    })
}

pub(crate) fn lock() -> Value {
    json!({ "deployment": "shop-production", "reason": "measuring", "expires_at": "2026-12-24T00:00:00Z" })
}

pub(crate) fn policy() -> Value {
    json!({ "minimum_votes": 2 })
}

pub(crate) fn grant() -> Value {
    json!({ "principal": "ben", "role": "approver", "scope": { "tier": "production" } })
}

pub(crate) fn token() -> Value {
    json!({ "principal": "ben", "roles": ["approver"], "expires_in_days": 30 })
}

pub(crate) fn source() -> Value {
    json!({ "name": "Shop on GitHub", "service": "shop", "provider": "github", "secrets": [{ "secret": "shop-hook" }] })
}

pub(crate) fn delivery() -> Value {
    json!({ "ref": "refs/heads/main", "after": "a".repeat(40) })
}
