//! Idempotency keys: a POST that is repeated with its key gets the first outcome.

use axum::http::{HeaderMap, HeaderName, Method};
use cicd_core::digest::Digest;

use crate::extract::header_text;
use crate::limits::IDEMPOTENCY_KEY_CHARACTERS;
use crate::problem::{Kind, Problem};

const NAME: HeaderName = HeaderName::from_static("idempotency-key");
/// Marks the answer to a repeated request.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The key of a request, if it brings one.
///
/// # Errors
/// 400 for a key that is too long, empty, or has invisible characters.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(key) = header_text(headers, &NAME)? else { return Ok(None) };
    // The IETF draft writes the key as a quoted string, most clients don't.
    let bare = key.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(key);
    if (1..=IDEMPOTENCY_KEY_CHARACTERS).contains(&bare.len())
        && bare.bytes().all(|byte| byte.is_ascii_graphic())
    {
        Ok(Some(bare))
    } else {
        let detail = format!("an idempotency key has 1 to {IDEMPOTENCY_KEY_CHARACTERS} visible characters");
        Err(Problem::new(Kind::MalformedHeader, detail))
    }
}

/// What the key stands for: the same key with another fingerprint is refused.
pub(crate) fn fingerprint(method: &Method, path: &str, body: &[u8]) -> Digest {
    Digest::of_parts(&[method.as_str().as_bytes(), b"\n", path.as_bytes(), b"\n", body])
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(text: &str) -> Result<Option<String>, Kind> {
        let mut headers = HeaderMap::new();
        headers.insert(NAME, HeaderValue::from_str(text).unwrap());
        key(&headers).map(|key| key.map(str::to_owned)).map_err(|problem| problem.kind())
    }

    #[test]
    fn a_key_is_visible_and_short() {
        assert_eq!(key(&HeaderMap::new()).unwrap(), None);
        assert_eq!(read("a-1"), Ok(Some("a-1".into())));
        assert_eq!(read("\"a-1\""), Ok(Some("a-1".into())));
        assert_eq!(read(&"k".repeat(255)), Ok(Some("k".repeat(255))));
        for text in ["", "\"\"", "a b", &"k".repeat(256)] {
            assert_eq!(read(text), Err(Kind::MalformedHeader), "{text}");
        }
    }

    #[test]
    fn every_part_makes_another_fingerprint() {
        let base = fingerprint(&Method::POST, "/releases", b"{}");
        assert_ne!(base, fingerprint(&Method::PUT, "/releases", b"{}"));
        assert_ne!(base, fingerprint(&Method::POST, "/freezes", b"{}"));
        assert_ne!(base, fingerprint(&Method::POST, "/releases", b"{ }"));
    }
}
