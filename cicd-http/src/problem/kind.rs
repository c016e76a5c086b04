//! The kinds of problems: each has a stable code, a status and a title.

use axum::http::StatusCode;
use serde::Serialize;

macro_rules! kinds {
    ($($(#[doc = $help:literal])+ $name:ident = $status:ident, $code:literal, $title:literal;)*) => {
        /// What kind of problem an answer tells of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[doc = $help])+ $name,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code: the last part of the problem's `type`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The title, which is the same for every problem of the kind.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }

            /// The status of the answer.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)*
                }
            }

            /// What it means and what to do about it.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($help),+),)*
                }
            }
        }
    };
}

kinds! {
    /// The body is not one JSON text, names a member twice, or nests too deep.
    MalformedJson = BAD_REQUEST, "malformed-json", "The body is not acceptable JSON";
    /// A header has a form that is not accepted, or is there twice.
    MalformedHeader = BAD_REQUEST, "malformed-header", "A header is malformed";
    /// A part of the path is no id of its kind.
    MalformedPath = BAD_REQUEST, "malformed-path", "The path is malformed";
    /// The query has an unknown, repeated or malformed parameter; `violations` has them all.
    MalformedQuery = BAD_REQUEST, "malformed-query", "The query is malformed";
    /// The request shows no credential, or none that works.
    Unauthenticated = UNAUTHORIZED, "unauthenticated", "Who asks is not known";
    /// Nothing shows that the delivery comes from the sender that its source is set up for. Nobody is told why.
    Unverified = UNAUTHORIZED, "unverified", "The sender is not verified";
    /// The caller may not do this; `action` names the right that is missing.
    Denied = FORBIDDEN, "denied", "The caller may not do this";
    /// A session's cookie came with a request that changes something, but not from a page of this host.
    CrossSite = FORBIDDEN, "cross-site", "The request comes from elsewhere";
    /// Nobody votes on a release that they asked for.
    RequesterVote = FORBIDDEN, "requester-vote", "The requester does not vote";
    /// The voter holds none of the roles that still lack votes; `needed_roles` has them.
    NotEligible = FORBIDDEN, "not-eligible", "The voter's roles are not asked for";
    /// There is no such thing for this caller.
    NotFound = NOT_FOUND, "not-found", "There is no such thing";
    /// The path does not take this method; `Allow` has those that it takes.
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method-not-allowed", "The path does not take this method";
    /// The state does not take the command; `current_state` and `allowed_commands` tell what is possible.
    NotPossible = CONFLICT, "not-possible", "The state does not take this command";
    /// The vote names another content than the release has: look at the release again.
    OtherContent = CONFLICT, "other-content", "The vote is for another content";
    /// The approval deadline has passed: ask for a new release.
    Expired = CONFLICT, "expired", "The approval deadline has passed";
    /// A gate is closed; `gates` tells which, and who or what opens it.
    GateClosed = CONFLICT, "gate-closed", "A gate is closed";
    /// Another worker or a later attempt holds the work.
    LeaseLost = CONFLICT, "lease-lost", "The lease no longer holds";
    /// The rollout has no promotion ahead.
    NothingToPromote = CONFLICT, "nothing-to-promote", "There is nothing to promote";
    /// Another release is under way on the deployment; `release` names it.
    Occupied = CONFLICT, "occupied", "Another release is under way";
    /// Too many releases wait for the deployment.
    QueueFull = CONFLICT, "queue-full", "Too many releases wait";
    /// The release can't be rolled back, or not to that target; `candidates` has the targets.
    NoRollback = CONFLICT, "no-rollback", "There is no such way back";
    /// The service's trigger policy blocks the run; `reason` tells why.
    TriggerBlocked = CONFLICT, "trigger-blocked", "The trigger policy blocks the run";
    /// Nobody could give roles any more: give another principal the role `admin` in the whole tenant first.
    LastAdmin = CONFLICT, "last-admin", "The last admin stays";
    /// What was there has changed, or is there already; `ETag` has its version.
    PreconditionFailed = PRECONDITION_FAILED, "precondition-failed", "It has another version";
    /// The body has more bytes than are accepted.
    BodyTooLarge = PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large";
    /// Path and query have more bytes than are accepted.
    UriTooLong = URI_TOO_LONG, "uri-too-long", "The URI is too long";
    /// A body is `application/json`, in UTF-8 and not compressed.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body is not JSON";
    /// The body breaks rules; `violations` has every one, with its place and what would be accepted.
    Invalid = UNPROCESSABLE_ENTITY, "invalid", "The request is invalid";
    /// A rejection says why.
    CommentRequired = UNPROCESSABLE_ENTITY, "comment-required", "A rejection needs a comment";
    /// The idempotency key was used for another request: use a new one.
    KeyReused = UNPROCESSABLE_ENTITY, "idempotency-key-reused", "The idempotency key was used before";
    /// A change of what is there names the version that it is meant for, by `If-Match` or `If-None-Match: *`.
    PreconditionRequired = PRECONDITION_REQUIRED, "precondition-required", "The request names no version";
    /// Too many authentications failed from this address: try again later.
    TooManyFailures = TOO_MANY_REQUESTS, "too-many-failures", "Too many authentications failed";
    /// The principal, or the address, sends more requests than are taken: send the same again after `Retry-After`.
    TooManyRequests = TOO_MANY_REQUESTS, "too-many-requests", "Too many requests";
    /// Too many deliveries of the source wait. Nothing has changed: send the same again later.
    SourceBusy = TOO_MANY_REQUESTS, "source-busy", "Too many deliveries of the source wait";
    /// The principal listens on as many streams as are accepted: end one first.
    TooManyStreams = TOO_MANY_REQUESTS, "too-many-streams", "Too many streams are open";
    /// The headers have more bytes than are accepted.
    HeadersTooLarge = REQUEST_HEADER_FIELDS_TOO_LARGE, "headers-too-large", "The headers are too large";
    /// A defect: the log has more under the same `request_id`.
    Internal = INTERNAL_SERVER_ERROR, "internal", "Something is broken here";
    /// The store can't be reached, is full or is read-only. Nothing has changed: try again.
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "The store is unavailable";
    /// Too many others change the same. Nothing has changed: try again.
    Contended = SERVICE_UNAVAILABLE, "contended", "Too many others change the same";
    /// The answer took too long. Whether something has changed is not known: try again with the same idempotency key.
    TimedOut = SERVICE_UNAVAILABLE, "timed-out", "The answer took too long";
}

impl Kind {
    /// The problem's `type`, a reference relative to the host.
    #[must_use]
    pub fn type_uri(self) -> String {
        format!("/problems/{}", self.code())
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// What a person who follows the `type` reads.
    pub(crate) fn describe(self) -> Help {
        let (title, status, help) = (self.title(), self.status().as_u16(), self.help().trim());
        Help { uri: self.type_uri(), title, status, help }
    }
}

/// What a kind of problem means.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ProblemHelp)]
pub(crate) struct Help {
    /// The problem's `type`.
    #[serde(rename = "type")]
    uri: String,
    title: &'static str,
    status: u16,
    /// What it means and what to do about it.
    help: &'static str,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_only_defects_and_trouble_are_5xx() {
        let codes: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(*kind));
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
            assert!(kind.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        }
    }
}
