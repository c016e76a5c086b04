//! The cookie of a session: kept from scripts, from other sites, and from everything but this host.

use axum::http::header::{COOKIE as COOKIES, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use cicd_core::engine::Session;

use super::Unauthenticated;

/// Its name. By the prefix a browser takes it only by TLS or from `localhost`, for the whole host and no other.
pub(crate) const COOKIE: &str = "__Host-cicd";
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a request shows as its session, if anything.
///
/// # Errors
/// [`Unauthenticated::Malformed`] for two sessions, or a `Cookie` that is not text.
pub(crate) fn cookie(headers: &HeaderMap) -> Result<Option<&str>, Unauthenticated> {
    let malformed = |message: &str| Unauthenticated::Malformed { message: message.to_owned() };
    let mut found = None;
    for header in headers.get_all(COOKIES) {
        let text = header.to_str().map_err(|_| malformed("`Cookie` has characters that no session has"))?;
        let named = text.split(';').filter_map(|pair| pair.trim().split_once('='));
        for (_, value) in named.filter(|(name, _)| *name == COOKIE) {
            if found.replace(value).is_some() {
                return Err(malformed("there are two sessions; accepted: one"));
            }
        }
    }
    Ok(found)
}

/// Refuses what another site may have made a browser send. Reading changes nothing, and no other site sees an answer.
///
/// # Errors
/// [`Unauthenticated::CrossSite`].
pub(super) fn refuse_cross_site(parts: &Parts) -> Result<(), Unauthenticated> {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(&parts.method);
    let same = match parts.headers.get(SEC_FETCH_SITE) {
        Some(site) => site == "same-origin",
        None => is_own_origin(&parts.headers),
    };
    if reads || same { Ok(()) } else { Err(Unauthenticated::CrossSite) }
}

/// Browsers that don't say whether a request comes from the same origin name the origin.
fn is_own_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let authority = text(ORIGIN).and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    authority.zip(text(HOST)).is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host))
}

/// Gives a client its session.
pub(crate) fn given(session: &Session) -> Option<HeaderValue> {
    let (text, seconds) = (&session.text, session.seconds_left);
    let mut value =
        HeaderValue::try_from(format!("{COOKIE}={text}; Max-Age={seconds}; {ATTRIBUTES}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Takes a client's session.
pub(crate) fn expired() -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{COOKIE}=; Max-Age=0; {ATTRIBUTES}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(method: Method, headers: &[(&str, &str)]) -> Parts {
        let mut request = axum::http::Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn one_session_or_none() {
        let read = |values: &[&str]| {
            let headers: Vec<_> = values.iter().map(|value| ("cookie", *value)).collect();
            cookie(&parts(Method::GET, &headers).headers).map(|text| text.map(str::to_owned)).map_err(|_| ())
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["theme=dark; cicd=x; __host-cicd=x; X__Host-cicd=y"]), Ok(None));
        assert_eq!(read(&["theme=dark; __Host-cicd=a.1.b"]), Ok(Some("a.1.b".into())));
        assert_eq!(read(&["__Host-cicd=a; __Host-cicd=b"]), Err(()));
        assert_eq!(read(&["__Host-cicd=a", "__Host-cicd=b"]), Err(()));
    }

    #[test]
    fn other_sites_change_nothing() {
        let refused = |method, headers: &[(&str, &str)]| refuse_cross_site(&parts(method, headers)).is_err();
        let (site, host) = ("sec-fetch-site", ("host", "cicd.example:8443"));
        assert!(!refused(Method::GET, &[(site, "cross-site")]));
        for value in ["cross-site", "same-site", "none", "", "SAME-ORIGIN"] {
            assert!(refused(Method::POST, &[(site, value), host, ("origin", "https://cicd.example:8443")]));
        }
        assert!(!refused(Method::POST, &[(site, "same-origin")]));
        assert!(!refused(Method::DELETE, &[host, ("origin", "https://cicd.example:8443")]));
        for origin in ["https://cicd.example", "https://evil.example", "null", "cicd.example:8443"] {
            assert!(refused(Method::PUT, &[host, ("origin", origin)]), "{origin}");
        }
        assert!(refused(Method::POST, &[host]), "nothing says where it comes from");
    }
}
