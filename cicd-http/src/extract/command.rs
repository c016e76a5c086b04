//! Commands: who asks, under which key and version, whether in earnest, and with which body.

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use cicd_core::authz::Caller;
use cicd_core::engine::Options;
use cicd_core::violation::Violations;
use serde_json::Value;

use super::{Params, Who, body};
use crate::dto::REASON_CHARACTERS;
use crate::problem::{Kind, Problem};
use crate::{conditional, idempotency};

/// A POST: a command, with an idempotency key where the client sent one.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) caller: Caller,
    pub(crate) options: Options,
    body: Value,
}

/// A PUT: a row as it shall be, for the version that the client has seen.
#[derive(Clone, Debug)]
pub(crate) struct Put {
    pub(crate) caller: Caller,
    pub(crate) options: Options,
    body: Value,
}

/// A DELETE, for the version that the client has seen.
#[derive(Clone, Debug)]
pub(crate) struct Delete {
    pub(crate) caller: Caller,
    pub(crate) options: Options,
    pub(crate) params: Params,
}

impl Post {
    /// The draft in the body.
    ///
    /// # Errors
    /// 422 with every violation.
    pub(crate) fn draft<T>(&self, parse: impl FnOnce(&Value) -> Result<T, Violations>) -> Result<T, Problem> {
        draft(&self.body, parse)
    }
}

impl Put {
    /// The draft in the body.
    ///
    /// # Errors
    /// 422 with every violation.
    pub(crate) fn draft<T>(&self, parse: impl FnOnce(&Value) -> Result<T, Violations>) -> Result<T, Problem> {
        draft(&self.body, parse)
    }

    /// The body itself, which the engine reads by the rules of its host.
    pub(crate) const fn body(&self) -> &Value {
        &self.body
    }
}

impl Delete {
    /// The reason that is given as a parameter; its absence is noted. `about` says what it is the reason of.
    pub(crate) fn reason(&mut self, about: &str) -> String {
        self.params.text("reason", REASON_CHARACTERS).unwrap_or_else(|| {
            self.params.require("reason", about);
            String::new()
        })
    }
}

fn draft<T>(body: &Value, parse: impl FnOnce(&Value) -> Result<T, Violations>) -> Result<T, Problem> {
    parse(body).map_err(|violations| Problem::violations(Kind::Invalid, &violations))
}

/// Who asks, with which parameters, and whether only for what would happen.
fn asked(parts: &Parts) -> Result<(Caller, Params, bool), Problem> {
    let caller = Who::of(parts)?;
    let mut params = Params::of(&parts.uri)?;
    let dry_run = params.take("dry_run").unwrap_or(false);
    Ok((caller, params, dry_run))
}

impl<S: Sync> FromRequest<S> for Post {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, stream) = request.into_parts();
        let (caller, params, dry_run) = asked(&parts)?;
        params.finish()?;
        let key = idempotency::key(&parts.headers)?.map(str::to_owned);
        let (bytes, body) = body::read(&parts.headers, stream).await?;
        let fingerprint = || idempotency::fingerprint(&parts.method, parts.uri.path(), &bytes);
        let key = key.map(|key| (key, fingerprint()));
        Ok(Self { caller, options: Options { key, expected: None, dry_run }, body })
    }
}

impl<S: Sync> FromRequest<S> for Put {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, stream) = request.into_parts();
        let (caller, params, dry_run) = asked(&parts)?;
        params.finish()?;
        let expected = conditional::expected_of_put(&parts.headers)?;
        let (_, body) = body::read(&parts.headers, stream).await?;
        Ok(Self { caller, options: Options { key: None, expected: Some(expected), dry_run }, body })
    }
}

impl<S: Sync> FromRequest<S> for Delete {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, stream) = request.into_parts();
        let (caller, params, dry_run) = asked(&parts)?;
        let expected = conditional::expected_of_delete(&parts.headers)?;
        refuse_body(&parts.headers, stream).await?;
        Ok(Self { caller, options: Options { key: None, expected: Some(expected), dry_run }, params })
    }
}

/// A body on a DELETE means nothing, so somebody expects what will not happen.
async fn refuse_body(headers: &HeaderMap, stream: axum::body::Body) -> Result<(), Problem> {
    match body::read(headers, stream).await?.0.is_empty() {
        true => Ok(()),
        false => Err(Problem::new(Kind::MalformedJson, "a DELETE has a body; accepted: none")),
    }
}
