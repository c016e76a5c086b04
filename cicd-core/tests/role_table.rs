//! The table of roles: what it allows, and what nothing in it allows.
#![cfg(feature = "testing")]

use cicd_core::authz::{Action, Caller, Object, PolicySnapshot, PrincipalKind, Verdict};
use cicd_core::memory::RoleTable;
use cicd_core::port::Authorizer as _;
use cicd_core::testing::builders::{grant, principal, tenant};

fn policy() -> PolicySnapshot {
    let grants = [grant("dan", "developer"), grant("kim", "approver"), grant("rhea", "release-manager")];
    PolicySnapshot { epoch: 1, grants: grants.into() }
}

async fn allows(table: &RoleTable, caller: &Caller, action: Action) -> bool {
    table.check(caller, action, &Object::tenant(), &policy()).await == Ok(Verdict::Allow)
}

fn person(name: &str) -> Caller {
    Caller::person(tenant("acme"), principal(name))
}

#[tokio::test]
async fn the_default_roles_part_the_work() {
    let table = RoleTable::default();
    let cases = [
        ("dan", Action::Read, true),
        ("dan", Action::CreateRelease, true),
        ("dan", Action::Vote, false),
        ("dan", Action::PutDeployment, false),
        ("kim", Action::Vote, true),
        ("kim", Action::CreateRelease, false),
        ("rhea", Action::Rollback, true),
        ("rhea", Action::Vote, false),
        ("nobody", Action::Read, false),
    ];
    for (who, action, expected) in cases {
        assert_eq!(allows(&table, &person(who), action).await, expected, "{who} {action}");
    }
}

#[tokio::test]
async fn a_credential_gives_no_more_than_its_roles() {
    let table = RoleTable::default();
    let limited = |role: &str| Caller { limited_to: Some([role.parse().unwrap()].into()), ..person("kim") };
    assert!(allows(&table, &limited("approver"), Action::Vote).await);
    assert!(!allows(&table, &limited("viewer"), Action::Vote).await);
    assert!(!allows(&table, &limited("admin"), Action::PutDeployment).await, "a limit is no grant");
}

#[tokio::test]
async fn programs_never_vote() {
    let table = RoleTable::empty().allowing("approver".parse().unwrap(), Action::ALL.iter().copied());
    let program = Caller { kind: PrincipalKind::ServiceAccount, ..person("kim") };
    assert!(allows(&table, &program, Action::Read).await);
    assert!(!allows(&table, &program, Action::Vote).await);
}

#[tokio::test]
async fn an_empty_table_denies_all() {
    for action in Action::ALL {
        assert!(!allows(&RoleTable::empty(), &person("rhea"), *action).await, "{action}");
    }
}
