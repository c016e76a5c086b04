//! The outermost layer: bounds every request, survives every handler, writes every problem and says so in the log.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;

use crate::api::Api;
use crate::extract::RequestId;
use crate::ids::request_id;
use crate::limits::{HEADER_BYTES, REQUEST_ID_CHARACTERS, REQUEST_TIME, URI_BYTES};
use crate::origin::ClientAddress;
use crate::problem::{Kind, Problem};
use crate::trace;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What an answer may load and do that is no page: nothing. A page has a policy of its own.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What every answer carries, unless its handler said otherwise.
const HEADERS: [(HeaderName, HeaderValue); 8] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    // Over plain http browsers don't look at it.
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")),
];

/// Surrounds everything.
pub(crate) async fn edge(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = id_of(request.headers());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(RequestId(id.clone()));
    let trace = trace::go_on(request.headers_mut());
    request.extensions_mut().insert(trace);
    if let Some(client) = ClientAddress::of(request.extensions(), request.headers(), api.trusted_proxies()) {
        request.extensions_mut().insert(client);
    }
    let mut response = match ambiguous(request.headers()).or_else(|| oversized(&request)) {
        Some(problem) => problem.into_response(),
        None => survive(next.run(request)).await,
    };
    finish(&id, &mut response);
    let route = route.as_ref().map(MatchedPath::as_str);
    api.metrics().answered(&method, route, response.status(), began.elapsed());
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    let (status, trace_id) = (response.status().as_u16(), trace.trace_id());
    tracing::info!(request_id = id, trace_id, %method, path, status, micros, "answered");
    response
}

fn id_of(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let acceptable = |id: &&str| {
        (1..=REQUEST_ID_CHARACTERS).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    given.filter(acceptable).map_or_else(request_id, str::to_owned)
}

/// A request that a proxy may have understood as another one than we do; its connection ends with it.
fn ambiguous(headers: &HeaderMap) -> Option<Problem> {
    let hosts = headers.get_all(header::HOST).iter().count();
    let framings = usize::from(headers.contains_key(header::TRANSFER_ENCODING))
        .saturating_add(headers.get_all(header::CONTENT_LENGTH).iter().count());
    let detail = "the request has two hosts or two lengths; accepted: one of each at most";
    let close = HeaderValue::from_static("close");
    (hosts > 1 || framings > 1)
        .then(|| Problem::new(Kind::MalformedHeader, detail).header(header::CONNECTION, close))
}

fn oversized(request: &Request) -> Option<Problem> {
    let uri = request.uri().path_and_query().map_or(0, |whole| whole.as_str().len());
    if uri > URI_BYTES {
        return Some(Problem::new(Kind::UriTooLong, format!("{uri} bytes; accepted: at most {URI_BYTES}")));
    }
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len().saturating_add(value.len())).sum();
    let detail = || format!("{headers} bytes; accepted: at most {HEADER_BYTES}");
    (headers > HEADER_BYTES).then(|| Problem::new(Kind::HeadersTooLarge, detail()))
}

/// The answer, or the problem that a handler which panics or takes too long is to its client.
async fn survive(answer: impl Future<Output = Response>) -> Response {
    let answer = AssertUnwindSafe(answer).catch_unwind();
    match tokio::time::timeout(REQUEST_TIME, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            Problem::internal(format!("a handler panicked: {}", message(&*panic))).into_response()
        }
        Err(_) => {
            let detail =
                format!("no answer within {} s; try again with the same key", REQUEST_TIME.as_secs());
            Problem::new(Kind::TimedOut, detail).retry_after(1).into_response()
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

fn finish(id: &str, response: &mut Response) {
    let problem = response.extensions_mut().remove::<Problem>().or_else(|| framework(response.status()));
    if let Some(problem) = problem {
        problem.write(id, response);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
}

/// The problem for an error that did not come from a handler of ours.
fn framework(status: StatusCode) -> Option<Problem> {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            Some(Problem::new(Kind::MethodNotAllowed, "accepted: a method that `Allow` names"))
        }
        StatusCode::NOT_FOUND => Some(Problem::new(Kind::NotFound, "there is no such path")),
        other if other.is_server_error() => Some(Problem::internal(format!("an answer with {other}"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_id_is_kept_when_it_is_one() {
        let id = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_static(text));
            id_of(&headers)
        };
        assert_eq!(id("deploy-7.a_B"), "deploy-7.a_B");
        for text in ["", "a b", "a\"b", "0123456789012345678901234567890123456789012345678901234567890123x"] {
            assert_ne!(id(text), text);
        }
        assert_eq!(id_of(&HeaderMap::new()).len(), 32);
    }

    #[tokio::test]
    async fn a_panic_is_a_problem() {
        let response = survive(async { panic!("at the disco") }).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.extensions().get::<Problem>().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_hanging_handler_is_a_problem() {
        let response = survive(std::future::pending()).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    }
}
