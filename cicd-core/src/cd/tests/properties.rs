//! What holds for every config, on generated ones.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::generate::{canary, capabilities, json, pauses, spec};
use super::{NO_FLOOR, found, parse};
use crate::cd::{CdSpec, OnFailure, Pause, PlanStep, PolicyFloor, Strategy as Rollout};
use crate::service::{Capabilities, Tier};

/// Where every value of a document stands.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), found));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| places(member, &format!("{at}/{name}"), found));
        }
        _ => {}
    }
}

/// What the executor must be able to do for `rollout`, said without the reader.
fn fits(rollout: &Rollout, capabilities: Capabilities) -> bool {
    match rollout {
        Rollout::Rolling { .. } => true,
        Rollout::BlueGreen { .. } => capabilities.blue_green,
        Rollout::Canary { steps, on_failure } => {
            capabilities.weights
                && (capabilities.undo || *on_failure != OnFailure::Undo)
                && (capabilities.analysis || steps.iter().all(|step| step.analysis.is_none()))
        }
    }
}

proptest! {
    #[test]
    fn a_valid_spec_survives_json_and_parse(spec in spec()) {
        let text = serde_json::to_string(&spec).unwrap();
        prop_assert_eq!(&serde_json::from_str::<CdSpec>(&text).unwrap(), &spec);
        prop_assert_eq!(&parse(&serde_json::from_str(&text).unwrap()), &Ok(spec.clone()));
        prop_assert!(spec.violations(&Capabilities::ALL, &NO_FLOOR).is_empty());
        prop_assert!(crate::json::canonical(&spec).is_ok());
    }

    #[test]
    fn any_json_is_read_or_refused(value in json(), capabilities in capabilities(), votes in 0..=3_u32) {
        let floor = PolicyFloor { minimum_votes: votes, ..NO_FLOOR };
        match CdSpec::parse(&value, &capabilities, &floor) {
            Ok(spec) => prop_assert!(spec.violations(&capabilities, &floor).is_empty()),
            Err(violations) => prop_assert!(!violations.is_empty()),
        }
    }

    #[test]
    fn one_changed_value_is_read_or_refused(spec in spec(), at in any::<prop::sample::Index>(), value in json()) {
        let mut draft = serde_json::to_value(&spec).unwrap();
        let mut all = Vec::new();
        places(&draft, "", &mut all);
        let at = at.get(&all);
        *draft.pointer_mut(at).unwrap() = value;
        match parse(&draft) {
            Ok(spec) => {
                let again = serde_json::to_value(&spec).unwrap();
                prop_assert_eq!(parse(&again), Ok(spec));
            }
            Err(violations) => prop_assert!(!violations.is_empty()),
        }
    }

    #[test]
    fn weights_of_a_plan_strictly_rise(rollout in canary()) {
        let weight = |step| match step {
            PlanStep::SetWeight { weight } => Some(weight),
            _ => None,
        };
        let weights: Vec<_> = rollout.plan().into_iter().filter_map(weight).collect();
        prop_assert!(!weights.is_empty());
        prop_assert!(weights.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", weights);
    }

    #[test]
    fn pauses_and_analyses_of_a_plan_are_those_of_its_steps(rollout in canary()) {
        let plan = rollout.plan();
        let Rollout::Canary { steps, .. } = rollout.clone() else { unreachable!("canary() makes canaries") };
        let expected: Vec<_> = steps.iter().filter_map(|step| step.pause).collect();
        prop_assert_eq!(pauses(&rollout), expected);
        let judged = steps.iter().filter(|step| step.analysis.is_some()).count();
        let analyses = plan.iter().filter(|step| matches!(step, PlanStep::Analyse { .. })).count();
        prop_assert_eq!(analyses, judged);
        prop_assert_eq!((plan.first(), plan.last()), (Some(&PlanStep::Apply), Some(&PlanStep::Promote)));
    }

    #[test]
    fn a_preview_is_the_plan_and_never_goes_back(spec in spec()) {
        let preview = spec.strategy.preview();
        let steps: Vec<_> = preview.iter().map(|step| step.step.clone()).collect();
        prop_assert_eq!(steps, spec.strategy.plan());
        for pair in preview.windows(2) {
            match (pair[0].earliest_seconds, pair[1].earliest_seconds) {
                (None, later) => prop_assert_eq!(later, None),
                (Some(_), None) => prop_assert_eq!(&pair[0].step, &PlanStep::Pause(Pause::Manual)),
                (Some(earlier), Some(later)) => prop_assert!(earlier <= later && later < spec.deadline_seconds),
            }
        }
    }

    #[test]
    fn the_floor_cannot_be_undercut(spec in spec(), votes in 0..=20_u32, tier in select(Tier::ALL)) {
        let floor = PolicyFloor { minimum_votes: votes, ..PolicyFloor::default_for(tier) };
        let asked: u32 = spec.approval.requirements.iter().map(|requirement| requirement.count).sum();
        let below = found(&spec.violations(&Capabilities::ALL, &floor));
        let expected = if asked < votes {
            vec![("/approval/requirements".to_owned(), "below_policy_floor".to_owned())]
        } else {
            vec![]
        };
        prop_assert_eq!(below, expected);
    }

    #[test]
    fn a_spec_is_accepted_exactly_where_it_fits(spec in spec(), capabilities in capabilities()) {
        let violations = spec.violations(&capabilities, &NO_FLOOR);
        prop_assert_eq!(violations.is_empty(), fits(&spec.strategy, capabilities));
        prop_assert!(violations.iter().all(|violation| violation.code == "unsupported_by_executor"));
    }
}
