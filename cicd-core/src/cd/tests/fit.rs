//! What fits an executor and a tier, and what an absent field means.

use serde_json::{Value, json};

use super::{NO_FLOOR, canary, found, parse, with};
use crate::cd::{
    Amount, ApprovalPolicy, CdSpec, FloorDraft, OnFailure, PolicyFloor, QueueRule, RollbackRule, StaleRule,
    Strategy,
};
use crate::id::RowVersion;
use crate::service::{Capabilities, Tier};

fn refused(draft: &Value, capabilities: Capabilities) -> Vec<(String, String)> {
    CdSpec::parse(draft, &capabilities, &NO_FLOOR)
        .err()
        .map(|violations| found(&violations))
        .unwrap_or_default()
}

fn unsupported(path: &str) -> Vec<(String, String)> {
    vec![(path.to_owned(), "unsupported_by_executor".to_owned())]
}

#[test]
fn absent_fields_have_defaults() {
    let spec = parse(&json!({"strategy": {"type": "rolling"}})).unwrap();
    let expected = CdSpec {
        strategy: Strategy::Rolling { max_surge: Amount::Percent(25), max_unavailable: Amount::Percent(25) },
        approval: ApprovalPolicy { requirements: vec![], deadline_seconds: None },
        queue: QueueRule::Supersede,
        rollback: RollbackRule { approval: vec![] },
        deadline_seconds: 3600,
        allow_external_artifacts: false,
        when_stale: StaleRule::Cancel,
    };
    assert_eq!(spec, expected);
    assert_eq!(spec.approval.wait_seconds(), 7 * 24 * 3600);
    let Strategy::Canary { on_failure, .. } = parse(&canary(json!([{"weight": 1}]))).unwrap().strategy else {
        panic!("not a canary");
    };
    assert_eq!(on_failure, OnFailure::Undo);
}

#[test]
fn each_strategy_needs_its_capability() {
    let blue_green = with("strategy", json!({"type": "blue-green", "promotion": "manual"}));
    assert!(refused(&with("queue", json!("wait")), Capabilities::NONE).is_empty());
    assert_eq!(
        refused(&blue_green, Capabilities { blue_green: false, ..Capabilities::ALL }),
        unsupported("/strategy/type")
    );
    assert!(refused(&blue_green, Capabilities { blue_green: true, ..Capabilities::NONE }).is_empty());
    let canary = canary(json!([{"weight": 5}]));
    assert_eq!(
        refused(&canary, Capabilities { weights: false, ..Capabilities::ALL }),
        unsupported("/strategy/type")
    );
    assert!(refused(&canary, Capabilities { weights: true, undo: true, ..Capabilities::NONE }).is_empty());
}

#[test]
fn undo_and_analysis_need_theirs() {
    let strategy = |on_failure: &str| {
        with("strategy", json!({"type": "canary", "steps": [{"weight": 5}], "on_failure": on_failure}))
    };
    let no_undo = Capabilities { undo: false, ..Capabilities::ALL };
    assert_eq!(refused(&strategy("undo"), no_undo), unsupported("/strategy/on_failure"));
    assert_eq!(refused(&canary(json!([{"weight": 5}])), no_undo), unsupported("/strategy/on_failure"));
    assert!(refused(&strategy("abort"), no_undo).is_empty());
    assert!(refused(&strategy("pause"), no_undo).is_empty());
    let judged = canary(json!([{"weight": 5}, {"weight": 10, "analysis": "command"}]));
    let no_analysis = Capabilities { analysis: false, ..Capabilities::ALL };
    assert_eq!(refused(&judged, no_analysis), unsupported("/strategy/steps/1/analysis"));
    assert!(refused(&judged, Capabilities::ALL).is_empty());
}

#[test]
fn the_message_names_what_the_executor_can_do() {
    let draft = with("strategy", json!({"type": "blue-green", "promotion": "manual"}));
    let capabilities = Capabilities { blue_green: false, ..Capabilities::ALL };
    let violations = CdSpec::parse(&draft, &capabilities, &NO_FLOOR).unwrap_err();
    assert_eq!(
        violations.to_string(),
        "/strategy/type: the deployment's executor can't do `blue-green`; accepted: `rolling`, `canary`"
    );
}

