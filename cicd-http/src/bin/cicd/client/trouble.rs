//! Why a command ended without success: lines for people, and an exit code for scripts.

use std::fmt::{self, Write as _};
use std::process::ExitCode;

use hyper::StatusCode;
use serde_json::Value;

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const BLOCKED: u8 = 3;
const WAITING: u8 = 4;

#[derive(Debug)]
pub(crate) struct Trouble {
    text: String,
    code: u8,
}

impl Trouble {
    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: FAILED }
    }

    pub(super) fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: USAGE }
    }

    pub(super) fn blocked(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: BLOCKED }
    }

    pub(super) fn waiting(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: WAITING }
    }

    /// The problem (RFC 9457) of an answer.
    pub(super) fn problem(status: StatusCode, problem: &Value) -> Self {
        let blocked = matches!(status, StatusCode::FORBIDDEN | StatusCode::CONFLICT);
        Self { text: lines(status, problem), code: if blocked { BLOCKED } else { FAILED } }
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        self.code.into()
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn lines(status: StatusCode, problem: &Value) -> String {
    let text = |name: &str| problem.get(name).and_then(Value::as_str);
    let mut lines = text("title").map_or_else(|| format!("the host answered {status}"), str::to_owned);
    let violations = problem.get("violations").and_then(Value::as_array);
    if let (None, Some(detail)) = (violations, text("detail")) {
        let _ = write!(lines, "\n  {detail}");
    }
    for violation in violations.into_iter().flatten() {
        let text = |name: &str| violation.get(name).and_then(Value::as_str).unwrap_or_default();
        let _ = write!(lines, "\n  {}: {}", text("path"), text("message"));
    }
    for (label, name) in [("allowed", "allowed_commands"), ("candidates", "candidates")] {
        if let Some(list) = problem.get(name).and_then(Value::as_array).filter(|list| !list.is_empty()) {
            let words: Vec<_> = list.iter().map(|word| word.as_str().unwrap_or("?")).collect();
            let _ = write!(lines, "\n  {label}: {}", words.join(", "));
        }
    }
    if let Some(id) = text("request_id") {
        let _ = write!(lines, "\n  request id: {id}");
    }
    lines
}
