//! Every code of `CdSpec::parse`, with its place.

use serde_json::{Value, json};

use super::{canary, expect, found, with};
use crate::cd::{CdSpec, PolicyFloor};
use crate::service::{Capabilities, Tier};

fn strategy(value: Value) -> Value {
    with("strategy", value)
}

#[test]
fn of_the_whole() {
    expect(&json!(7), &[("", "wrong_type")]);
    expect(&json!({}), &[("/strategy", "required")]);
    expect(&json!({"strategy": null}), &[("/strategy", "required")]);
    expect(&with("colour", json!(1)), &[("/colour", "unknown_field")]);
    expect(&strategy(json!("rolling")), &[("/strategy", "wrong_type")]);
    expect(&strategy(json!({})), &[("/strategy/type", "required")]);
    expect(&strategy(json!({"type": "recreate"})), &[("/strategy/type", "unknown_choice")]);
}

#[test]
fn of_a_rolling_update() {
    let rolling = |surge: Value, unavailable: Value| {
        strategy(json!({"type": "rolling", "max_surge": surge, "max_unavailable": unavailable}))
    };
    for surge in [json!("101%"), json!("025%"), json!("+5%"), json!("25"), json!("%"), json!("")] {
        expect(&rolling(surge, json!(1)), &[("/strategy/max_surge", "out_of_range")]);
    }
    for unavailable in [json!(10_001), json!(-1), json!(0.5), json!(u64::MAX), json!("-1%")] {
        expect(&rolling(json!(1), unavailable), &[("/strategy/max_unavailable", "out_of_range")]);
    }
    for zeros in [[json!(0), json!(0)], [json!(0), json!("0%")], [json!("0%"), json!(0)]] {
        let [surge, unavailable] = zeros;
        expect(&rolling(surge, unavailable), &[("/strategy/max_unavailable", "both_zero")]);
    }
    expect(
        &rolling(json!([]), json!({})),
        &[("/strategy/max_surge", "wrong_type"), ("/strategy/max_unavailable", "wrong_type")],
    );
    expect(&strategy(json!({"type": "rolling", "steps": []})), &[("/strategy/steps", "unknown_field")]);
}

#[test]
fn of_blue_green() {
    let blue_green = |promotion: Value| strategy(json!({"type": "blue-green", "promotion": promotion}));
    for (promotion, path, code) in [
        (json!("auto"), "", "unknown_choice"),
        (json!(5), "", "wrong_type"),
        (json!({}), "/auto", "required"),
        (json!({"auto": 5}), "/auto", "wrong_type"),
        (json!({"auto": {"delay_seconds": 604_801}}), "/auto/delay_seconds", "out_of_range"),
        (json!({"auto": {"delay": 1}}), "/auto/delay", "unknown_field"),
        (json!({"auto": {}, "by": 1}), "/by", "unknown_field"),
    ] {
        expect(&blue_green(promotion), &[(&format!("/strategy/promotion{path}"), code)]);
    }
    expect(&strategy(json!({"type": "blue-green"})), &[("/strategy/promotion", "required")]);
    expect(
        &strategy(json!({"type": "blue-green", "promotion": "manual", "keep_old_seconds": 604_801})),
        &[("/strategy/keep_old_seconds", "out_of_range")],
    );
    let weighted = json!({"type": "blue-green", "promotion": "manual", "weight": 5});
    expect(&strategy(weighted), &[("/strategy/weight", "unknown_field")]);
}

#[test]
fn of_a_canary() {
    let many = Value::from_iter((1..=51).map(|weight| json!({"weight": weight})));
    for (steps, path, code) in [
        (Value::Null, "", "required"),
        (json!({}), "", "wrong_type"),
        (json!([]), "", "too_few"),
        (many, "", "too_many"),
        (json!([{"weight": 5}, {"weight": 5}]), "/1/weight", "not_rising"),
        (json!([{"weight": 9}, {"weight": 5}]), "/1/weight", "not_rising"),
        (json!([{"weight": 9}, {"weight": 5}, {"weight": 10}]), "/1/weight", "not_rising"),
    ] {
        expect(&canary(steps), &[(&format!("/strategy/steps{path}"), code)]);
    }
    let retry = json!({"type": "canary", "steps": [{"weight": 5}], "on_failure": "retry"});
    expect(&strategy(retry), &[("/strategy/on_failure", "unknown_choice")]);
}

#[test]
fn of_a_step() {
    for (step, path, code) in [
        (json!(10), "", "wrong_type"),
        (json!({}), "/weight", "required"),
        (json!({"weight": 0}), "/weight", "out_of_range"),
        (json!({"weight": 101}), "/weight", "out_of_range"),
        (json!({"weight": 256}), "/weight", "out_of_range"),
        (json!({"weight": "5"}), "/weight", "wrong_type"),
        (json!({"weight": 5, "pauze": 1}), "/pauze", "unknown_field"),
        (json!({"weight": 5, "pause": "auto"}), "/pause", "unknown_choice"),
        (json!({"weight": 5, "pause": 60}), "/pause", "wrong_type"),
        (json!({"weight": 5, "pause": {}}), "/pause/seconds", "required"),
        (json!({"weight": 5, "pause": {"minutes": 1, "seconds": 1}}), "/pause/minutes", "unknown_field"),
        (json!({"weight": 5, "pause": {"seconds": 0}}), "/pause/seconds", "out_of_range"),
        (json!({"weight": 5, "pause": {"seconds": 604_801}}), "/pause/seconds", "out_of_range"),
        (json!({"weight": 5, "analysis": "prometheus"}), "/analysis", "not_registered"),
        (json!({"weight": 5, "analysis": "A b"}), "/analysis", "invalid_id"),
        (json!({"weight": 5, "analysis": true}), "/analysis", "wrong_type"),
    ] {
        expect(&canary(json!([step])), &[(&format!("/strategy/steps/0{path}"), code)]);
    }
}

