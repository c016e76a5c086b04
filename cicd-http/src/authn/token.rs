//! API tokens, shown as `Authorization: Bearer <token>`, and the sessions that they opened, shown as a cookie.

use std::time::Instant;

use async_trait::async_trait;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use cicd_core::authz::Caller;
use cicd_core::engine::Engine;

use super::again::KnownBefore;
use super::failures::Failures;
use super::{Authenticator, Unauthenticated, cookie};
use crate::origin::address;

/// Knows callers by the engine's API tokens and sessions. Where a request has an `Authorization`, its cookie is not looked at.
///
/// Beyond ten failures a minute an address has to wait, whatever it shows. The address is that of the connection, where the
/// server tells it (`ConnectInfo<SocketAddr>`), or what a proxy says that [`RouterOptions`](crate::RouterOptions) trust; without it
/// limiting is the proxy's.
#[derive(Debug)]
pub struct TokenAuthenticator {
    engine: Engine,
    failures: Failures,
}

impl TokenAuthenticator {
    /// Checks tokens with `engine`.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self { engine, failures: Failures::default() }
    }

    async fn check(&self, parts: &Parts) -> Result<Caller, Unauthenticated> {
        let found = if let Some(token) = bearer(&parts.headers)? {
            self.engine.authenticate(token).await
        } else {
            let text = cookie::cookie(&parts.headers)?.ok_or(Unauthenticated::Missing)?;
            cookie::refuse_cross_site(parts)?;
            self.engine.session(text).await.map(|session| session.map(|session| session.caller))
        };
        match found {
            Ok(Some(caller)) => Ok(caller),
            Ok(None) => Err(Unauthenticated::Invalid),
            Err(error) => Err(Unauthenticated::Unavailable { message: error.to_string() }),
        }
    }
}

#[async_trait]
impl Authenticator for TokenAuthenticator {
    async fn authenticate(&self, parts: &Parts) -> Result<Caller, Unauthenticated> {
        let guesser = address(parts).filter(|_| parts.extensions.get::<KnownBefore>().is_none());
        let Some(address) = guesser else { return self.check(parts).await };
        let now = Instant::now();
        if let Some(seconds) = self.failures.wait((address, ()), now) {
            return Err(Unauthenticated::TooManyFailures { seconds });
        }
        let checked = self.check(parts).await;
        if matches!(checked, Err(Unauthenticated::Invalid | Unauthenticated::Malformed { .. })) {
            self.failures.count((address, ()), now);
        }
        checked
    }
}

/// The bearer token of a request, if it shows one.
///
/// # Errors
/// [`Unauthenticated::Malformed`] for two `Authorization` headers or another scheme.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Unauthenticated> {
    let malformed = |message: &str| Unauthenticated::Malformed { message: message.to_owned() };
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(first) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(malformed("there are two `Authorization` headers; accepted: one"));
    }
    let text = first.to_str().map_err(|_| malformed("`Authorization` has characters that no token has"))?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(Some(token.trim_start_matches(' ')))
        }
        _ => Err(malformed("`Authorization` has another scheme; accepted: `Bearer <token>`")),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn one_bearer_token_or_none() {
        let read = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, HeaderValue::from_static(value));
            }
            bearer(&headers).map(|token| token.map(str::to_owned)).map_err(|_| ())
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["Bearer abc"]), Ok(Some("abc".into())));
        assert_eq!(read(&["bearer  abc"]), Ok(Some("abc".into())));
        assert_eq!(read(&["Basic abc"]), Err(()));
        assert_eq!(read(&["Bearer"]), Err(()));
        assert_eq!(read(&["Bearer a", "Bearer a"]), Err(()));
    }
}
