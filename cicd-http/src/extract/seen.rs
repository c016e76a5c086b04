//! What the client has seen: the `X-Consistency` of its last write.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::header_text;
use crate::problem::{Kind, Problem};
use crate::reply::CONSISTENCY;

/// The sequence up to which an answer must be complete, where the client names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen(pub(crate) Option<u64>);

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(text) = header_text(&parts.headers, &CONSISTENCY)? else { return Ok(Self(None)) };
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(seq) if is_number => Ok(Self(Some(seq))),
            _ => {
                let text: String = text.chars().take(80).collect();
                let accepted = "the number that a write answered with";
                Err(Problem::new(
                    Kind::MalformedHeader,
                    format!("`X-Consistency: {text}`; accepted: {accepted}"),
                ))
            }
        }
    }
}
