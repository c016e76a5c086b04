//! What drafts of services and deployments are refused for.

use serde_json::{Value, json};

use super::{Capabilities, DeploymentSpec, HoldReason, ServiceDraft, TARGET_BYTES, Tier};
use crate::violation::Violations;

fn found(violations: &Violations) -> Vec<(&str, &str)> {
    violations.iter().map(|violation| (violation.path.as_str(), &*violation.code)).collect()
}

/// A draft whose other fields are fine.
fn deployment(field: &str, value: Value) -> Value {
    let mut draft = json!({
        "service": "shop",
        "environment": "eu-1",
        "tier": "production",
        "executor": "command",
        "target": {"commands": {"apply": {"argv": ["./deploy"], "timeout_seconds": 60}}},
    });
    draft[field] = value;
    draft
}

#[test]
fn a_deployment_survives_json() {
    let draft = deployment("tier", json!("staging"));
    let spec = DeploymentSpec::parse(&draft).unwrap();
    assert_eq!(spec.tier, Tier::Staging);
    assert_eq!(serde_json::to_value(&spec).unwrap(), draft);
    assert_eq!(serde_json::from_value::<DeploymentSpec>(draft).unwrap(), spec);
}

#[test]
fn each_mistake_in_a_deployment_has_its_place_and_code() {
    for (draft, path, code) in [
        (json!("shop"), "", "wrong_type"),
        (deployment("service", Value::Null), "/service", "required"),
        (deployment("service", json!("Shop")), "/service", "invalid_id"),
        (deployment("environment", json!("eu_1")), "/environment", "invalid_id"),
        (deployment("executor", json!("")), "/executor", "invalid_id"),
        (deployment("tier", json!("prod")), "/tier", "unknown_choice"),
        (deployment("tier", json!(1)), "/tier", "wrong_type"),
        (deployment("region", json!("eu")), "/region", "unknown_field"),
        (deployment("target", Value::Null), "/target", "required"),
        (deployment("target", json!([])), "/target", "wrong_type"),
        (deployment("target", json!({"a/b": [{"ratio": 0.5}]})), "/target/a~1b/0/ratio", "out_of_range"),
        (deployment("target", json!({"large": u64::MAX})), "/target/large", "out_of_range"),
        (deployment("target", json!({"text": "a".repeat(TARGET_BYTES)})), "/target", "too_large"),
    ] {
        let violations = DeploymentSpec::parse(&draft).expect_err(&draft.to_string());
        assert_eq!(found(&violations), [(path, code)], "{draft}");
    }
}

#[test]
fn every_mistake_in_a_deployment_is_reported_at_once() {
    let draft = json!({"service": 1, "environment": "", "tier": "x", "target": {"n": 1.5}, "more": 1});
    let violations = DeploymentSpec::parse(&draft).unwrap_err();
    let expected = [
        ("/service", "wrong_type"),
        ("/environment", "invalid_id"),
        ("/tier", "unknown_choice"),
        ("/executor", "required"),
        ("/target/n", "out_of_range"),
        ("/more", "unknown_field"),
    ];
    assert_eq!(found(&violations), expected);
}

#[test]
fn an_accepted_target_has_a_canonical_form() {
    let text = "a".repeat(TARGET_BYTES - r#"{"text":""}"#.len());
    let spec = DeploymentSpec::parse(&deployment("target", json!({"text": text}))).unwrap();
    assert_eq!(crate::json::canonical(&spec.target).unwrap().len(), TARGET_BYTES);
}

#[test]
fn each_mistake_in_a_service_has_its_place_and_code() {
    for (draft, path, code) in [
        (json!([]), "", "wrong_type"),
        (json!({}), "/name", "required"),
        (json!({"name": ""}), "/name", "length"),
        (json!({"name": "é".repeat(101)}), "/name", "length"),
        (json!({"name": "a\u{7}"}), "/name", "control_character"),
        (json!({"name": "a", "description": "a".repeat(2001)}), "/description", "length"),
        (json!({"name": "a", "id": "b"}), "/id", "unknown_field"),
    ] {
        let violations = ServiceDraft::parse(&draft).expect_err(&draft.to_string());
        assert_eq!(found(&violations), [(path, code)], "{draft}");
    }
    let longest = json!({"name": "é".repeat(100), "description": "a".repeat(2000)});
    assert!(ServiceDraft::parse(&longest).is_ok());
}

#[test]
fn words_on_the_wire() {
    assert_eq!(serde_json::to_value(Tier::ALL).unwrap(), json!(["production", "staging", "development"]));
    assert_eq!(
        serde_json::to_value(HoldReason::ALL).unwrap(),
        json!(["executor_silent", "rollback_failed", "undo_failed"])
    );
    let capabilities = serde_json::to_value(Capabilities { undo: true, ..Capabilities::NONE }).unwrap();
    let expected = json!({
        "weights": false, "blue_green": false, "undo": true, "fence": false, "status": false, "analysis": false,
    });
    assert_eq!(capabilities, expected);
}
