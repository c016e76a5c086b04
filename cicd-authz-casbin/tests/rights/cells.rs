//! The default roles, cell by cell.

use cicd_core::authz::{Action, Object, Verdict, roles};
use cicd_core::memory::RoleTable;
use cicd_core::port::Authorizer as _;
use cicd_core::service::Tier;
use futures_util::FutureExt as _;

use crate::support::{ann, default_roles, deployment, holding, verdict};

const YES: bool = true;
const NO: bool = false;

/// The columns stand in the order of [`roles::ALL`]: viewer, developer, approver, release-manager, admin, auditor.
const CELLS: &[(Action, [bool; 6])] = &[
    (Action::Read, [YES, YES, YES, YES, YES, YES]),
    (Action::ReadLog, [YES, YES, YES, YES, YES, YES]),
    (Action::ReadArtifact, [YES, YES, YES, YES, YES, YES]),
    (Action::ReadAudit, [NO, NO, NO, NO, YES, YES]),
    (Action::PutService, [NO, YES, NO, NO, YES, NO]),
    (Action::PutDeployment, [NO, NO, NO, NO, YES, NO]),
    (Action::LiftHold, [NO, NO, NO, YES, NO, NO]),
    (Action::PutCiConfig, [NO, YES, NO, NO, YES, NO]),
    (Action::TriggerRun, [NO, YES, NO, NO, NO, NO]),
    (Action::CancelRun, [NO, YES, NO, YES, NO, NO]),
    (Action::PutCdConfig, [NO, NO, NO, NO, YES, NO]),
    (Action::CreateRelease, [NO, YES, NO, YES, NO, NO]),
    (Action::Vote, [NO, NO, YES, NO, NO, NO]),
    (Action::CancelOwnRelease, [NO, YES, NO, YES, NO, NO]),
    (Action::CancelRelease, [NO, NO, NO, YES, NO, NO]),
    (Action::Pause, [NO, NO, NO, YES, NO, NO]),
    (Action::Resume, [NO, NO, NO, YES, NO, NO]),
    (Action::Promote, [NO, NO, NO, YES, NO, NO]),
    (Action::Abort, [NO, NO, NO, YES, NO, NO]),
    (Action::Retry, [NO, YES, NO, YES, NO, NO]),
    (Action::Rollback, [NO, NO, NO, YES, NO, NO]),
    (Action::Freeze, [NO, NO, NO, YES, NO, NO]),
    (Action::Lock, [NO, NO, NO, YES, NO, NO]),
    (Action::BreakLock, [NO, NO, NO, YES, NO, NO]),
    (Action::PutPolicy, [NO, NO, NO, NO, YES, NO]),
    (Action::ManageRoles, [NO, NO, NO, NO, YES, NO]),
    (Action::ManageTokens, [NO, NO, NO, NO, YES, NO]),
    (Action::ManageSources, [NO, NO, NO, NO, YES, NO]),
];

#[test]
fn every_action_has_a_row() {
    let rows: Vec<Action> = CELLS.iter().map(|(action, _)| *action).collect();
    assert_eq!(rows, Action::ALL);
}

#[test]
fn every_cell_is_as_written() {
    let authorizer = default_roles();
    let objects = [
        Object::tenant(),
        Object::service("web".parse().unwrap()),
        deployment("web", "eu", Tier::Production),
        deployment("web", "lab", Tier::Development),
    ];
    for (action, row) in CELLS {
        for ((epoch, role), expected) in roles::ALL.iter().enumerate().zip(row) {
            let policy = holding(epoch as u64, &[role]);
            for object in &objects {
                let allowed = verdict(&authorizer, &ann(), *action, object, &policy) == Verdict::Allow;
                assert_eq!(allowed, *expected, "{role} {action} {object:?}");
            }
        }
    }
}

#[test]
fn nobody_may_do_anything_without_a_role() {
    let authorizer = default_roles();
    for action in Action::ALL {
        let verdict = verdict(&authorizer, &ann(), *action, &Object::tenant(), &holding(1, &[]));
        assert_ne!(verdict, Verdict::Allow, "{action}");
    }
}

/// The core's own table, which tests and examples use, says the same.
#[test]
fn the_role_table_of_the_core_agrees() {
    let (authorizer, table) = (default_roles(), RoleTable::default());
    let object = deployment("web", "eu", Tier::Production);
    for (epoch, role) in roles::ALL.iter().enumerate() {
        let policy = holding(epoch as u64, &[role]);
        for action in Action::ALL {
            let theirs = table.check(&ann(), *action, &object, &policy).now_or_never().unwrap().unwrap();
            let ours = verdict(&authorizer, &ann(), *action, &object, &policy);
            assert_eq!(ours == Verdict::Allow, theirs == Verdict::Allow, "{role} {action}");
        }
    }
}
