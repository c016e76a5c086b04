//! Who asks: the host's [`Authenticator`] says. API tokens are the first one.

mod again;
mod cookie;
mod failures;
mod token;

use async_trait::async_trait;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use cicd_core::authz::Caller;

use crate::problem::{Kind, Problem};
pub(crate) use again::Shown;
pub(crate) use cookie::{COOKIE, cookie, expired, given};
pub(crate) use failures::Failures;
pub use token::TokenAuthenticator;
pub(crate) use token::bearer;

/// Why a request is nobody's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// It shows no credential.
    #[error(
        "the request shows no credential; accepted: `Authorization: Bearer <token>`, or a session's cookie"
    )]
    Missing,
    /// Its credential is not one that works: unknown, expired, revoked or misspelt. Which, nobody is told.
    #[error("the credential does not work; accepted: a token that is neither expired nor revoked")]
    Invalid,
    /// Its credential has a form that can't be read.
    #[error("the credential is malformed: {message}")]
    Malformed {
        /// What is wrong, without the credential itself.
        message: String,
    },
    /// It changes something by a session's cookie, and does not come from a page of this host.
    #[error(
        "a session's cookie changes nothing from elsewhere; accepted: `Sec-Fetch-Site: same-origin`, or this host's `Origin`"
    )]
    CrossSite,
    /// Too many authentications failed from where it comes.
    #[error("too many authentications failed from this address; try again in {seconds} s")]
    TooManyFailures {
        /// When to try again.
        seconds: u64,
    },
    /// Nobody can tell now.
    #[error("the authenticator is unavailable: {message}")]
    Unavailable {
        /// What went wrong, for the log.
        message: String,
    },
}

/// Says who asks. The tenant comes from here, never from a path or a body.
///
/// - A caller is returned only for a credential that was checked.
/// - It reads headers and extensions, never the query: that ends up in logs.
#[async_trait]
pub trait Authenticator: Send + Sync + 'static {
    /// Who sent a request with these parts.
    ///
    /// # Errors
    /// [`Unauthenticated`] when that can't be told.
    async fn authenticate(&self, parts: &Parts) -> Result<Caller, Unauthenticated>;
}

impl From<Unauthenticated> for Problem {
    fn from(error: Unauthenticated) -> Self {
        let detail = error.to_string();
        match error {
            Unauthenticated::Missing => challenge(detail, "Bearer realm=\"cicd\""),
            Unauthenticated::Invalid => challenge(detail, "Bearer realm=\"cicd\", error=\"invalid_token\""),
            Unauthenticated::Malformed { .. } => Self::new(Kind::MalformedHeader, detail),
            Unauthenticated::CrossSite => Self::new(Kind::CrossSite, detail),
            Unauthenticated::TooManyFailures { seconds } => {
                Self::new(Kind::TooManyFailures, detail).retry_after(seconds)
            }
            Unauthenticated::Unavailable { message } => {
                tracing::warn!(message, "nobody can be authenticated");
                Self::new(Kind::Unavailable, "nobody can be authenticated now; try again").retry_after(1)
            }
        }
    }
}

fn challenge(detail: String, challenge: &'static str) -> Problem {
    Problem::new(Kind::Unauthenticated, detail)
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}
