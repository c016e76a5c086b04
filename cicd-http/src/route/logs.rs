//! `/ci-runs/{id}/log` and `/releases/{id}/log`: pieces of a log, readable while it grows.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cicd_core::id::{CiRunId, ReleaseId};
use cicd_core::port::LogChunk;
use serde_json::json;

use super::Routes;
use crate::api::Api;
use crate::extract::{Params, PathId, Who};
use crate::limits::{LOG_BYTES, LOG_BYTES_DEFAULT};
use crate::openapi::{Header, Operation};
use crate::problem::Problem;

/// Where to read on.
const NEXT_OFFSET: HeaderName = HeaderName::from_static("x-next-offset");

/// What a browser can count is enough for an offset.
const LAST_OFFSET: u64 = (1 << 53) - 1;

pub(super) fn routes() -> Routes {
    Routes::of("CI runs")
        .get("/ci-runs/{id}/log", of_run, || {
            piece_of(Operation::new("getCiRunLog", "A piece of a CI run's log"))
        })
        .and(Routes::of("Releases").get("/releases/{id}/log", of_release, || {
            piece_of(Operation::new("getReleaseLog", "A piece of a rollout's log"))
        }))
}

fn piece_of(operation: Operation) -> Operation {
    let offset = json!({ "type": "integer", "minimum": 0, "maximum": LAST_OFFSET, "default": 0 });
    let limit =
        json!({ "type": "integer", "minimum": 1, "maximum": LOG_BYTES, "default": LOG_BYTES_DEFAULT });
    operation
        .about("A log can be read while it grows: `X-Next-Offset` is the next piece's `offset`.")
        .query_of("offset", &offset, "Where the piece begins, in bytes.")
        .query_of("limit", &limit, "How many bytes it has at most.")
        .bytes(
            "The piece; empty where nothing is written yet.",
            "text/plain; charset=utf-8",
            &[Header::NextOffset],
        )
}

async fn of_run(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<CiRunId>,
    params: Params,
) -> Result<Response, Problem> {
    let (offset, limit) = piece(params)?;
    Ok(text(api.engine().run_log(&caller, id, offset, limit).await?))
}

async fn of_release(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<ReleaseId>,
    params: Params,
) -> Result<Response, Problem> {
    let (offset, limit) = piece(params)?;
    Ok(text(api.engine().release_log(&caller, id, offset, limit).await?))
}

/// Offset and length of the piece that is asked for, in bytes.
fn piece(mut params: Params) -> Result<(u64, u64), Problem> {
    let offset = params.number("offset", 0..=LAST_OFFSET).unwrap_or(0);
    let limit = params.number("limit", 1..=LOG_BYTES).unwrap_or(LOG_BYTES_DEFAULT);
    params.finish()?;
    Ok((offset, limit))
}

fn text(chunk: LogChunk) -> Response {
    let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let next = (NEXT_OFFSET, HeaderValue::from(chunk.next_offset));
    ([content_type, next], Body::from(chunk.bytes)).into_response()
}
