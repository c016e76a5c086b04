//! Canonical JSON: the one byte form of a value, so that equal values have equal digests.

mod scan;

use serde::Serialize;
use serde_json::Value;

pub use scan::is_canonical;

/// A value that has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A number that is not an integer within ±(2⁵³ − 1).
    #[error("`{0}` has no canonical form; accepted: integers from -(2^53-1) to 2^53-1")]
    Number(String),
    /// A value that does not serialise as JSON.
    #[error("the value does not serialise as json: {0}")]
    Serialise(String),
}

const LARGEST: i64 = (1 << 53) - 1;

/// The bytes of `value` after [RFC 8785](https://www.rfc-editor.org/rfc/rfc8785): members sorted by UTF-16 code units, no
/// white space, integers only.
///
/// # Errors
/// [`CanonicalError`] for fractions, integers beyond ±(2⁵³ − 1) and values that are not JSON.
///
/// ```
/// let bytes = cicd_core::json::canonical(&serde_json::json!({"b": 1, "a": "é"}))?;
/// assert_eq!(bytes, r#"{"a":"é","b":1}"#.as_bytes());
/// # Ok::<(), cicd_core::json::CanonicalError>(())
/// ```
pub fn canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value).map_err(|error| CanonicalError::Serialise(error.to_string()))?;
    let mut out = Vec::with_capacity(256);
    write(&value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
        Value::Number(number) => match number.as_i64() {
            Some(integer) if (-LARGEST..=LARGEST).contains(&integer) => {
                out.extend_from_slice(integer.to_string().as_bytes());
            }
            _ => return Err(CanonicalError::Number(number.to_string())),
        },
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_string(name, out);
                out.push(b':');
                write(member, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\r' => out.extend_from_slice(b"\\r"),
            control if control < ' ' => {
                out.extend_from_slice(format!("\\u{:04x}", u32::from(control)).as_bytes());
            }
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sorts_by_utf16_and_escapes() {
        // RFC 8785 §3.2.3: U+1F600 sorts by its surrogates, before U+FB33.
        let value = json!({"\u{fb33}": 1, "\u{1f600}": 2, "\r": 3, "1": 4, "\u{80}": 5});
        let text = String::from_utf8(canonical(&value).unwrap()).unwrap();
        assert_eq!(text, "{\"\\r\":3,\"1\":4,\"\u{80}\":5,\"\u{1f600}\":2,\"\u{fb33}\":1}");
        assert_eq!(canonical("\u{1}\u{1f}/\"").unwrap(), br#""\u0001\u001f/\"""#);
    }

    #[test]
    fn refuses_what_browsers_round() {
        assert!(canonical(&json!(0.5)).is_err());
        assert!(canonical(&json!(1_u64 << 53)).is_err());
        assert_eq!(canonical(&json!(-9_007_199_254_740_991_i64)).unwrap(), b"-9007199254740991");
    }
}
