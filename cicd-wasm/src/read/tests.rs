//! What is read by hand is what serde reads.

use cicd_core::authz::Permissions;
use cicd_core::digest::Digest;
use cicd_core::release::Release;
use cicd_core::release::facts::Facts;
use serde_json::{Value, json};

use super::At;
use crate::answer::Problem;

const CORPUS: [&str; 2] = [
    include_str!("../../../tests/golden/allowedCommands.json"),
    include_str!("../../../tests/golden/explain.json"),
];

/// The arguments of this name in the cases that are answered.
fn given(name: &str) -> Vec<Value> {
    let files = CORPUS.iter().map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap());
    let answered = files.flatten().filter(|case| case["answer"].get("answer").is_some());
    answered.filter_map(|case| case["arguments"].get(name).cloned()).collect()
}

fn ok<T>(read: Result<T, Problem>) -> T {
    read.unwrap_or_else(|Problem(why)| panic!("{why}"))
}

#[test]
fn releases() {
    let mut states = std::collections::BTreeSet::new();
    for shown in given("release") {
        let read = ok(super::release(At(&shown)));
        let mut kept = shown.clone();
        if kept["state"]["status"] == "executing" {
            kept["state"]["report_token"] = json!(Digest::ZERO);
        }
        assert_eq!(read, serde_json::from_value::<Release>(kept).unwrap(), "{shown}");
        states.insert(read.state.name());
    }
    assert_eq!(states.len(), 8, "{states:?}");
}

#[test]
fn permissions() {
    let given = given("permissions");
    assert!(given.len() > 40);
    for shown in given {
        let expected: Permissions = serde_json::from_value(shown.clone()).unwrap();
        assert_eq!(ok(super::permissions(At(&shown))), expected, "{shown}");
    }
}

#[test]
fn facts() {
    let given = given("facts");
    assert!(given.len() > 20);
    for shown in given {
        let mut whole = json!({
            "lease_epoch": 0, "minimum_votes": 0, "freezes": [], "locks": [], "hold": null, "executing": null,
            "ahead": null, "overtaken_by": null, "roles": {},
        });
        whole.as_object_mut().unwrap().extend(shown.as_object().unwrap().clone());
        let expected: Facts = serde_json::from_value(whole).unwrap();
        assert_eq!(ok(super::facts(At(&shown))), expected, "{shown}");
    }
}
