//! What commands print.

use std::io::{self, Write as _};

use serde_json::Value;

use super::trouble::Trouble;

/// One JSON document on standard output.
pub(super) fn json(value: &Value) -> Result<(), Trouble> {
    line(&value.to_string())
}

/// A line, or several, on standard output.
pub(super) fn line(text: &str) -> Result<(), Trouble> {
    writeln!(io::stdout(), "{text}")
        .map_err(|error| Trouble::failed(format!("nothing can be printed: {error}")))
}

/// The text at a JSON pointer; `-` where there is none.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("-")
}

/// The status of a release.
pub(super) fn status(release: &Value) -> &str {
    text(release, "/state/status")
}

/// A release in one line.
pub(super) fn release(release: &Value) -> String {
    format!(
        "{} {} {} on {}: {}",
        text(release, "/id"),
        text(release, "/service"),
        text(release, "/version"),
        text(release, "/content/deployment"),
        status(release)
    )
}
