//! Small bodies of commands: why, and where to.

use std::ops::RangeInclusive;

use cicd_core::id::ReleaseId;
use cicd_core::violation::{Fields, Path, Violations, parsed, text};
use serde_json::Value;

/// The most characters of a reason.
pub(crate) const REASON_CHARACTERS: usize = 2000;
const REASON: RangeInclusive<usize> = 1..=REASON_CHARACTERS;

/// Why a rollout is aborted: `{"reason": …}`, which may be left out.
#[derive(Clone, Debug, utoipa::ToSchema)]
#[schema(as = ReasonDraft)]
pub(crate) struct Abort {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: Option<String>,
}

/// Why a release is tried again: `{"reason": …}`, which may be left out.
pub(crate) type Retry = Abort;

/// Why, and to what, a release is rolled back: `{"reason": …, "target": …}`; the target may be left out.
#[derive(Clone, Debug, utoipa::ToSchema)]
#[schema(as = RollbackDraft)]
pub(crate) struct Rollback {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
    /// The release whose content comes back; the newest candidate unless said.
    pub(crate) target: Option<ReleaseId>,
}

impl Abort {
    pub(crate) fn parse(value: &Value) -> Result<Self, Violations> {
        let mut violations = Violations::new();
        let Some(mut fields) = Fields::of(value, &Path::root(), &mut violations) else {
            return Err(violations);
        };
        let given = fields.optional("reason");
        let reason = given.and_then(|(value, path)| text(value, &path, &mut violations, REASON));
        fields.finish(&mut violations);
        violations.into_result(Self { reason })
    }
}

impl Rollback {
    pub(crate) fn parse(value: &Value) -> Result<Self, Violations> {
        let mut violations = Violations::new();
        let Some(mut fields) = Fields::of(value, &Path::root(), &mut violations) else {
            return Err(violations);
        };
        let reason = fields.text("reason", &mut violations, REASON).unwrap_or_default();
        let given = fields.optional("target");
        let target = given.and_then(|(value, path)| parsed(value, &path, "invalid_id", &mut violations));
        fields.finish(&mut violations);
        violations.into_result(Self { reason, target })
    }
}

/// A body that says nothing: `{}`, or none.
pub(crate) fn nothing(value: &Value) -> Result<(), Violations> {
    let mut violations = Violations::new();
    if let Some(fields) = Fields::of(value, &Path::root(), &mut violations) {
        fields.finish(&mut violations);
    }
    violations.into_result(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reasons_are_read() {
        assert_eq!(Abort::parse(&json!({})).unwrap().reason, None);
        assert_eq!(Abort::parse(&json!({"reason": "late"})).unwrap().reason.as_deref(), Some("late"));
        let rollback = Rollback::parse(&json!({"reason": "late"})).unwrap();
        assert_eq!((rollback.reason.as_str(), rollback.target), ("late", None));
    }

    #[test]
    fn every_mistake_is_told() {
        let count = |violations: Violations| violations.iter().count();
        assert_eq!(count(Abort::parse(&json!({"reason": "", "why": 1})).unwrap_err()), 2);
        assert_eq!(count(Rollback::parse(&json!({"target": "x"})).unwrap_err()), 2);
        assert_eq!(count(nothing(&json!({"a": 1, "b": 2})).unwrap_err()), 2);
        assert_eq!(count(nothing(&json!([])).unwrap_err()), 1);
        assert!(nothing(&json!({})).is_ok());
    }
}
