//! Problems, after [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457): each error is an `application/problem+json` with a
//! stable `type`, the `request_id`, and what helps.

mod engine;
mod kind;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cicd_core::violation::Violations;
use serde::Serialize;
use serde_json::{Map, Value, json};

pub(crate) use kind::Help;
pub use kind::Kind;

/// A problem on its way to the client. The outermost layer writes it, because only that one knows the request's id.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: String,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with what is particular to this occurrence.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), members: Map::new(), headers: Vec::new() }
    }

    /// Everything that is wrong at once.
    pub(crate) fn violations(kind: Kind, violations: &Violations) -> Self {
        Self::new(kind, violations.to_string()).with("violations", violations)
    }

    /// A defect, which is logged and not told.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "a request met a defect");
        Self::new(Kind::Internal, "a defect; the log has more under this request's id")
    }

    /// The same problem with one more member.
    pub(crate) fn with(mut self, name: &str, value: impl Serialize) -> Self {
        // What does not serialise is left out rather than hiding the problem itself.
        if let Ok(value) = serde_json::to_value(value) {
            self.members.insert(name.to_owned(), value);
        }
        self
    }

    /// The same problem with one more header.
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same problem, which may be gone in `seconds`.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    #[cfg(test)]
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// The answer as it leaves, with the id of its request.
    pub(crate) fn write(&self, request_id: &str, response: &mut Response) {
        let mut body = self.members.clone();
        body.insert("type".to_owned(), json!(self.kind.type_uri()));
        body.insert("title".to_owned(), json!(self.kind.title()));
        body.insert("status".to_owned(), json!(self.kind.status().as_u16()));
        body.insert("detail".to_owned(), json!(self.detail));
        body.insert("request_id".to_owned(), json!(request_id));
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        *response.body_mut() = Body::from(Value::Object(body).to_string());
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        for (name, value) in &self.headers {
            response.headers_mut().insert(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}
