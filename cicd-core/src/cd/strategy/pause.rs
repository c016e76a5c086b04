//! How long a rollout waits between two steps.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::violation::{Fields, Path, Violations, wrong_type};

/// How long a timed pause may last, in seconds: a second to 7 days.
pub const PAUSE_SECONDS: RangeInclusive<u64> = 1..=7 * 24 * 3600;

/// How long a rollout waits: `"manual"` or `{"seconds": n}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// Until a release-manager resumes it. Does not count against the deadline.
    Manual,
    /// So many seconds.
    Seconds(u64),
}

impl Pause {
    /// How long, in seconds; `None` until a release-manager resumes it.
    #[must_use]
    pub const fn seconds(self) -> Option<u64> {
        match self {
            Self::Manual => None,
            Self::Seconds(seconds) => Some(seconds),
        }
    }
}

/// Reads a pause.
pub(super) fn read(value: &Value, path: &Path, violations: &mut Violations) -> Option<Pause> {
    if is_manual(value, path, "`\"manual\"` or `{\"seconds\": n}`", violations)? {
        return Some(Pause::Manual);
    }
    let mut fields = Fields::of(value, path, violations)?;
    let seconds = fields.integer("seconds", None, PAUSE_SECONDS, violations);
    fields.finish(violations);
    seconds.map(Pause::Seconds)
}

/// Whether `value` is the word `manual` (`true`) or an object (`false`); notes anything else as not `accepted`.
pub(super) fn is_manual(
    value: &Value,
    path: &Path,
    accepted: &str,
    violations: &mut Violations,
) -> Option<bool> {
    match value {
        Value::Object(_) => return Some(false),
        Value::String(word) if word == "manual" => return Some(true),
        Value::String(word) => {
            let word: String = word.chars().take(80).collect();
            violations.push(path, "unknown_choice", format!("`{word}` is unknown; accepted: {accepted}"));
        }
        other => wrong_type(path, accepted, other, violations),
    }
    None
}
