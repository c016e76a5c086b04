//! Plans and previews by hand.

use serde_json::{Value, json};

use super::{canary, parse, with};
use crate::cd::{Pause, PlanStep, Strategy, StrategyKind};

fn strategy(parameters: Value) -> Strategy {
    parse(&with("strategy", parameters)).unwrap().strategy
}

fn blue_green(promotion: Value) -> Strategy {
    strategy(Value::from_iter([("type", Value::from("blue-green")), ("promotion", promotion)]))
}

#[test]
fn a_rolling_update_only_applies() {
    let rolling = strategy(json!({"type": "rolling", "max_surge": "100%", "max_unavailable": 0}));
    assert_eq!(rolling.plan(), [PlanStep::Apply]);
    assert_eq!(rolling.kind(), StrategyKind::Rolling);
}

#[test]
fn blue_green_waits_before_it_promotes() {
    let plan = |pause| [PlanStep::Apply, PlanStep::Pause(pause), PlanStep::Promote];
    assert_eq!(blue_green(json!("manual")).plan(), plan(Pause::Manual));
    assert_eq!(blue_green(json!({"auto": {"delay_seconds": 60}})).plan(), plan(Pause::Seconds(60)));
    for none in [json!({"auto": {"delay_seconds": 0}}), json!({"auto": {}})] {
        assert_eq!(blue_green(none).plan(), [PlanStep::Apply, PlanStep::Promote]);
    }
}

#[test]
fn a_canary_shifts_then_waits_then_judges() {
    let steps = json!([
        {"weight": 5},
        {"weight": 25, "pause": {"seconds": 30}, "analysis": "command"},
        {"weight": 100, "pause": "manual"},
    ]);
    let plan = parse(&canary(steps)).unwrap().strategy.plan();
    let expected = [
        PlanStep::Apply,
        PlanStep::SetWeight { weight: 5 },
        PlanStep::SetWeight { weight: 25 },
        PlanStep::Pause(Pause::Seconds(30)),
        PlanStep::Analyse { name: "command".parse().unwrap() },
        PlanStep::SetWeight { weight: 100 },
        PlanStep::Pause(Pause::Manual),
        PlanStep::Promote,
    ];
    assert_eq!(plan, expected);
}

#[test]
fn a_preview_adds_the_pauses_up_to_the_first_manual_one() {
    let steps = json!([
        {"weight": 5, "pause": {"seconds": 30}},
        {"weight": 10, "pause": {"seconds": 12}},
        {"weight": 50, "pause": "manual"},
        {"weight": 60, "pause": {"seconds": 5}},
    ]);
    let preview = parse(&canary(steps)).unwrap().strategy.preview();
    let earliest: Vec<_> = preview.iter().map(|step| step.earliest_seconds).collect();
    let expected = [
        Some(0),  // apply
        Some(0),  // weight 5
        Some(0),  // pause
        Some(30), // weight 10
        Some(30), // pause
        Some(42), // weight 50
        Some(42), // manual pause
        None,     // weight 60
        None,     // pause
        None,     // promote
    ];
    assert_eq!(earliest, expected);
}

#[test]
fn steps_have_one_spelling() {
    let steps = canary(json!([{"weight": 5, "pause": {"seconds": 30}, "analysis": "command"}]));
    let plan = serde_json::to_value(parse(&steps).unwrap().strategy.plan()).unwrap();
    let expected = json!([
        "apply",
        {"set-weight": {"weight": 5}},
        {"pause": {"seconds": 30}},
        {"analyse": {"name": "command"}},
        "promote",
    ]);
    assert_eq!(plan, expected);
    assert_eq!(serde_json::to_value(PlanStep::Pause(Pause::Manual)).unwrap(), json!({"pause": "manual"}));
}
