//! The document, put together from the routes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::operation::{Access, Operation};
use super::replies::Header;
use super::schemas::{Schemas, set};
use super::{parameters, problems, replies};
use crate::authn::COOKIE;
use crate::problem::Kind;
use crate::route::{self, Route};
use crate::router::API;

const ABOUT: &str = "Release governance: what may ship, who said so, is it shipping, and how to get back.\n\n\
- Errors are problems after RFC 9457; `GET /problems` tells what each `type` means.\n\
- A PUT or DELETE names the version that it is meant for, by `If-Match` or `If-None-Match: *`.\n\
- A POST takes an `Idempotency-Key`: a repeat gets the first outcome.\n\
- Every command takes `dry_run=true`: it decides, answers, and changes nothing.\n\
- Lists are pages: `next` goes into the next request's `after`.\n\
- Times are RFC 3339 in UTC. Unknown members and parameters are refused; answers may get new members.";

/// The document of the API, `OpenAPI` 3.1, for a router at the root of its host.
#[must_use]
pub fn openapi() -> Value {
    DOCUMENT.clone()
}

/// The document for a router that is nested under `prefix`, as JSON.
pub(crate) fn text(prefix: &str) -> String {
    if prefix.is_empty() {
        return TEXT.clone();
    }
    let mut document = DOCUMENT.clone();
    set(&mut document, "servers", json!([{ "url": prefix }]));
    document.to_string()
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());

fn document() -> Value {
    let mut parts = Parts::default();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut tags: Vec<&str> = Vec::new();
    for (path, access, route) in routes() {
        if !tags.contains(&route.tag) {
            tags.push(route.tag);
        }
        let operation = operation(&route, access, path.starts_with(API), &mut parts);
        let method = route.method.as_str().to_ascii_lowercase();
        paths.entry(path).or_default().insert(method, operation);
    }
    let mut paths = json!(paths);
    let Parts { schemas, refusals } = parts;
    let schemas = schemas.finish(&mut paths);
    let headers = Header::ALL.iter().map(|header| (header.name().to_owned(), header.described()));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "cicd",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "tags": tags.iter().map(|tag| json!({ "name": tag })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": refusals,
            "headers": headers.collect::<Map<_, _>>(),
            "securitySchemes": security(),
        },
    })
}

/// What operations share.
#[derive(Debug, Default)]
struct Parts {
    schemas: Schemas,
    /// Answers that tell of problems.
    refusals: BTreeMap<String, Value>,
}

fn routes() -> impl Iterator<Item = (String, Access, Route)> {
    let below = |access: Access| move |route: Route| (format!("{API}{}", route.path), access, route);
    let open = route::open().table().into_iter().map(|route| (route.path.to_owned(), Access::Open, route));
    let guarded = route::guarded().table().into_iter().map(below(Access::Callers));
    let own = route::with_own_credentials()
        .and(route::for_everybody())
        .table()
        .into_iter()
        .map(below(Access::Open));
    open.chain(guarded).chain(own)
}

fn operation(route: &Route, access: Access, is_paced: bool, parts: &mut Parts) -> Value {
    let said = (route.operation)();
    let access = said.access.unwrap_or(access);
    let mut kinds = kinds(route, &said, access);
    kinds.extend(is_paced.then_some(Kind::TooManyRequests));
    let Operation {
        id, summary, about, parameters: own, body, replies, schemas: used, is_repeatable, ..
    } = said;
    parts.schemas.merge(used);
    let mut parameters = parameters::of_path(route.path, &mut parts.schemas);
    parameters.extend(own);
    if access == Access::Callers {
        let of_command = parameters::of_command(&route.method).into_iter();
        parameters
            .extend(of_command.filter(|one| is_repeatable || one["name"] != parameters::IDEMPOTENCY_KEY));
    }
    let mut responses: BTreeMap<String, Value> = BTreeMap::new();
    for reply in replies {
        let (status, mut described) = (reply.status.to_string(), reply.described());
        // Of one status in two formats, both stand in one place.
        if let Some(Value::Object(formats)) = responses.get(&status).and_then(|other| other.get("content"))
            && let Some(Value::Object(own)) = described.get_mut("content")
        {
            own.extend(formats.clone());
        }
        responses.insert(status, described);
    }
    responses.extend(refusals(&kinds, parts));
    let mut operation = json!({
        "operationId": id, "summary": summary, "tags": [route.tag], "responses": responses, "security": secured(access),
    });
    let optional =
        [("description", json!(about)), ("parameters", json!(parameters)), ("requestBody", json!(body))];
    for (name, value) in optional {
        let is_empty = value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty);
        if !is_empty {
            set(&mut operation, name, value);
        }
    }
    operation
}

