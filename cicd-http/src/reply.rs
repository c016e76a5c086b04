//! Answers: rows with their ETag, pages, and what came of commands.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cicd_core::engine::Outcome;
use cicd_core::id::RowVersion;
use cicd_core::page::Page;
use cicd_core::port::{Record, RecordKey};
use serde::Serialize;

use crate::conditional::etag;
use crate::idempotency::REPLAYED;
use crate::problem::Problem;

/// The ledger's sequence after a write: whoever reads from here on sees it.
pub(crate) const CONSISTENCY: HeaderName = HeaderName::from_static("x-consistency");

/// `value` as JSON.
pub(crate) fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => {
            let content_type = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, content_type)], Body::from(bytes)).into_response()
        }
        Err(error) => Problem::internal(error).into_response(),
    }
}

/// JSON that was written before.
pub(crate) fn written_before(body: Arc<[u8]>) -> Response {
    let content_type = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, content_type)], Body::from(Bytes::from_owner(body))).into_response()
}

/// A row with its ETag.
pub(crate) fn row(value: &impl Serialize, version: RowVersion) -> Response {
    let mut response = json(value);
    response.headers_mut().insert(header::ETAG, etag(version));
    response
}

/// A page: `{"items": […], "next": cursor or null}`.
pub(crate) fn page<T: Serialize>(page: &Page<T>) -> Response {
    json(page)
}

/// A page of rows of one kind, each as `view` shows it.
///
/// # Errors
/// A defect when the store listed another kind.
pub(crate) fn records<T, V>(listed: Page<Record>, view: impl Fn(T) -> V) -> Result<Response, Problem>
where
    T: TryFrom<Record, Error = RecordKey>,
    V: Serialize,
{
    let other = |key| Problem::internal(format!("{key} is in a list of something else"));
    let items = listed.items.into_iter().map(|record| T::try_from(record).map(&view).map_err(other));
    Ok(json(&Page { items: items.collect::<Result<Vec<_>, _>>()?, next: listed.next }))
}

/// One row of the kind that was asked for, as `view` shows it.
///
/// # Errors
/// A defect when the store gave another kind.
pub(crate) fn record<T, V>(record: Record, view: impl Fn(T) -> V) -> Result<Response, Problem>
where
    T: TryFrom<Record, Error = RecordKey>,
    V: Serialize,
{
    let version = record.row_version();
    let wanted =
        T::try_from(record).map_err(|key| Problem::internal(format!("{key} is not what was asked for")))?;
    Ok(row(&view(wanted), version))
}

/// What came of a command that leaves a row.
pub(crate) fn written<T, V: Serialize>(
    status: StatusCode,
    outcome: &Outcome<T>,
    version: RowVersion,
    view: impl FnOnce(&T) -> V,
) -> Response {
    let mut response = row(&view(&outcome.value), version);
    if response.status().is_success() {
        *response.status_mut() = status;
    }
    with_outcome(response, outcome)
}

/// What came of a PUT: 201 for the row's first version, 200 for a later one.
pub(crate) fn put<T: Clone + Serialize>(outcome: &Outcome<T>, version: RowVersion) -> Response {
    let is_new = version == RowVersion::ABSENT.next();
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    written(status, outcome, version, T::clone)
}

/// What came of a command that made something, which is found at `location`.
pub(crate) fn created<T, V: Serialize>(
    outcome: &Outcome<T>,
    version: RowVersion,
    location: &str,
    view: impl FnOnce(&T) -> V,
) -> Response {
    let mut response = written(StatusCode::CREATED, outcome, version, view);
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// What came of a DELETE.
pub(crate) fn gone(outcome: &Outcome<()>) -> Response {
    with_outcome(StatusCode::NO_CONTENT.into_response(), outcome)
}

fn with_outcome<T>(mut response: Response, outcome: &Outcome<T>) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONSISTENCY, HeaderValue::from(outcome.seq));
    if outcome.replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
