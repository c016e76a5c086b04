//! Generated configs, executors and documents.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value};

use crate::cd::{
    Amount, ApprovalPolicy, CanaryStep, CdSpec, DEADLINE_SECONDS, OnFailure, Pause, PlanStep, Promotion,
    QueueRule, Requirement, RollbackRule, StaleRule, Strategy as Rollout,
};
use crate::service::Capabilities;

/// Timed pauses that leave room for a deadline: eight of them stay below 30 days.
const PAUSE: std::ops::RangeInclusive<u64> = 1..=300_000;

fn amount() -> impl Strategy<Value = Amount> {
    prop_oneof![(0..=10_000_u32).prop_map(Amount::Count), (0..=100_u8).prop_map(Amount::Percent)]
}

fn rolling() -> impl Strategy<Value = Rollout> {
    (amount(), amount())
        .prop_filter("not both zero", |(surge, unavailable)| !(surge.is_zero() && unavailable.is_zero()))
        .prop_map(|(max_surge, max_unavailable)| Rollout::Rolling { max_surge, max_unavailable })
}

fn blue_green() -> impl Strategy<Value = Rollout> {
    let auto = (0..=604_800_u64).prop_map(|delay_seconds| Promotion::Auto { delay_seconds });
    (prop_oneof![Just(Promotion::Manual), auto], 0..=604_800_u64)
        .prop_map(|(promotion, keep_old_seconds)| Rollout::BlueGreen { promotion, keep_old_seconds })
}

fn pause() -> impl Strategy<Value = Option<Pause>> {
    option::of(prop_oneof![Just(Pause::Manual), PAUSE.prop_map(Pause::Seconds)])
}

pub(super) fn canary() -> impl Strategy<Value = Rollout> {
    let rest = vec((pause(), any::<bool>()), 8);
    (subsequence((1..=100_u8).collect::<Vec<_>>(), 1..=8), rest, select(OnFailure::ALL)).prop_map(
        |(weights, rest, on_failure)| {
            let step = |(weight, (pause, judged)): (u8, (Option<Pause>, bool))| CanaryStep {
                weight,
                pause,
                analysis: judged.then(|| "command".parse().unwrap()),
            };
            Rollout::Canary { steps: weights.into_iter().zip(rest).map(step).collect(), on_failure }
        },
    )
}

fn requirements() -> impl Strategy<Value = Vec<Requirement>> {
    let roles = subsequence(vec!["approver", "qa", "release-manager", "security", "sre"], 0..=5);
    (roles, vec(1..=20_u32, 5)).prop_map(|(roles, counts)| {
        let requirement = |(role, count): (&str, u32)| Requirement { role: role.parse().unwrap(), count };
        roles.into_iter().zip(counts).map(requirement).collect()
    })
}

fn rollout_and_deadline() -> impl Strategy<Value = (Rollout, u64)> {
    prop_oneof![rolling(), blue_green(), canary()].prop_flat_map(|rollout| {
        let least = timed_pauses(&rollout).saturating_add(1).max(*DEADLINE_SECONDS.start());
        (Just(rollout), least..=*DEADLINE_SECONDS.end())
    })
}

pub(super) fn spec() -> impl Strategy<Value = CdSpec> {
    let approval = (requirements(), option::of(60..=2_592_000_u64));
    let rules = (select(QueueRule::ALL), any::<bool>(), select(StaleRule::ALL));
    (rollout_and_deadline(), approval, requirements(), rules).prop_map(|(rollout, votes, rollback, rules)| {
        CdSpec {
            strategy: rollout.0,
            approval: ApprovalPolicy { requirements: votes.0, deadline_seconds: votes.1 },
            queue: rules.0,
            rollback: RollbackRule { approval: rollback },
            deadline_seconds: rollout.1,
            allow_external_artifacts: rules.1,
            when_stale: rules.2,
        }
    })
}

pub(super) fn capabilities() -> impl Strategy<Value = Capabilities> {
    any::<[bool; 6]>().prop_map(|[weights, blue_green, undo, fence, status, analysis]| Capabilities {
        weights,
        blue_green,
        undo,
        fence,
        status,
        analysis,
    })
}

/// Any JSON, with the names and words of a config in it so that it reaches deep into the readers.
pub(super) fn json() -> impl Strategy<Value = Value> {
    let word =
        select(vec!["rolling", "blue-green", "canary", "manual", "command", "undo", "wait", "25%", "qa"]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..=101_u8).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    let name = select(vec![
        "strategy",
        "type",
        "max_surge",
        "max_unavailable",
        "promotion",
        "auto",
        "delay_seconds",
        "steps",
        "weight",
        "pause",
        "seconds",
        "analysis",
        "on_failure",
        "approval",
        "requirements",
        "role",
        "count",
        "queue",
        "deadline_seconds",
        "rollback",
        "when_stale",
        "allow_external_artifacts",
        "~/",
        "",
    ]);
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name.clone(), inner), 0..8).prop_map(|members| {
                Value::Object(
                    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
                )
            }),
        ]
    })
}

/// The pauses of a rollout's plan, in order.
pub(super) fn pauses(rollout: &Rollout) -> Vec<Pause> {
    let pause = |step| match step {
        PlanStep::Pause(pause) => Some(pause),
        _ => None,
    };
    rollout.plan().into_iter().filter_map(pause).collect()
}

fn timed_pauses(rollout: &Rollout) -> u64 {
    let seconds = |pause| match pause {
        Pause::Seconds(seconds) => seconds,
        Pause::Manual => 0,
    };
    pauses(rollout).into_iter().map(seconds).sum()
}
