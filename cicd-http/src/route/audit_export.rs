//! `/audit-events/export`: the record for the law as a file, in the formats of `cicd audit export`.

use axum::BoxError;
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cicd_core::audit::{CSV_HEADER, StoredEvent, csv_line, json_line};
use cicd_core::engine::AuditQuery;
use cicd_core::id::TenantId;
use cicd_core::page::Page;
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::json;

use super::Routes;
use super::audit::{filtered, filters};
use crate::api::Api;
use crate::authn::Shown;
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

async fn export(
    State(api): State<Api>,
    Who(caller): Who,
    parts: Parts,
    mut params: Params,
) -> Result<Response, Problem> {
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
    let heading = stream::iter([Ok::<_, BoxError>(heading.as_bytes().to_vec())]);
    let rest = Rest { api, shown: Shown::by(&caller, parts), tenant: caller.tenant, format };
    let body = Body::from_stream(heading.chain(lines(rest, query, first)));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, body).into_response())
}

/// What an export that has begun goes on with.
struct Rest {
    api: Api,
    /// Looked at again for every page: a token that was revoked meanwhile reads no more.
    shown: Shown,
    tenant: TenantId,
    format: Format,
}

impl Rest {
    async fn page(&self, query: &AuditQuery) -> Result<Page<StoredEvent>, BoxError> {
        let caller = self.shown.caller(&self.api).await?;
        Ok(self.api.engine().audit_events(&caller, query, EVENTS).await?)
    }
}

/// Pages of events as lines, each read when the client has taken the one before, under the right of that moment.
fn lines(
    rest: Rest,
    query: AuditQuery,
    first: Page<StoredEvent>,
) -> impl Stream<Item = Result<Vec<u8>, BoxError>> + Send + 'static {
    stream::unfold((rest, Some((first, query))), async |(rest, state)| {
        let (page, mut query) = state?;
        let written = match written(&rest.tenant, &page.items, rest.format) {
            Ok(written) => written,
            Err(error) => return Some((Err(error.into()), (rest, None))),
        };
        let Some(next) = page.next.and_then(|next| next.parse().ok()) else {
            return Some((Ok(written), (rest, None)));
        };
        query.events.after = Some(next);
        match rest.page(&query).await {
            Ok(page) => Some((Ok(written), (rest, Some((page, query))))),
            Err(error) => Some((Err(error), (rest, None))),
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
