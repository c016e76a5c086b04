//! `/audit-events/export`: the record for the law as a file, in the formats of `cicd audit export`.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cicd_core::audit::{CSV_HEADER, StoredEvent, csv_line, json_line};
use cicd_core::authz::Caller;
use cicd_core::engine::{AuditQuery, Engine, EngineError};
use cicd_core::id::TenantId;
use cicd_core::page::Page;
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::json;

use super::Routes;
use super::audit::{filtered, filters};
use crate::api::Api;
use crate::extract::{Params, Who};
use crate::openapi::{Header, Operation};
use crate::problem::Problem;

/// How many events are read at once, and held.
const EVENTS: u16 = 999;
const FORMATS: [&str; 2] = ["jsonl", "csv"];

#[derive(Clone, Copy)]
enum Format {
    JsonLines,
    Csv,
}

pub(super) fn routes() -> Routes {
    Routes::of("Audit").get("/audit-events/export", export, || {
        let formats = json!({ "type": "string", "enum": FORMATS, "default": FORMATS[0] });
        let about = "Oldest first, up to the event that was the last one when the export began. As JSON Lines each event is as it \
                     is stored, so that a whole chain can be verified offline; CSV is to look at.";
        filtered(Operation::new("exportAuditEvents", "The record for the law as a file").about(about))
            .query_of("format", &formats, "JSON Lines or CSV (RFC 4180).")
            .bytes("One line for each event; in CSV after one of names.", "application/jsonl", &[Header::Disposition])
            .bytes("One line for each event; in CSV after one of names.", "text/csv", &[Header::Disposition])
    })
}

async fn export(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let mut query = filters(&mut params);
    let format = match params.one_of("format", &FORMATS) {
        Some("csv") => Format::Csv,
        _ => Format::JsonLines,
    };
    params.finish()?;
    // Events that come while the client reads would keep it reading.
    let last = api.engine().last_audit_event(&caller, query.events.chain).await?;
    query.to = Some(query.to.map_or(last, |to| to.min(last)));
    // The first page is read before the answer begins, so that a denial still is a problem.
    let first = api.engine().audit_events(&caller, &query, EVENTS).await?;
    let (heading, media, name) = match format {
        Format::JsonLines => ("", "application/jsonl", "attachment; filename=\"audit-events.jsonl\""),
        Format::Csv => (CSV_HEADER, "text/csv", "attachment; filename=\"audit-events.csv\""),
    };
    let heading = stream::iter([Ok::<_, EngineError>(heading.as_bytes().to_vec())]);
    let body = Body::from_stream(heading.chain(lines(api.engine().clone(), caller, query, first, format)));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, body).into_response())
}

/// Pages of events as lines, each read when the client has taken the one before. The right is asked for with every page.
fn lines(
    engine: Engine,
    caller: Caller,
    query: AuditQuery,
    first: Page<StoredEvent>,
    format: Format,
) -> impl Stream<Item = Result<Vec<u8>, EngineError>> + Send + 'static {
    stream::unfold(Some((first, query)), move |state| {
        let (engine, caller) = (engine.clone(), caller.clone());
        async move {
            let (page, mut query) = state?;
            let written = match written(&caller.tenant, &page.items, format) {
                Ok(written) => written,
                Err(error) => return Some((Err(error.into()), None)),
            };
            let Some(next) = page.next.and_then(|next| next.parse().ok()) else {
                return Some((Ok(written), None));
            };
            query.events.after = Some(next);
            match engine.audit_events(&caller, &query, EVENTS).await {
                Ok(page) => Some((Ok(written), Some((page, query)))),
                Err(error) => Some((Err(error), None)),
            }
        }
    })
}

fn written(tenant: &TenantId, events: &[StoredEvent], format: Format) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::new();
    for event in events {
        match format {
            Format::JsonLines => json_line(tenant, event, &mut bytes)?,
            Format::Csv => csv_line(tenant, event, &mut bytes),
        }
    }
    Ok(bytes)
}
