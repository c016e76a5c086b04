//! Requests and answers without a socket.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, request, response};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::openapi::contract::Exchange;

/// A request that is put together.
pub(crate) struct Request {
    router: Router,
    builder: request::Builder,
    method: String,
    path: String,
    body: Body,
    sent: Vec<u8>,
}

impl Request {
    pub(crate) fn new(router: Router, method: &str, path: &str) -> Self {
        let builder = axum::http::Request::builder().method(method).uri(path);
        let (method, path) = (method.to_owned(), path.split('?').next().unwrap().to_owned());
        Self { router, builder, method, path, body: Body::empty(), sent: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub(crate) fn extension<T: Clone + Send + Sync + 'static>(mut self, extension: T) -> Self {
        self.builder = self.builder.extension(extension);
        self
    }

    pub(crate) fn body(mut self, bytes: impl Into<Body>) -> Self {
        self.body = bytes.into();
        self
    }

    /// Sends `bytes`, which are a draft where they are taken.
    pub(crate) fn sent(mut self, bytes: Vec<u8>) -> Self {
        self.sent.clone_from(&bytes);
        self.body(bytes)
    }

    pub(crate) fn json(mut self, value: &Value) -> Self {
        self.sent = value.to_string().into_bytes();
        let sent = self.sent.clone();
        self.header("content-type", "application/json").body(sent)
    }

    /// The whole answer; of one without an end its beginning. It is what the document says.
    pub(crate) async fn send(mut self) -> Answer {
        let (method, path, sent) = (self.method.clone(), self.path.clone(), std::mem::take(&mut self.sent));
        let (parts, mut body) = self.begin().await;
        let endless = parts.headers.get("content-type").is_some_and(|is| is == "text/event-stream");
        let bytes = if endless {
            // To HEAD there is none.
            body.frame().await.map_or_else(Vec::new, |first| first.unwrap().into_data().unwrap().to_vec())
        } else {
            to_bytes(body, usize::MAX).await.unwrap().to_vec()
        };
        let (status, headers) = (parts.status, &parts.headers);
        let (method, path, sent) = (method.as_str(), path.as_str(), sent.as_slice());
        Exchange { method, path, sent, status, headers, body: &bytes }.check();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, bytes, body }
    }

    /// The body of an answer that no document describes.
    pub(crate) async fn send_raw(self) -> Vec<u8> {
        to_bytes(self.begin().await.1, usize::MAX).await.unwrap().to_vec()
    }

    /// The head of the answer, and its body as it comes.
    pub(crate) async fn begin(self) -> (response::Parts, Body) {
        self.router.oneshot(self.builder.body(self.body).unwrap()).await.unwrap().into_parts()
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    /// The body as JSON; `null` when it is not.
    pub(crate) body: Value,
}

impl Answer {
    /// The text at a JSON Pointer of the body.
    pub(crate) fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at `{pointer}` of {self:?}")).to_owned()
    }

    /// The header `name`.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no `{name}` in {self:?}")).to_str().unwrap()
    }

    /// The code of the problem, after a check that it is a whole one.
    pub(crate) fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status.as_u16(), "{self:?}");
        assert_eq!(self.body["request_id"], self.header("x-request-id"), "{self:?}");
        assert!(self.body["title"].is_string() && self.body["detail"].is_string(), "{self:?}");
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.strip_prefix("/problems/").unwrap_or_else(|| panic!("no type in {self:?}"))
    }

    /// Path and code of each violation.
    pub(crate) fn violations(&self) -> Vec<(&str, &str)> {
        let all = self.body["violations"].as_array().unwrap_or_else(|| panic!("no violations in {self:?}"));
        all.iter().map(|v| (v["path"].as_str().unwrap(), v["code"].as_str().unwrap())).collect()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?} {}", self.status, self.headers, String::from_utf8_lossy(&self.bytes))
    }
}
