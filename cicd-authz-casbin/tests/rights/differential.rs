//! Casbin against the reference evaluator, on random policies, grants, callers and objects.
//!
//! `CICD_PROVE_CASES` says how many requests, `CICD_PROVE_SEED` which; both are printed.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::atomic::{AtomicUsize, Ordering};

use cicd_authz_casbin::DEFAULT_MODEL;
use cicd_core::authz::{Action, Caller, Grant, GrantScope, Object, PolicySnapshot, PrincipalKind, Verdict};
use cicd_core::service::Tier;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::reference::{Policy, Reach, Right};
use crate::support::{deployment, grant, verdict, with_model};

/// How many requests each policy is asked.
const REQUESTS: usize = 60;

/// Three default roles and two that the policy has to declare.
const ROLES: [&str; 5] = ["viewer", "approver", "admin", "qa", "chief"];
const TENANTS: [&str; 2] = ["acme", "globex"];
const SERVICES: [&str; 2] = ["web", "web-shop"];
const ENVIRONMENTS: [&str; 2] = ["eu", "lab"];
const TIERS: [Tier; 2] = [Tier::Production, Tier::Staging];
/// A few actions, so that requests meet rights.
const ACTIONS: [Action; 4] = [Action::Read, Action::Vote, Action::Pause, Action::PutPolicy];

/// A request, and which of the case's snapshots it comes with.
type Request = (Caller, Action, Object, usize);

fn reach() -> impl Strategy<Value = Reach> {
    prop_oneof![
        Just(Reach::Everything),
        Just(Reach::TheTenant),
        Just(Reach::Services),
        select(&SERVICES[..]).prop_map(|service| Reach::Service(service.into())),
        select(&TIERS[..]).prop_map(Reach::DeploymentsOf),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let tenant = proptest::option::of(select(&TENANTS[..]));
    let right = (select(&ROLES[..]), tenant, reach(), select(&ACTIONS[..])).prop_map(
        |(role, tenant, reach, action)| Right {
            role: role.into(),
            tenant: tenant.map(str::to_owned),
            reach,
            action,
        },
    );
    let link = (select(&ROLES[..]), select(&ROLES[..])).prop_map(|(a, b)| (a.to_owned(), b.to_owned()));
    (proptest::collection::vec(right, 4..32), proptest::collection::vec(link, 0..4)).prop_map(
        |(rights, mut links)| {
            // A role of one's own is declared by what it is linked to.
            links.extend(["qa", "chief"].map(|role| (role.to_owned(), role.to_owned())));
            Policy { rights, links }
        },
    )
}

fn a_grant() -> impl Strategy<Value = Grant> {
    let scope = (
        proptest::option::weighted(0.3, select(&SERVICES[..])),
        proptest::option::weighted(0.2, select(&ENVIRONMENTS[..])),
        proptest::option::weighted(0.2, select(&TIERS[..])),
    );
    (select(&["ann", "ben"][..]), select(&ROLES[..]), scope).prop_map(
        |(who, role, (service, environment, tier))| {
            let service = service.map(|service| service.parse().unwrap());
            let environment = environment.map(|environment| environment.parse().unwrap());
            grant(who, role, GrantScope { service, environment, tier })
        },
    )
}

fn object() -> impl Strategy<Value = Object> {
    prop_oneof![
        Just(Object::tenant()),
        select(&SERVICES[..]).prop_map(|service| Object::service(service.parse().unwrap())),
        select(&TIERS[..]).prop_map(|tier| Object { tier: Some(tier), ..Object::tenant() }),
        (select(&SERVICES[..]), select(&ENVIRONMENTS[..]), select(&TIERS[..]))
            .prop_map(|(service, environment, tier)| deployment(service, environment, tier)),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let limit = proptest::option::weighted(0.4, subsequence(&ROLES[..], 0..=4));
    let kind = prop_oneof![3 => Just(PrincipalKind::Person), 1 => Just(PrincipalKind::ServiceAccount)];
    let who = (select(&TENANTS[..]), select(&["ann", "ben"][..]), kind, limit);
    let caller = who.prop_map(|(tenant, principal, kind, limit)| {
        let limited_to = limit.map(|roles| roles.iter().map(|role| role.parse().unwrap()).collect());
        let person = Caller::person(tenant.parse().unwrap(), principal.parse().unwrap());
        Caller { kind, limited_to, ..person }
    });
    (caller, select(&ACTIONS[..]), object(), 0..3_usize)
}

/// The policy as an operator writes it.
fn text(policy: &Policy) -> String {
    let mut text = String::new();
    for Right { role, tenant, reach, action } in &policy.rights {
        let tenant = tenant.as_deref().unwrap_or("*");
        let object = match reach {
            Reach::Everything => "*".into(),
            Reach::TheTenant => "tenant".into(),
            Reach::Services => "service/*".into(),
            Reach::Service(id) => format!("service/{id}"),
            Reach::DeploymentsOf(tier) => format!("deployment/{tier}/*"),
        };
        writeln!(text, "p, {role}, {tenant}, {object}, {action}").unwrap();
    }
    policy.links.iter().for_each(|(role, other)| writeln!(text, "g, {role}, {other}").unwrap());
    text
}

/// How many requests are asked unless `CICD_PROVE_CASES` says otherwise.
const CASES: u64 = 12_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect(variable))
}

/// A runner for so many requests, from a seed that it prints.
fn runner() -> TestRunner {
    let requests = number("CICD_PROVE_CASES").unwrap_or(CASES);
    let seed = number("CICD_PROVE_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("{requests} requests, CICD_PROVE_SEED={seed}");
    let cases = u32::try_from(requests.div_ceil(REQUESTS as u64)).unwrap();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let bytes = seed.to_le_bytes().repeat(4);
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// The requests of a case come in any order of epochs, to one authorizer: what it remembers takes part.
#[test]
fn casbin_and_the_reference_agree() {
    let grants = proptest::collection::vec(a_grant(), 0..12);
    let snapshots = proptest::collection::vec(grants, 3);
    let asked = proptest::collection::vec(request(), REQUESTS);
    let (allowed, denied) = (AtomicUsize::new(0), AtomicUsize::new(0));
    runner()
        .run(&(policy(), snapshots, asked), |(policy, snapshots, asked)| {
            let authorizer = with_model(DEFAULT_MODEL, &text(&policy)).unwrap();
            for (caller, action, object, epoch) in asked {
                let grants = &snapshots[epoch];
                let snapshot = PolicySnapshot { epoch: epoch as u64, grants: grants.clone().into() };
                let ours = verdict(&authorizer, &caller, action, &object, &snapshot) == Verdict::Allow;
                let theirs = policy.allows(&caller, action, &object, grants);
                prop_assert_eq!(ours, theirs, "{:?} {} {:?} at {}", caller, action, object, epoch);
                let count = if ours { &allowed } else { &denied };
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        })
        .unwrap();
    let (allowed, denied) = (allowed.into_inner(), denied.into_inner());
    println!("{} requests: {allowed} allowed, {denied} denied", allowed + denied);
    assert!(
        allowed * 20 > denied,
        "too few requests are allowed to prove much: {allowed} of {}",
        allowed + denied
    );
}