/// The problems that a route may answer: its own, and those that follow from what it is.
fn kinds(route: &Route, said: &Operation, access: Access) -> Vec<Kind> {
    let mut kinds = said.kinds.clone();
    kinds.extend([
        Kind::MalformedHeader,
        Kind::UriTooLong,
        Kind::HeadersTooLarge,
        Kind::Internal,
        Kind::TimedOut,
    ]);
    let has_path = parameters::names(route.path).next().is_some();
    if has_path {
        kinds.extend([Kind::MalformedPath, Kind::NotFound]);
    }
    if !matches!(access, Access::Open) {
        kinds.extend([Kind::MalformedQuery, Kind::TooManyFailures, Kind::Unavailable]);
    }
    if access == Access::Callers {
        kinds.push(Kind::Unauthenticated);
        kinds.extend((route.method != Method::GET).then_some(Kind::CrossSite));
        kinds.extend(said.may_be_denied.then_some(Kind::Denied));
        kinds.extend(
            of_command(&route.method).iter().filter(|kind| said.is_repeatable || **kind != Kind::KeyReused),
        );
    }
    if said.body.is_some() || route.method == Method::DELETE {
        kinds.extend([Kind::MalformedJson, Kind::BodyTooLarge, Kind::UnsupportedMediaType]);
    }
    if said.body.is_some() {
        kinds.push(Kind::Invalid);
    }
    kinds
}

fn of_command(method: &Method) -> &'static [Kind] {
    match *method {
        Method::POST => &[Kind::KeyReused, Kind::Contended],
        Method::PUT | Method::DELETE => {
            &[Kind::PreconditionFailed, Kind::PreconditionRequired, Kind::Contended]
        }
        _ => &[],
    }
}

/// An answer for each status that `kinds` have.
fn refusals(kinds: &[Kind], parts: &mut Parts) -> BTreeMap<String, Value> {
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in Kind::ALL.iter().filter(|kind| kinds.contains(kind)) {
        by_status.entry(kind.status().as_u16()).or_default().push(*kind);
    }
    let referred = by_status.into_iter().map(|(status, kinds)| {
        let name = kinds.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>().join("Or");
        let reference = json!({ "$ref": format!("#/components/responses/{name}") });
        let refusal = refusal(status, &kinds, &mut parts.schemas);
        parts.refusals.insert(name, refusal);
        (status.to_string(), reference)
    });
    referred.collect()
}

fn refusal(status: u16, kinds: &[Kind], schemas: &mut Schemas) -> Value {
    let mut each: Vec<Value> = kinds.iter().map(|kind| problems::problem(*kind, schemas)).collect();
    let schema = if each.len() == 1 { each.remove(0) } else { json!({ "oneOf": each }) };
    let titles = kinds.iter().map(|kind| kind.title()).collect::<Vec<_>>().join("; ");
    let headers: &[Header] = match status {
        401 => &[Header::Authenticate],
        412 => &[Header::ETag],
        429 | 503 => &[Header::RetryAfter],
        _ => &[],
    };
    json!({
        "description": format!("{titles}."),
        "headers": replies::headers(headers),
        "content": { "application/problem+json": { "schema": schema } },
    })
}

fn secured(access: Access) -> Value {
    match access {
        Access::Callers => json!([{ "token": [] }, { "session": [] }]),
        Access::Own(scheme) => json!([{ scheme: [] }]),
        Access::Open => json!([]),
    }
}

fn security() -> Value {
    json!({
        "token": { "type": "http", "scheme": "bearer", "description": "An API token." },
        "session": {
            "type": "apiKey", "in": "cookie", "name": COOKIE,
            "description": "A session, which `POST /session` opens. It changes something only for pages of the same origin.",
        },
        "attempt": {
            "type": "http", "scheme": "bearer", "description": "The token of one attempt, which its executor was given.",
        },
        "signature": {
            "type": "apiKey", "in": "header", "name": "X-Hub-Signature-256",
            "description": "What the source's provider shows: a signature over the raw body in this header, in \
                            `X-Gitea-Signature`, `X-Forgejo-Signature`, `X-Hub-Signature` or `webhook-signature`, or GitLab's \
                            token in `X-Gitlab-Token`.",
        },
    })
}
