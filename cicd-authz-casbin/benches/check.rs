//! What a verdict costs: remembered, decided anew, and by one flat Casbin that knows every grant as a line of its policy.
//!
//! `cargo bench -p cicd-authz-casbin`. The caller's grant stands in the middle; half of the checks are denied.

#![expect(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use casbin::{CoreApi as _, DefaultModel, Enforcer, Model as _, NullAdapter};
use cicd_authz_casbin::{CasbinAuthorizer, DEFAULT_MODEL};
use cicd_core::authz::{Action, Caller, Grant, GrantScope, Object, PolicySnapshot, Verdict};
use cicd_core::id::RowVersion;
use cicd_core::port::Authorizer as _;
use cicd_core::time::Timestamp;
use futures_util::FutureExt as _;

/// Each figure is the median of so many loops.
const LOOPS: usize = 5;
const LOOP: Duration = Duration::from_millis(100);

fn main() {
    println!("one verdict, µs (median of {LOOPS} loops; allow and deny in turn)");
    println!(
        "{:>8} {:>12} {:>10} {:>12} {:>14} {:>12}",
        "grants", "remembered", "cold", "flat casbin", "cold/rem.", "flat/cold"
    );
    for count in [10, 1_000, 10_000] {
        let policy = snapshot(count);
        let caller = Caller::person("acme".parse().unwrap(), name(count / 2).parse().unwrap());
        let authorizer = CasbinAuthorizer::default_roles().now_or_never().unwrap().unwrap();
        let remembered = time(|turn| check(&authorizer, &caller, turn, &policy));
        let mut epoch = policy.epoch;
        let cold = time(|turn| {
            epoch += 1;
            check(&authorizer, &caller, turn, &PolicySnapshot { epoch, ..policy.clone() })
        });
        let flat = flat(&policy);
        let flat = time(|turn| {
            let act = action(turn).as_str();
            flat.enforce((caller.principal.as_str(), "acme", "tenant", act)).unwrap()
        });
        println!(
            "{count:>8} {remembered:>12.2} {cold:>10.1} {flat:>12.1} {:>14.1} {:>12.1}",
            cold / remembered,
            flat / cold
        );
    }
}

fn name(number: usize) -> String {
    format!("person-{number}@acme.example")
}

/// A developer may trigger a run and may not freeze.
fn action(turn: usize) -> Action {
    if turn.is_multiple_of(2) { Action::TriggerRun } else { Action::Freeze }
}

fn snapshot(count: usize) -> PolicySnapshot {
    let grant = |number| Grant {
        principal: name(number).parse().unwrap(),
        role: "developer".parse().unwrap(),
        scope: GrantScope::default(),
        granted_by: "root".parse().unwrap(),
        granted_at: Timestamp::EPOCH,
        row_version: RowVersion(1),
    };
    PolicySnapshot { epoch: 1, grants: (0..count).map(grant).collect() }
}

fn check(authorizer: &CasbinAuthorizer, caller: &Caller, turn: usize, policy: &PolicySnapshot) -> bool {
    let verdict = authorizer.check(caller, action(turn), &Object::tenant(), policy).now_or_never().unwrap();
    verdict.unwrap() == Verdict::Allow
}

/// Every grant as one line, with the one action that is asked for and allowed.
fn flat(policy: &PolicySnapshot) -> Enforcer {
    let mut model = DefaultModel::from_str(DEFAULT_MODEL).now_or_never().unwrap().unwrap();
    let line =
        |grant: &Grant| [grant.principal.as_str(), "*", "*", action(0).as_str()].map(str::to_owned).to_vec();
    model.add_policies("p", "p", policy.grants.iter().map(line).collect());
    let mut enforcer = Enforcer::new_raw(model, NullAdapter).now_or_never().unwrap().unwrap();
    enforcer.build_role_links().unwrap();
    enforcer
}

/// Microseconds of one call.
fn time(mut call: impl FnMut(usize) -> bool) -> f64 {
    let mut figures: Vec<f64> = (0..LOOPS)
        .map(|_| {
            let (started, mut turn) = (Instant::now(), 0);
            while turn < 2 || started.elapsed() < LOOP {
                assert_eq!(black_box(call(turn)), turn.is_multiple_of(2));
                turn += 1;
            }
            started.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(turn).unwrap())
        })
        .collect();
    figures.sort_by(f64::total_cmp);
    figures.get(LOOPS / 2).copied().unwrap()
}
