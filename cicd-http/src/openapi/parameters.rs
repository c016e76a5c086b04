//! Parameters: of paths by their names, and those that many routes share.

use axum::http::Method;
use cicd_core::digest::Digest;
use cicd_core::id::{
    AttemptId, CiRunId, DeliveryId, DeploymentId, FreezeId, LockId, PrincipalId, ReleaseId, ServiceId,
    SourceId, TokenId,
};
use cicd_core::page::Limit;
use cicd_core::service::Tier;
use serde_json::{Value, json};

use super::schemas::{Schemas, set};
use crate::limits::IDEMPOTENCY_KEY_CHARACTERS;

const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// The names in a path, such as `id` in `/releases/{id}`.
pub(super) fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// The parameters of a path. One that is not known here has no schema, which a test notices.
pub(super) fn of_path(path: &str, schemas: &mut Schemas) -> Vec<Value> {
    let place = path.split('/').nth(1).unwrap_or_default();
    names(path)
        .map(|name| {
            let (schema, about, example) = of_name(place, name, schemas);
            json!({
                "name": name, "in": "path", "required": true, "description": about, "schema": schema, "example": example,
            })
        })
        .collect()
}

fn of_name(place: &str, name: &str, schemas: &mut Schemas) -> (Value, &'static str, String) {
    let digest = format!("sha256:{}", "a".repeat(64));
    let uuid = UUID.to_owned();
    match (place, name) {
        (_, "service") => (schemas.draft::<ServiceId>(), "The service.", "shop".to_owned()),
        (_, "deployment") => {
            (schemas.draft::<DeploymentId>(), "The deployment.", "shop-production".to_owned())
        }
        (_, "tier") => (schemas.draft::<Tier>(), "The tier.", "production".to_owned()),
        (_, "principal") => (schemas.draft::<PrincipalId>(), "The principal.", "ben".to_owned()),
        (_, "digest") => (schemas.draft::<Digest>(), "The artifact's digest.", digest),
        (_, "delivery") => (schemas.draft::<DeliveryId>(), "The delivery.", uuid),
        (_, "grant") => {
            let schema = json!({ "type": "string", "pattern": r"^[^|/?#%]+(\|[^|/?#%]+){4}$" });
            let about = "The grant: `principal|role|service|environment|tier`, with `*` for what it is not limited to.";
            let example = "ben|approver|*|*|production".to_owned();
            (schema, about, example)
        }
        ("hooks", "source") => {
            let about = "The tenant and the source: the end of the address that the source shows as `hook`.";
            (json!({ "type": "string" }), about, format!("default.{UUID}"))
        }
        (_, "file") => (json!({ "type": "string" }), "The file.", "swagger-ui.css".to_owned()),
        (_, "seq") => {
            let schema = json!({ "type": "string", "pattern": "^[0-9]{1,15}$" });
            (schema, "The place of the event in its chain.", "7".to_owned())
        }
        (_, "code") => {
            (json!({ "type": "string" }), "The end of a problem's `type`.", "not-found".to_owned())
        }
        ("releases", "id") => (schemas.draft::<ReleaseId>(), "The release.", uuid),
        ("ci-runs", "id") => (schemas.draft::<CiRunId>(), "The run.", uuid),
        ("freezes", "id") => (schemas.draft::<FreezeId>(), "The freeze.", uuid),
        ("locks", "id") => (schemas.draft::<LockId>(), "The lock.", uuid),
        ("tokens", "id") => (schemas.draft::<TokenId>(), "The token.", uuid),
        ("sources", "id") => (schemas.draft::<SourceId>(), "The source.", uuid),
        ("attempts", "id") => {
            (schemas.draft::<AttemptId>(), "The attempt, as the executor was given it.", uuid)
        }
        _ => (Value::Null, "", String::new()),
    }
}

/// A parameter that may be left out.
pub(super) fn optional(place: &str, name: &str, schema: &Value, about: &str) -> Value {
    json!({ "name": name, "in": place, "required": false, "description": about, "schema": schema })
}

/// Which page of a list.
pub(super) fn page(after: &Value) -> [Value; 2] {
    let limit =
        json!({ "type": "integer", "minimum": 1, "maximum": Limit::MAX, "default": Limit::default().get() });
    [
        optional("query", "after", after, "The `next` of the page before; without it the first page."),
        optional("query", "limit", &limit, "How many entries the page has at most."),
    ]
}

/// The header that makes a repeat harmless.
pub(super) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// What every command of this method takes.
pub(super) fn of_command(method: &Method) -> Vec<Value> {
    let about = "Decide, answer, and change nothing.";
    let mut all = vec![optional("query", "dry_run", &json!({ "type": "boolean", "default": false }), about)];
    let etag = |about: &str| {
        optional("header", "If-Match", &json!({ "type": "string", "pattern": "^\"[0-9]+\"$" }), about)
    };
    match *method {
        Method::POST => {
            let schema = json!({
                "type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_CHARACTERS, "pattern": "^[!-~]+$",
            });
            let about = "A repeat with the same key gets the first outcome and changes nothing more.";
            all.push(optional("header", IDEMPOTENCY_KEY, &schema, about));
        }
        Method::PUT => {
            all.push(etag("The ETag of what is to be changed. This or `If-None-Match` is required."));
            let star = json!({ "type": "string", "const": "*" });
            all.push(optional("header", "If-None-Match", &star, "Says that nothing is there yet."));
        }
        Method::DELETE => {
            let mut etag = etag("The ETag of what is to be changed.");
            set(&mut etag, "required", json!(true));
            all.push(etag);
        }
        _ => all.clear(),
    }
    all
}
