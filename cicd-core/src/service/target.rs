//! What the core asks of a target: an object, bounded, with a canonical form.

use serde_json::Value;

use crate::json::canonical;
use crate::violation::{Path, Violations, wrong_type};

/// How many bytes a target may have, written as JSON without white space.
pub const TARGET_BYTES: usize = 64 * 1024;

/// Notes what keeps `target` from being pinned in a release's content.
pub(super) fn check(target: &Value, path: &Path, violations: &mut Violations) {
    if !target.is_object() {
        return wrong_type(path, "an object", target, violations);
    }
    numbers(target, path, violations);
    let bytes = target.to_string().len();
    if bytes > TARGET_BYTES {
        violations.push(path, "too_large", format!("{bytes} bytes; accepted: at most {TARGET_BYTES}"));
    }
}

fn numbers(value: &Value, path: &Path, violations: &mut Violations) {
    match value {
        Value::Number(_) => {
            if let Err(error) = canonical(value) {
                violations.push(path, "out_of_range", error.to_string());
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                numbers(item, &path.entry(index), violations);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                numbers(member, &path.member(name), violations);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
