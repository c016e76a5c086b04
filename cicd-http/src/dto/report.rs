//! What an executor's attempt reports, and what it is told.

use cicd_core::id::ReleaseId;
use cicd_core::release::Release;
use cicd_core::release::command::Outcome;
use cicd_core::release::state::FailureCause;
use cicd_core::violation::{Fields, Path, Violations};
use serde::Serialize;
use serde_json::Value;

/// A report: `{"number": 1}` for a sign of life, with `"outcome": {"result": "succeeded"}`, or `failed` or `rolled_back`
/// with a `"message"`, for the end.
#[derive(Clone, Debug, utoipa::ToSchema)]
#[schema(as = ReportDraft)]
pub(crate) struct Report {
    /// One more than the report before.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub(crate) number: u64,
    /// How it ended; without it the report is a sign of life.
    #[schema(value_type = Option<Ended>)]
    pub(crate) outcome: Option<Outcome>,
}

/// How an attempt ended, as it is written.
#[derive(utoipa::ToSchema)]
#[schema(as = AttemptOutcome)]
#[serde(tag = "result", rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
enum Ended {
    /// The new version runs.
    Succeeded,
    /// It did not roll out.
    Failed {
        /// Why.
        #[schema(min_length = 1, max_length = 2000)]
        message: String,
    },
    /// It did not roll out, and what ran before runs again.
    RolledBack {
        /// Why.
        #[schema(min_length = 1, max_length = 2000)]
        message: String,
    },
}

impl Report {
    pub(crate) fn parse(value: &Value) -> Result<Self, Violations> {
        let mut violations = Violations::new();
        let Some(mut fields) = Fields::of(value, &Path::root(), &mut violations) else {
            return Err(violations);
        };
        let number = fields.integer("number", None, 1..=(1 << 53) - 1, &mut violations).unwrap_or_default();
        let given = fields.optional("outcome");
        let outcome = given.and_then(|(value, path)| outcome(value, &path, &mut violations));
        fields.finish(&mut violations);
        violations.into_result(Self { number, outcome })
    }
}

fn outcome(value: &Value, path: &Path, violations: &mut Violations) -> Option<Outcome> {
    let mut fields = Fields::of(value, path, violations)?;
    let (result, place) = fields.required("result", violations)?;
    let read = match result.as_str() {
        Some("succeeded") => Some(Outcome::Succeeded),
        Some("failed") => cause(&mut fields, violations).map(|cause| Outcome::Failed { cause }),
        Some("rolled_back") => cause(&mut fields, violations).map(|cause| Outcome::RolledBack { cause }),
        _ => {
            fields.optional("message");
            violations.push(place, "unknown_choice", "accepted: `succeeded`, `failed`, `rolled_back`");
            None
        }
    };
    fields.finish(violations);
    read
}

fn cause(fields: &mut Fields<'_>, violations: &mut Violations) -> Option<FailureCause> {
    fields.text("message", violations, 1..=2000).map(|message| FailureCause::Reported { message })
}

/// The release as the report left it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Reported {
    release: ReleaseId,
    status: &'static str,
    reports: Option<u64>,
}

impl From<&Release> for Reported {
    fn from(release: &Release) -> Self {
        Self {
            release: release.id(),
            status: release.state.name(),
            reports: release.state.execution().map(|execution| execution.reports),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_signs_of_life_and_ends() {
        assert_eq!(Report::parse(&json!({"number": 1})).unwrap().outcome, None);
        let end = Report::parse(&json!({"number": 2, "outcome": {"result": "succeeded"}})).unwrap();
        assert_eq!((end.number, end.outcome), (2, Some(Outcome::Succeeded)));
        let failed = json!({"number": 3, "outcome": {"result": "failed", "message": "no space"}});
        let cause = FailureCause::Reported { message: "no space".into() };
        assert_eq!(Report::parse(&failed).unwrap().outcome, Some(Outcome::Failed { cause }));
    }

    #[test]
    fn refuses_other_forms() {
        for draft in [
            json!({}),
            json!({"number": 0}),
            json!({"number": 1, "outcome": {}}),
            json!({"number": 1, "outcome": {"result": "failed"}}),
            json!({"number": 1, "outcome": {"result": "succeeded", "message": "x"}}),
            json!({"number": 1, "outcome": {"result": "done"}}),
            json!({"number": 1, "token": "x"}),
        ] {
            assert!(Report::parse(&draft).is_err(), "{draft}");
        }
    }
}