#[test]
fn the_floor_counts_all_votes() {
    let floor = PolicyFloor { minimum_votes: 3, ..PolicyFloor::default_for(Tier::Production) };
    let parse = |requirements: Value| {
        let draft = with("approval", json!({"requirements": requirements}));
        CdSpec::parse(&draft, &Capabilities::ALL, &floor).map_err(|violations| found(&violations))
    };
    let below = vec![("/approval/requirements".to_owned(), "below_policy_floor".to_owned())];
    assert_eq!(parse(json!([])), Err(below.clone()));
    assert_eq!(parse(json!([{"role": "qa", "count": 1}, {"role": "sre", "count": 1}])), Err(below.clone()));
    assert!(parse(json!([{"role": "qa", "count": 1}, {"role": "sre", "count": 2}])).is_ok());
    let absent = CdSpec::parse(&with("queue", json!("wait")), &Capabilities::ALL, &floor).unwrap_err();
    assert_eq!(found(&absent), below);
    // What can't be counted is not called too few.
    let broken = vec![("/approval/requirements".to_owned(), "wrong_type".to_owned())];
    assert_eq!(parse(json!("three")), Err(broken));
}

#[test]
fn a_floor_does_not_ask_votes_of_a_rollback() {
    let floor = PolicyFloor::default_for(Tier::Production);
    let draft = with("approval", json!({"requirements": [{"role": "qa", "count": 1}]}));
    let spec = CdSpec::parse(&draft, &Capabilities::ALL, &floor).unwrap();
    assert!(spec.rollback.approval.is_empty());
}

#[test]
fn a_stored_config_is_held_against_what_changed() {
    let spec = parse(&canary(json!([{"weight": 5, "analysis": "command"}]))).unwrap();
    assert!(spec.violations(&Capabilities::ALL, &NO_FLOOR).is_empty());
    let violations = spec.violations(&Capabilities::NONE, &PolicyFloor::default_for(Tier::Production));
    let paths: Vec<_> = violations.iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(
        paths,
        ["/strategy/type", "/strategy/steps/0/analysis", "/strategy/on_failure", "/approval/requirements"]
    );
}

#[test]
fn a_stored_config_with_unknown_rules_is_refused() {
    let mut stored = serde_json::to_value(parse(&canary(json!([{"weight": 5}]))).unwrap()).unwrap();
    assert!(serde_json::from_value::<CdSpec>(stored.clone()).is_ok());
    for place in ["", "/strategy", "/strategy/steps/0", "/approval", "/rollback"] {
        let mut newer = stored.clone();
        newer.pointer_mut(place).unwrap()["soak"] = json!(1);
        assert!(serde_json::from_value::<CdSpec>(newer).is_err(), "{place}");
    }
    stored["queue"] = json!("lifo");
    assert!(serde_json::from_value::<CdSpec>(stored).is_err());
}

#[test]
fn production_asks_one_vote_by_default() {
    let votes = Tier::ALL.iter().map(|tier| PolicyFloor::default_for(*tier).minimum_votes);
    assert_eq!(votes.collect::<Vec<_>>(), [1, 0, 0]);
    assert_eq!(PolicyFloor::default_for(Tier::Production).row_version, RowVersion::ABSENT);
}

#[test]
fn floor_drafts() {
    for votes in [0, 20] {
        assert_eq!(FloorDraft::parse(&json!({"minimum_votes": votes})).unwrap().minimum_votes, votes);
    }
    for (draft, path, code) in [
        (json!({}), "/minimum_votes", "required"),
        (json!({"minimum_votes": 21}), "/minimum_votes", "out_of_range"),
        (json!({"minimum_votes": -1}), "/minimum_votes", "out_of_range"),
        (json!({"minimum_votes": 1, "tier": "staging"}), "/tier", "unknown_field"),
        (json!([]), "", "wrong_type"),
    ] {
        let violations = FloorDraft::parse(&draft).unwrap_err();
        assert_eq!(found(&violations), [(path.to_owned(), code.to_owned())]);
    }
}
