//! `/events`: what is committed, as server-sent events.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Routes;
use crate::api::Api;
use crate::extract::{Params, Who};
use crate::limits::STREAMS;
use crate::live::{Listener, Start, Told};
use crate::openapi::Operation;
use crate::problem::{Kind, Problem};

/// What a client that comes back saw last.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells proxies to pass on each piece as it comes.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What comes on a stream besides the events of the ledger.
const ABOUT: &str = "The `id` of an event is its sequence, its `event` what happened, such as `release.approved`. A stream begins \
                     with `ready`, or with `reset` where the client has to read everything again, and ends with `end`.";

pub(super) fn routes() -> Routes {
    Routes::of("Audit").get("/events", listen, || {
        Operation::new("listen", "What is committed, as it is committed")
            .about(ABOUT)
            .header("Last-Event-ID", &json!({ "type": "string" }), "The last event that the client saw.")
            .events::<Told<'_>>("Server-sent events, without an end.")
            .meets(&[Kind::TooManyStreams])
    })
}

async fn listen(
    State(api): State<Api>,
    Who(caller): Who,
    params: Params,
    request: Request,
) -> Result<Response, Problem> {
    params.finish()?;
    let (parts, _) = request.into_parts();
    let start = start(&parts.headers);
    api.engine().may_listen(&caller).await?;
    let detail = format!("`{}` has {STREAMS} streams; accepted: to end one first", caller.principal);
    let place = api
        .places()
        .take(&caller)
        .ok_or_else(|| Problem::new(Kind::TooManyStreams, detail).retry_after(5))?;
    let listener = Listener::new(api, parts, caller, place, start).await?;
    let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    let unbuffered = (BUFFERING, HeaderValue::from_static("no"));
    Ok(([content_type, unbuffered], Body::from_stream(listener.frames())).into_response())
}

fn start(headers: &HeaderMap) -> Start {
    match headers.get(LAST_EVENT_ID) {
        None => Start::Now,
        Some(id) => id.to_str().ok().and_then(|id| id.parse().ok()).map_or(Start::Unknown, Start::After),
    }
}
