//! Conditional requests: the version of a row is its ETag, and a change names the version that it is meant for.

use axum::http::{HeaderMap, HeaderValue, header};
use cicd_core::id::RowVersion;

use crate::extract::header_text;
use crate::problem::{Kind, Problem};

/// The ETag of a row: its version in quotes.
pub(crate) fn etag(version: RowVersion) -> HeaderValue {
    // Digits and quotes always are a header's value.
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// The version that a PUT is meant for: `If-None-Match: *` for a row that must not be there, `If-Match` for one that is.
///
/// # Errors
/// 428 without either, 400 for both at once or another form.
pub(crate) fn expected_of_put(headers: &HeaderMap) -> Result<RowVersion, Problem> {
    let absent = header_text(headers, &header::IF_NONE_MATCH)?;
    let present = header_text(headers, &header::IF_MATCH)?;
    match (absent, present) {
        (Some("*"), None) => Ok(RowVersion::ABSENT),
        (None, Some(text)) => version("If-Match", text),
        (None, None) => {
            Err(required("`If-None-Match: *` to create it, or `If-Match` with its ETag to change it"))
        }
        (Some(text), None) => Err(malformed("If-None-Match", text, "`*`")),
        (Some(_), Some(_)) => {
            Err(Problem::new(Kind::MalformedHeader, "`If-Match` and `If-None-Match` exclude each other"))
        }
    }
}

/// The version that a DELETE is meant for.
///
/// # Errors
/// 428 without `If-Match`, 400 for another form.
pub(crate) fn expected_of_delete(headers: &HeaderMap) -> Result<RowVersion, Problem> {
    match header_text(headers, &header::IF_MATCH)? {
        Some(text) => version("If-Match", text),
        None => Err(required("`If-Match` with its ETag")),
    }
}

fn version(name: &str, text: &str) -> Result<RowVersion, Problem> {
    let digits = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let version = digits.and_then(|digits| digits.parse().ok()).map(RowVersion);
    version.ok_or_else(|| malformed(name, text, "one ETag as it was answered, such as `\"3\"`"))
}

fn malformed(name: &str, text: &str, accepted: &str) -> Problem {
    let text: String = text.chars().take(80).collect();
    Problem::new(Kind::MalformedHeader, format!("`{name}: {text}`; accepted: {accepted}"))
}

fn required(accepted: &str) -> Problem {
    Problem::new(Kind::PreconditionRequired, format!("the request names no version; accepted: {accepted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(headers: &[(&'static str, &'static str)]) -> Result<RowVersion, Kind> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        expected_of_put(&map).map_err(|problem| problem.kind())
    }

    #[test]
    fn a_put_names_its_version() {
        assert_eq!(put(&[("if-none-match", "*")]), Ok(RowVersion::ABSENT));
        assert_eq!(put(&[("if-match", "\"7\"")]), Ok(RowVersion(7)));
        assert_eq!(put(&[]), Err(Kind::PreconditionRequired));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in
            ["7", "W/\"7\"", "*", "\"7\", \"8\"", "\"-1\"", "\"+1\"", "\"\"", "\"99999999999999999999\""]
        {
            assert_eq!(put(&[("if-match", text)]), Err(Kind::MalformedHeader), "{text}");
        }
        assert_eq!(put(&[("if-none-match", "\"7\"")]), Err(Kind::MalformedHeader));
        assert_eq!(put(&[("if-match", "\"7\""), ("if-none-match", "*")]), Err(Kind::MalformedHeader));
        assert_eq!(put(&[("if-match", "\"7\""), ("if-match", "\"8\"")]), Err(Kind::MalformedHeader));
    }

    #[test]
    fn an_etag_comes_back() {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, etag(RowVersion(42)));
        assert_eq!(expected_of_delete(&headers).ok(), Some(RowVersion(42)));
    }
}
