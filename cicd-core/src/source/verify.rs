//! Whether a delivery comes from who its source says. The provider that is configured chooses the scheme, the bytes as they
//! came are what is verified, and nothing in them is read before.

mod body;
mod standard;
mod token;

use super::{HeaderError, Headers, Provider, Scheme};
use crate::time::Timestamp;

pub use standard::TOLERANCE_SECONDS;

/// The fewest bytes of a secret; what is shorter can be guessed and is refused.
pub const MIN_SECRET_BYTES: usize = 16;

/// Why a delivery is not verified: for the host's log, never for the sender.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The header that shows who sends is not there.
    #[error("header `{name}` is missing")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A header is there twice, or is not plain text.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The header that shows who sends has another form.
    #[error("header `{name}` has another form")]
    Form {
        /// Its name.
        name: &'static str,
    },
    /// The delivery is too old, or from the future.
    #[error("the timestamp is more than {TOLERANCE_SECONDS} s from now")]
    Timestamp,
    /// No secret makes this signature.
    #[error("no secret of the source makes this signature")]
    Mismatch,
    /// No secret can sign: it is too short, or not in the form of the scheme.
    #[error(
        "the source has no secret that can sign; accepted: {MIN_SECRET_BYTES} bytes or more, for Standard Webhooks `whsec_` and base64"
    )]
    NoSecret,
}

/// Verifies that a holder of one of `secrets` sent `body` at about `now`.
///
/// # Errors
/// Why it is not verified.
pub fn verify(
    (provider, scheme): (Provider, Scheme),
    secrets: &[&str],
    headers: &Headers,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Unverified> {
    match (provider, scheme) {
        (Provider::Github, _) => body::verify(&body::GITHUB, secrets, headers, body),
        (Provider::Gitea, _) => body::verify(&body::GITEA, secrets, headers, body),
        (Provider::Forgejo, _) => body::verify(&body::FORGEJO, secrets, headers, body),
        (Provider::Bitbucket, _) => body::verify(&body::BITBUCKET, secrets, headers, body),
        (Provider::Gitlab, Scheme::Token) => token::verify(secrets, headers),
        (Provider::Gitlab, Scheme::Signature) | (Provider::StandardWebhooks, _) => {
            standard::verify(secrets, headers, body, now)
        }
    }
}

/// The header `name`, which must be there once.
fn required<'a>(headers: &'a Headers, name: &'static str) -> Result<&'a str, Unverified> {
    headers.one(name)?.ok_or(Unverified::Missing { name })
}
