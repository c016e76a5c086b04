//! JSON bodies of bounded size.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use cicd_core::violation::Violations;
use futures_util::StreamExt as _;
use serde_json::{Map, Value};

use super::header_text;
use crate::json;
use crate::limits::BODY_BYTES;
use crate::problem::{Kind, Problem};

/// Reads a whole body, and as JSON. No body stands for an empty object.
///
/// # Errors
/// 413 beyond [`BODY_BYTES`], 415 for anything but uncompressed `application/json`, 400 for malformed JSON.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<(Vec<u8>, Value), Problem> {
    let bytes = raw(headers, body).await?;
    if bytes.is_empty() {
        return Ok((bytes, Value::Object(Map::new())));
    }
    match json::parse(&bytes) {
        Ok(value) => Ok((bytes, value)),
        Err(error) => Err(Problem::new(Kind::MalformedJson, format!("{error}; accepted: one JSON text"))),
    }
}

/// Reads a whole body as it came, without looking into it.
///
/// # Errors
/// As [`read`], but for what is in it.
pub(crate) async fn raw(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Problem> {
    let announced =
        header_text(headers, &header::CONTENT_LENGTH)?.and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_BYTES) {
        return Err(too_large());
    }
    let bytes = collect(body).await?;
    if !bytes.is_empty() {
        check_type(headers)?;
    }
    Ok(bytes)
}

/// The draft in a body.
///
/// # Errors
/// As [`read`], and 422 with every violation.
pub(crate) async fn draft<T>(
    headers: &HeaderMap,
    body: Body,
    parse: impl FnOnce(&Value) -> Result<T, Violations>,
) -> Result<T, Problem> {
    let (_, value) = read(headers, body).await?;
    parse(&value).map_err(|violations| Problem::violations(Kind::Invalid, &violations))
}

async fn collect(body: Body) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|_| Problem::new(Kind::MalformedJson, "the body ended before its end"))?;
        if bytes.len().saturating_add(frame.len()) > BODY_BYTES {
            return Err(too_large());
        }
        bytes.extend_from_slice(&frame);
    }
    Ok(bytes)
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |found: &str| {
        let found: String = found.chars().take(80).collect();
        Err(Problem::new(Kind::UnsupportedMediaType, format!("`{found}`; accepted: `application/json`")))
    };
    if let Some(encoding) = header_text(headers, &header::CONTENT_ENCODING)? {
        return refuse(encoding);
    }
    let text = header_text(headers, &header::CONTENT_TYPE)?.unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| parameter.replace('"', "").eq_ignore_ascii_case("charset=utf-8"));
    if is_json && is_utf8 { Ok(()) } else { refuse(text) }
}

fn too_large() -> Problem {
    Problem::new(Kind::BodyTooLarge, format!("accepted: at most {BODY_BYTES} bytes"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn typed(text: &'static str) -> Option<Kind> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(text));
        check_type(&headers).err().map(|problem| problem.kind())
    }

    #[test]
    fn only_json_in_utf8() {
        for text in
            ["application/json", "Application/JSON; charset=utf-8", "application/json;charset=\"UTF-8\""]
        {
            assert_eq!(typed(text), None, "{text}");
        }
        for text in [
            "",
            "text/plain",
            "application/json; charset=latin1",
            "application/jsonx",
            "application/json; a=b",
        ] {
            assert_eq!(typed(text), Some(Kind::UnsupportedMediaType), "{text}");
        }
        assert!(check_type(&HeaderMap::new()).is_err());
    }

    #[test]
    fn compressed_bodies_are_refused() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert_eq!(check_type(&headers).unwrap_err().kind(), Kind::UnsupportedMediaType);
    }
}
