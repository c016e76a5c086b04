//! What is answered when nothing went wrong.

use serde_json::{Map, Value, json};

use super::schemas::set;

/// A header of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Header {
    /// The version of the row.
    ETag,
    /// Where to find what was made.
    Location,
    /// The ledger's sequence after a write.
    Consistency,
    /// Whether the outcome is an earlier request's.
    Replayed,
    /// Where to read on in a log.
    NextOffset,
    /// SHA-256 of the body.
    ReprDigest,
    /// Under which name to keep the body.
    Disposition,
    /// The session's cookie.
    SetCookie,
    /// When to try again.
    RetryAfter,
    /// Which credential is asked for.
    Authenticate,
    /// The id of the request.
    RequestId,
}

impl Header {
    /// All of them.
    pub(super) const ALL: [Self; 11] = [
        Self::ETag,
        Self::Location,
        Self::Consistency,
        Self::Replayed,
        Self::NextOffset,
        Self::ReprDigest,
        Self::Disposition,
        Self::SetCookie,
        Self::RetryAfter,
        Self::Authenticate,
        Self::RequestId,
    ];

    /// Its name on the wire.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ETag => "ETag",
            Self::Location => "Location",
            Self::Consistency => "X-Consistency",
            Self::Replayed => "Idempotency-Replayed",
            Self::NextOffset => "X-Next-Offset",
            Self::ReprDigest => "Repr-Digest",
            Self::Disposition => "Content-Disposition",
            Self::SetCookie => "Set-Cookie",
            Self::RetryAfter => "Retry-After",
            Self::Authenticate => "WWW-Authenticate",
            Self::RequestId => "X-Request-Id",
        }
    }

    /// Its description.
    pub(super) fn described(self) -> Value {
        let count = json!({ "type": "integer", "minimum": 0 });
        let text = json!({ "type": "string" });
        let (about, required, schema) = match self {
            Self::ETag => {
                ("The version, for `If-Match`.", true, json!({ "type": "string", "pattern": "^\".*\"$" }))
            }
            Self::Location => ("Where to find what was made.", true, text),
            Self::Consistency => {
                ("The ledger's sequence after the write: whoever reads from here on sees it.", true, count)
            }
            Self::Replayed => (
                "The outcome is that of an earlier request with the same key.",
                false,
                json!({ "const": "true" }),
            ),
            Self::NextOffset => ("Where to read on.", true, count),
            Self::ReprDigest => ("SHA-256 of the body, after RFC 9530.", true, text),
            Self::Disposition => ("Under which name to keep it.", true, text),
            Self::SetCookie => ("The session's cookie, which no script can read.", false, text),
            Self::RetryAfter => ("After how many seconds to try again.", true, count),
            Self::Authenticate => ("Which credential is asked for.", true, text),
            Self::RequestId => ("The id of the request, which the log has too.", true, text),
        };
        json!({ "description": about, "required": required, "schema": schema })
    }
}

/// An answer: its status, what it means, its headers, its media types and their schemas.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(super) status: u16,
    pub(super) about: &'static str,
    pub(super) headers: Vec<Header>,
    pub(super) content: Vec<(&'static str, Value)>,
}

impl Reply {
    /// The answer in the document.
    pub(super) fn described(self) -> Value {
        let mut reply = json!({ "description": self.about, "headers": headers(&self.headers) });
        if !self.content.is_empty() {
            let content = self.content.into_iter();
            let content = content.map(|(media, schema)| (media.to_owned(), json!({ "schema": schema })));
            set(&mut reply, "content", Value::Object(content.collect()));
        }
        reply
    }
}

/// References to these headers, and to the one that every answer has.
pub(super) fn headers(all: &[Header]) -> Value {
    let all = all.iter().chain([&Header::RequestId]);
    let named = all.map(|header| {
        (header.name().to_owned(), json!({ "$ref": format!("#/components/headers/{}", header.name()) }))
    });
    Value::Object(named.collect::<Map<_, _>>())
}
