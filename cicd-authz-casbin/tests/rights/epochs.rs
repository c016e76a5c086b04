//! Verdicts are remembered, and never for longer than their epoch.

use cicd_core::authz::{Action, Caller, Object, PolicySnapshot, Verdict};
use cicd_core::port::Authorizer as _;
use futures_util::FutureExt as _;

use crate::support::{ann, default_roles, holding, verdict, with_model};

#[test]
fn a_right_that_was_taken_is_gone_with_the_next_epoch() {
    let authorizer = default_roles();
    let ask =
        |policy: &PolicySnapshot| verdict(&authorizer, &ann(), Action::Freeze, &Object::tenant(), policy);
    let (given, taken) = (holding(7, &["release-manager"]), holding(8, &["viewer"]));
    assert_eq!(ask(&given), Verdict::Allow);
    assert_ne!(ask(&taken), Verdict::Allow);
    // Somebody who loaded before the change still holds the older snapshot; its commit will fail on the epoch.
    assert_eq!(ask(&given), Verdict::Allow);
    assert_ne!(ask(&taken), Verdict::Allow);
}

/// The contract is that equal epochs mean equal grants; a snapshot that breaks it shows that the memory answers.
#[test]
fn within_an_epoch_the_memory_answers() {
    let authorizer = default_roles();
    let ask = |policy: &PolicySnapshot| verdict(&authorizer, &ann(), Action::Read, &Object::tenant(), policy);
    assert_eq!(ask(&holding(7, &["viewer"])), Verdict::Allow);
    assert_eq!(ask(&holding(7, &[])), Verdict::Allow);
    assert_ne!(ask(&holding(8, &[])), Verdict::Allow);
}

#[test]
fn two_tenants_of_one_epoch_share_nothing() {
    let authorizer = default_roles();
    let stranger = Caller { tenant: "globex".parse().unwrap(), ..ann() };
    let ask = |caller: &Caller, policy: &PolicySnapshot| {
        verdict(&authorizer, caller, Action::Read, &Object::tenant(), policy)
    };
    assert_eq!(ask(&ann(), &holding(7, &["viewer"])), Verdict::Allow);
    assert_ne!(ask(&stranger, &holding(7, &[])), Verdict::Allow);
}

/// Casbin runs its script engine without checks: an unknown function is an error, a division by zero a panic.
#[test]
fn what_casbin_cannot_decide_is_an_error_and_is_not_remembered() {
    for broken in ["boom(r.obj)", "1 / 0 == 1"] {
        let matcher = format!("r.act == p.act && g(r.sub, p.sub) && (r.obj == \"tenant\" || {broken})");
        let (definitions, _) = cicd_authz_casbin::DEFAULT_MODEL.split_once("[matchers]").unwrap();
        let model = format!("{definitions}[matchers]\nm = {matcher}\n");
        let authorizer = with_model(&model, "p, viewer, *, *, read").unwrap();
        let ask = |object: &Object| {
            authorizer.check(&ann(), Action::Read, object, &holding(1, &["viewer"])).now_or_never().unwrap()
        };
        let service = Object::service("web".parse().unwrap());
        for _ in 0..2 {
            let error = ask(&service).unwrap_err();
            assert!(!error.message.is_empty());
            assert_eq!(ask(&Object::tenant()), Ok(Verdict::Allow));
        }
    }
}
