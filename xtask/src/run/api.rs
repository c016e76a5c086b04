//! The HTTP API as the sample's people use it.

use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::Value;

use crate::failure::{Context as _, Failure};

/// The API of one host.
#[derive(Clone, Debug)]
pub(super) struct Api {
    client: Client,
    base: String,
}

impl Api {
    pub(super) fn new(base: &str) -> Self {
        Self { client: Client::new(), base: base.to_owned() }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.client
            .get(format!("{}/readyz", self.base))
            .send()
            .is_ok_and(|response| response.status().is_success())
    }
}

/// Somebody who calls the API with a token.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) name: &'static str,
    api: Api,
    token: String,
}

/// What the host answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    asked: String,
}

impl Person {
    pub(super) fn new(api: Api, name: &'static str, token: &str) -> Self {
        Self { name, api, token: token.to_owned() }
    }

    /// Somebody else on the same host.
    pub(super) fn other(&self, name: &'static str, token: &str) -> Self {
        Self::new(self.api.clone(), name, token)
    }

    pub(super) fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.send("GET", path, self.api.client.get(self.url(path)))
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.send("POST", path, json(self.api.client.post(self.url(path)), body))
    }

    /// Creates what doesn't exist yet.
    pub(super) fn create(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        let request = self.api.client.put(self.url(path)).header("if-none-match", "*");
        self.send("PUT", path, json(request, body))
    }

    /// A text, such as a log.
    pub(super) fn text(&self, path: &str) -> Result<String, Failure> {
        let request = self.api.client.get(self.url(path)).bearer_auth(&self.token);
        let response = request.send().context(|| format!("GET {path}"))?;
        response.error_for_status().and_then(Response::text).context(|| format!("GET {path}"))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.api.base)
    }

    fn send(&self, method: &str, path: &str, request: RequestBuilder) -> Result<Answer, Failure> {
        let asked = format!("{method} {path} as {}", self.name);
        let response = request.bearer_auth(&self.token).send().context(|| asked.clone())?;
        let status = response.status().as_u16();
        let text = response.text().context(|| asked.clone())?;
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(text.into()) };
        Ok(Answer { status, body, asked })
    }
}

impl Answer {
    /// The body of a success.
    pub(super) fn success(self) -> Result<Value, Failure> {
        if (200..300).contains(&self.status) { Ok(self.body) } else { Err(self.unexpected("a success")) }
    }

    /// The problem that a refusal with `status` explains itself by.
    pub(super) fn refusal(self, status: u16) -> Result<Value, Failure> {
        if self.status == status {
            Ok(self.body)
        } else {
            Err(self.unexpected(&format!("a refusal with {status}")))
        }
    }

    fn unexpected(&self, expected: &str) -> Failure {
        Failure::new(format!("{}: {} instead of {expected}\n{:#}", self.asked, self.status, self.body))
    }
}

/// The text at a JSON Pointer of an answer.
pub(super) fn text(body: &Value, pointer: &str) -> Result<String, Failure> {
    let found = body.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| Failure::new(format!("no text at `{pointer}` of {body:#}")))
}

fn json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}
