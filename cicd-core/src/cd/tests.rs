//! Tests of what is read, what fits, and what is planned.

mod fit;
mod generate;
mod mistakes;
mod plans;
mod properties;

use serde_json::{Value, json};

use super::{CdSpec, PolicyFloor};
use crate::service::{Capabilities, Tier};
use crate::violation::Violations;

const NO_FLOOR: PolicyFloor = PolicyFloor::default_for(Tier::Staging);

fn parse(draft: &Value) -> Result<CdSpec, Violations> {
    CdSpec::parse(draft, &Capabilities::ALL, &NO_FLOOR)
}

fn found(violations: &Violations) -> Vec<(String, String)> {
    violations.iter().map(|violation| (violation.path.clone(), violation.code.to_string())).collect()
}

/// Expects exactly these (path, code) pairs, and that each message helps.
fn expect(draft: &Value, expected: &[(&str, &str)]) {
    let violations = parse(draft).expect_err(&draft.to_string());
    let expected: Vec<_> =
        expected.iter().map(|(path, code)| ((*path).to_owned(), (*code).to_owned())).collect();
    assert_eq!(found(&violations), expected, "{draft}");
    for violation in &violations {
        let helps = violation.message.contains("accepted") || violation.code == "required";
        assert!(helps, "`{}` doesn't say what would be accepted", violation.message);
    }
}

/// A draft whose other fields are fine.
fn with(field: &str, value: Value) -> Value {
    let mut draft = json!({"strategy": {"type": "rolling"}});
    draft[field] = value;
    draft
}

fn canary(steps: Value) -> Value {
    with("strategy", Value::from_iter([("type", Value::from("canary")), ("steps", steps)]))
}
