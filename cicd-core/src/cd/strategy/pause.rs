//! How long a rollout waits between two steps.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::violation::{Fields, Path, Violations};

/// How long a timed pause may last, in seconds: a second to 7 days.
pub const PAUSE_SECONDS: RangeInclusive<u64> = 1..=7 * 24 * 3600;

/// How long a rollout waits: `"manual"` or `{"seconds": n}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// Until a release-manager resumes it. Does not count against the deadline.
    Manual,
    /// So many seconds.
    Seconds(u64),
}

/// Reads a pause.
pub(super) fn read(value: &Value, path: &Path, violations: &mut Violations) -> Option<Pause> {
    if let Value::String(word) = value {
        if word == "manual" {
            return Some(Pause::Manual);
        }
        let word: String = word.chars().take(80).collect();
        violations.push(path, "unknown_choice", format!("`{word}` is unknown; accepted: {ACCEPTED}"));
        return None;
    }
    if !value.is_object() {
        crate::violation::wrong_type(path, ACCEPTED, value, violations);
        return None;
    }
    let mut fields = Fields::of(value, path, violations)?;
    let seconds = fields.integer("seconds", None, PAUSE_SECONDS, violations);
    fields.finish(violations);
    seconds.map(Pause::Seconds)
}

const ACCEPTED: &str = "`\"manual\"` or `{\"seconds\": n}`";
