//! What narrows a right: the scope of a grant, the limits of a credential, the kind of the caller, the policy's own lines.

use cicd_core::authz::{Action, Caller, GrantScope, Object, PolicySnapshot, PrincipalKind, Verdict};
use cicd_core::port::Authorizer as _;
use cicd_core::service::Tier;
use futures_util::FutureExt as _;

use crate::support::{ann, default_roles, denied, deployment, grant, holding, verdict, with_policy};

#[test]
fn a_grant_reaches_as_far_as_its_scope() {
    let authorizer = default_roles();
    let scope =
        GrantScope { service: "web".parse().ok(), tier: Some(Tier::Staging), ..GrantScope::default() };
    let policy = PolicySnapshot { epoch: 1, grants: [grant("ann", "release-manager", scope)].into() };
    let ask = |object: &Object| verdict(&authorizer, &ann(), Action::Pause, object, &policy);
    assert_eq!(ask(&deployment("web", "eu", Tier::Staging)), Verdict::Allow);
    let nothing = denied("no role is held here");
    assert_eq!(ask(&deployment("web", "eu", Tier::Production)), nothing);
    assert_eq!(ask(&deployment("shop", "eu", Tier::Staging)), nothing);
    assert_eq!(ask(&Object::service("web".parse().unwrap())), nothing);
    assert_eq!(ask(&Object::tenant()), nothing);
}

#[test]
fn a_credential_has_no_more_than_it_is_limited_to_and_the_principal_holds() {
    let authorizer = default_roles();
    let policy = holding(1, &["developer", "approver"]);
    let limited = |roles: &[&str], action| {
        let limited_to = Some(roles.iter().map(|role| role.parse().unwrap()).collect());
        let caller = Caller { limited_to, ..ann() };
        verdict(&authorizer, &caller, action, &Object::tenant(), &policy)
    };
    assert_eq!(limited(&["approver"], Action::Vote), Verdict::Allow);
    let reason = "none of the roles held here allows it: `developer`";
    assert_eq!(limited(&["developer"], Action::Vote), denied(reason));
    let reason = "the credential is limited to roles that are not held here";
    assert_eq!(limited(&["admin"], Action::ManageRoles), denied(reason));
    assert_eq!(limited(&[], Action::Read), denied(reason));
}

#[test]
fn a_service_account_never_votes_but_may_do_the_rest() {
    let policy = holding(1, &["approver", "developer"]);
    let bot = Caller { kind: PrincipalKind::ServiceAccount, ..ann() };
    let authorizer = default_roles();
    let ask = |caller: &Caller, action| verdict(&authorizer, caller, action, &Object::tenant(), &policy);
    assert_eq!(ask(&ann(), Action::Vote), Verdict::Allow);
    assert_eq!(ask(&bot, Action::Vote), denied("service accounts do not vote"));
    assert_eq!(ask(&bot, Action::CreateRelease), Verdict::Allow);
}

#[test]
fn a_policy_of_ones_own_may_name_tenants_and_objects() {
    let lines = "p, developer, acme, deployment/staging/*, release.promote\np, viewer, *, service/web, read";
    let authorizer = with_policy(lines).unwrap();
    let policy = holding(1, &["developer", "viewer"]);
    let stranger = Caller { tenant: "globex".parse().unwrap(), ..ann() };
    let allowed = |caller: &Caller, action, object: &Object| {
        verdict(&authorizer, caller, action, object, &policy) == Verdict::Allow
    };
    assert!(allowed(&ann(), Action::Promote, &deployment("web", "eu", Tier::Staging)));
    assert!(!allowed(&ann(), Action::Promote, &deployment("web", "eu", Tier::Production)));
    assert!(!allowed(&stranger, Action::Promote, &deployment("web", "eu", Tier::Staging)));
    assert!(allowed(&stranger, Action::Read, &Object::service("web".parse().unwrap())));
    assert!(!allowed(&ann(), Action::Read, &Object::service("website".parse().unwrap())));
    assert!(!allowed(&ann(), Action::Read, &Object::tenant()));
}

/// A role that inherits votes as what it inherits: both where Casbin is asked and where votes are counted.
#[test]
fn a_role_of_ones_own_has_the_rights_it_inherits() {
    let lines = "p, approver, *, *, release.vote\ng, qa, approver\ng, chief, qa\n";
    let authorizer = with_policy(lines).unwrap();
    let object = deployment("web", "eu", Tier::Production);
    let policy = holding(1, &["chief"]);
    assert_eq!(verdict(&authorizer, &ann(), Action::Vote, &object, &policy), Verdict::Allow);
    let roles = authorizer.roles(&ann().principal, &object, &policy).now_or_never().unwrap().unwrap();
    let names: Vec<&str> = roles.iter().map(cicd_core::id::Role::as_str).collect();
    assert_eq!(names, ["approver", "chief", "qa"]);

    let limited_to = |role: &str| Some([role.parse().unwrap()].into());
    for (limit, expected) in [("qa", Verdict::Allow), ("approver", Verdict::Allow)] {
        let caller = Caller { limited_to: limited_to(limit), ..ann() };
        assert_eq!(verdict(&authorizer, &caller, Action::Vote, &object, &policy), expected, "{limit}");
    }
    let caller = Caller { limited_to: limited_to("chief"), ..ann() };
    let only_qa = holding(2, &["qa"]);
    assert_ne!(verdict(&authorizer, &caller, Action::Vote, &object, &only_qa), Verdict::Allow);
}
