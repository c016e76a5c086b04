//! `/audit-events` and `/audit-events/export`: the record for the law.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cicd_core::audit::{Chain, StoredEvent, json_line};
use cicd_core::authz::Caller;
use cicd_core::engine::{Engine, EngineError};
use cicd_core::id::{CiRunId, DeploymentId, ReleaseId, ServiceId, TenantId};
use cicd_core::page::Page;
use cicd_core::port::{EventQuery, Order};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};

use super::Routes;
use crate::api::Api;
use crate::dto::Event;
use crate::extract::{Params, Who};
use crate::openapi::{Header, Operation};
use crate::problem::Problem;
use crate::reply;

/// The most characters of the kind of an event.
const KIND_CHARACTERS: usize = 100;
/// What a browser can count.
const LAST_SEQUENCE: u64 = (1 << 53) - 1;

pub(super) fn routes() -> Routes {
    Routes::of("Audit")
        .get("/audit-events", list, || {
            let orders = json!({ "type": "string", "enum": ["oldest-first", "newest-first"], "default": "oldest-first" });
            filtered(Operation::new("listAuditEvents", "The record for the law"))
                .query_of("order", &orders, "Which end comes first.")
                .page_after::<Event>(&sequence())
        })
        .get("/audit-events/export", export, || {
            let about = "Every event as it is stored, one JSON text a line: its chain can be verified offline.";
            filtered(Operation::new("exportAuditEvents", "The record for the law, to be verified elsewhere"))
                .query_of("after", &sequence(), "Only events after this sequence.")
                .bytes(about, "application/jsonl", &[Header::Disposition])
        })
}

fn filtered(operation: Operation) -> Operation {
    let chains = json!({ "type": "string", "enum": ["ledger", "security"], "default": "ledger" });
    let kind = json!({ "type": "string", "minLength": 1, "maxLength": KIND_CHARACTERS });
    operation
        .query_of("chain", &chains, "What changed, or what was denied.")
        .query_of("kind", &kind, "Only events of this kind, such as `release.approved`.")
        .query::<ServiceId>("service", "Only events of this service.")
        .query::<DeploymentId>("deployment", "Only events of this deployment.")
        .query::<ReleaseId>("release", "Only events of this release.")
        .query::<CiRunId>("run", "Only events of this CI run.")
}

fn sequence() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": LAST_SEQUENCE })
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let mut query = filters(&mut params);
    query.order = match params.one_of("order", &["oldest-first", "newest-first"]) {
        Some("newest-first") => Order::NewestFirst,
        _ => Order::OldestFirst,
    };
    let limit = params.limit().get();
    params.finish()?;
    // One more than asked tells whether there is a next page.
    query.limit = limit.saturating_add(1);
    let mut events = api.engine().audit_events(&caller, &query).await?;
    let more = events.len() > usize::from(limit);
    events.truncate(usize::from(limit));
    let next = events.last().filter(|_| more).map(|event| event.seq.to_string());
    let items =
        events.iter().map(Event::try_from).collect::<Result<Vec<_>, _>>().map_err(Problem::internal)?;
    Ok(reply::page(&Page { items, next }))
}

/// Every event as it is stored, one JSON text a line: with its bytes, so that the chain can be verified offline.
async fn export(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let query = EventQuery { limit: EventQuery::MAX_LIMIT, ..filters(&mut params) };
    params.finish()?;
    // The first page is read before the answer begins, so that a denial still is a problem.
    let first = api.engine().audit_events(&caller, &query).await?;
    let lines = lines(api.engine().clone(), caller, query, first);
    let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl"));
    let name = HeaderValue::from_static("attachment; filename=\"audit-events.jsonl\"");
    Ok(([content_type, (header::CONTENT_DISPOSITION, name)], Body::from_stream(lines)).into_response())
}

fn filters(params: &mut Params) -> EventQuery {
    let chain = match params.one_of("chain", &["ledger", "security"]) {
        Some("security") => Chain::Security,
        _ => Chain::Ledger,
    };
    EventQuery {
        after: params.number("after", 0..=LAST_SEQUENCE),
        kind: params.text("kind", KIND_CHARACTERS),
        service: params.take("service"),
        deployment: params.take("deployment"),
        release: params.take("release"),
        run: params.take("run"),
        ..EventQuery::of(chain)
    }
}

/// Pages of events as lines, each read when the client has taken the one before.
fn lines(
    engine: Engine,
    caller: Caller,
    query: EventQuery,
    first: Vec<StoredEvent>,
) -> impl Stream<Item = Result<Vec<u8>, EngineError>> + Send + 'static {
    stream::unfold(Some((first, query)), move |state| {
        let (engine, caller) = (engine.clone(), caller.clone());
        async move {
            let (events, query) = state?;
            let last = events.last()?.seq;
            let page = match page(&caller.tenant, &events) {
                Ok(page) => page,
                Err(error) => return Some((Err(error.into()), None)),
            };
            if events.len() < usize::from(query.limit) {
                return Some((Ok(page), None));
            }
            let query = EventQuery { after: Some(last), ..query };
            match engine.audit_events(&caller, &query).await {
                Ok(next) => Some((Ok(page), Some((next, query)))),
                Err(error) => Some((Err(error), None)),
            }
        }
    })
}

fn page(tenant: &TenantId, events: &[StoredEvent]) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::new();
    for event in events {
        json_line(tenant, event, &mut bytes)?;
    }
    Ok(bytes)
}
