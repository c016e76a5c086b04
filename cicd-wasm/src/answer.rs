//! JSON in, JSON out.

use cicd_core::violation::Violations;
use serde::Serialize;
use serde_json::Value;

use crate::read::At;

/// Why a function gives no answer: its arguments are not what it takes.
pub(crate) struct Problem(pub(crate) String);

impl<E: std::error::Error> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// A draft that was read, or all that is wrong with it.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Validation<T> {
    Valid { valid: bool, value: T },
    Invalid { valid: bool, violations: Violations },
}

impl<T> From<Result<T, Violations>> for Validation<T> {
    fn from(read: Result<T, Violations>) -> Self {
        match read {
            Ok(value) => Self::Valid { valid: true, value },
            Err(violations) => Self::Invalid { valid: false, violations },
        }
    }
}

/// What a function says, as JSON.
pub(crate) type Answer = Result<String, Problem>;

/// `answer` as JSON.
pub(crate) fn json<T: Serialize>(answer: &T) -> Answer {
    serde_json::to_string(answer).map_err(Problem::from)
}

/// Reads `arguments`, asks `function`, and writes what it says.
pub(crate) fn answer(arguments: &str, function: fn(At<'_>) -> Answer) -> String {
    let read = serde_json::from_str(arguments).map_err(Problem::from);
    match read.and_then(|value: Value| function(At(&value))) {
        Ok(answer) => format!("{{\"answer\":{answer}}}"),
        Err(Problem(why)) => format!("{{\"problem\":{}}}", Value::String(why)),
    }
}