#[test]
fn of_requirements() {
    let many = Value::from_iter((0..21).map(|role| json!({"role": format!("r{role}"), "count": 1})));
    for (list, path, code) in [
        (json!("qa"), "", "wrong_type"),
        (many, "", "too_many"),
        (json!([1]), "/0", "wrong_type"),
        (json!([{"count": 1}]), "/0/role", "required"),
        (json!([{"role": "qa"}]), "/0/count", "required"),
        (json!([{"role": "QA", "count": 1}]), "/0/role", "invalid_id"),
        (json!([{"role": "qa", "count": 0}]), "/0/count", "out_of_range"),
        (json!([{"role": "qa", "count": 21}]), "/0/count", "out_of_range"),
        (json!([{"role": "qa", "count": 1, "of": 2}]), "/0/of", "unknown_field"),
        (json!([{"role": "qa", "count": 1}, {"role": "qa", "count": 2}]), "/1/role", "duplicate"),
    ] {
        let approval = with("approval", json!({"requirements": list.clone()}));
        expect(&approval, &[(&format!("/approval/requirements{path}"), code)]);
        let rollback = with("rollback", json!({"approval": list}));
        expect(&rollback, &[(&format!("/rollback/approval{path}"), code)]);
    }
}

#[test]
fn of_the_rules() {
    for (field, value, path, code) in [
        ("approval", json!([]), "", "wrong_type"),
        ("approval", json!({"quorum": 1}), "/quorum", "unknown_field"),
        ("approval", json!({"deadline_seconds": 59}), "/deadline_seconds", "out_of_range"),
        ("approval", json!({"deadline_seconds": 2_592_001}), "/deadline_seconds", "out_of_range"),
        ("queue", json!("lifo"), "", "unknown_choice"),
        ("queue", json!(1), "", "wrong_type"),
        ("rollback", json!(true), "", "wrong_type"),
        ("rollback", json!({"votes": 1}), "/votes", "unknown_field"),
        ("deadline_seconds", json!(9), "", "out_of_range"),
        ("deadline_seconds", json!(2_592_001), "", "out_of_range"),
        ("allow_external_artifacts", json!("yes"), "", "wrong_type"),
        ("when_stale", json!("keep_pinned"), "", "unknown_choice"),
    ] {
        expect(&with(field, value), &[(&format!("/{field}{path}"), code)]);
    }
}

#[test]
fn of_a_deadline_that_the_pauses_use_up() {
    let blue_green =
        |delay: u64| strategy(json!({"type": "blue-green", "promotion": {"auto": {"delay_seconds": delay}}}));
    expect(&blue_green(3600), &[("/deadline_seconds", "deadline_too_short")]);
    assert!(super::parse(&blue_green(3599)).is_ok());
    let pauses =
        json!([{"weight": 1, "pause": {"seconds": 1800}}, {"weight": 2, "pause": {"seconds": 1800}}]);
    expect(&canary(pauses), &[("/deadline_seconds", "deadline_too_short")]);
    assert!(super::parse(&canary(json!([{"weight": 1, "pause": "manual"}]))).is_ok());
}

#[test]
fn every_mistake_is_reported_at_once() {
    let draft = json!({
        "strategy": {
            "type": "canary",
            "steps": [{"weight": 50}, {"weight": 500, "pause": "never"}, {"weight": 20, "analysis": "guess"}],
            "on_failure": "undo",
            "max_surge": 1,
        },
        "approval": {"requirements": [{"role": "qa", "count": 1}, {"role": "qa", "count": 0}], "deadline_seconds": 1},
        "queue": "never",
        "rollback": [],
        "deadline_seconds": 0,
        "allow_external_artifacts": 1,
        "when_stale": "never",
        "more": 1,
    });
    let production = PolicyFloor::default_for(Tier::Production);
    let violations = CdSpec::parse(&draft, &Capabilities::NONE, &production).unwrap_err();
    let expected = [
        ("/strategy/type", "unsupported_by_executor"),
        ("/strategy/steps/1/weight", "out_of_range"),
        ("/strategy/steps/1/pause", "unknown_choice"),
        ("/strategy/steps/2/weight", "not_rising"),
        ("/strategy/steps/2/analysis", "not_registered"),
        ("/strategy/on_failure", "unsupported_by_executor"),
        ("/strategy/max_surge", "unknown_field"),
        ("/approval/requirements/1/count", "out_of_range"),
        ("/approval/requirements/1/role", "duplicate"),
        ("/approval/deadline_seconds", "out_of_range"),
        ("/queue", "unknown_choice"),
        ("/rollback", "wrong_type"),
        ("/deadline_seconds", "out_of_range"),
        ("/allow_external_artifacts", "wrong_type"),
        ("/when_stale", "unknown_choice"),
        ("/more", "unknown_field"),
    ];
    assert_eq!(found(&violations), expected.map(|(path, code)| (path.to_owned(), code.to_owned())));
}
