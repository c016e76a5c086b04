//! An authorizer that is a table: role by action.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use crate::authz::{
    Action, Caller, Object, PolicySnapshot, PrincipalKind, Reach, RoleRight, RoleRights, Verdict, WhoCanWhat,
    roles,
};
use crate::id::{Role, TenantId};
use crate::port::{Authorizer, AuthorizerError};

/// What everybody with any role may do.
const READ: &[Action] = &[Action::Read, Action::ReadLog, Action::ReadArtifact];

/// What each default role may do beyond reading.
const DEFAULT: &[(&str, &[Action])] = &[
    (roles::VIEWER, &[]),
    (
        roles::DEVELOPER,
        &[
            Action::PutService,
            Action::PutCiConfig,
            Action::TriggerRun,
            Action::CancelRun,
            Action::CreateRelease,
            Action::CancelOwnRelease,
            Action::Retry,
        ],
    ),
    (roles::APPROVER, &[Action::Vote]),
    (
        roles::RELEASE_MANAGER,
        &[
            Action::LiftHold,
            Action::CancelRun,
            Action::CreateRelease,
            Action::CancelOwnRelease,
            Action::CancelRelease,
            Action::Pause,
            Action::Resume,
            Action::Promote,
            Action::Abort,
            Action::Retry,
            Action::Rollback,
            Action::Freeze,
            Action::Lock,
            Action::BreakLock,
        ],
    ),
    (
        roles::ADMIN,
        &[
            Action::ReadAudit,
            Action::PutService,
            Action::PutDeployment,
            Action::PutCiConfig,
            Action::PutCdConfig,
            Action::PutPolicy,
            Action::ManageRoles,
            Action::ManageTokens,
            Action::ManageSources,
        ],
    ),
    (roles::AUDITOR, &[Action::ReadAudit]),
];

/// Who may do what, by role. What no role allows is denied; service accounts never vote.
///
/// The default is the default roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleTable {
    allowed: BTreeMap<Role, BTreeSet<Action>>,
}

impl RoleTable {
    /// A table that denies everything.
    #[must_use]
    pub const fn empty() -> Self {
        Self { allowed: BTreeMap::new() }
    }

    /// The same, and `role` may do `actions`.
    #[must_use]
    pub fn allowing(mut self, role: Role, actions: impl IntoIterator<Item = Action>) -> Self {
        self.allowed.entry(role).or_default().extend(actions);
        self
    }

    /// Whether one of `held` may do `action`.
    fn allows(&self, held: &BTreeSet<Role>, action: Action) -> bool {
        held.iter().filter_map(|role| self.allowed.get(role)).any(|actions| actions.contains(&action))
    }
}

impl Default for RoleTable {
    fn default() -> Self {
        let rows = DEFAULT.iter().filter_map(|(role, actions)| Some((role.parse().ok()?, actions)));
        rows.fold(Self::empty(), |table, (role, actions): (Role, _)| {
            table.allowing(role, READ.iter().chain(actions.iter()).copied())
        })
    }
}

#[async_trait]
impl Authorizer for RoleTable {
    async fn check(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object,
        policy: &PolicySnapshot,
    ) -> Result<Verdict, AuthorizerError> {
        let mut held = policy.roles(&caller.principal, object);
        if let Some(limit) = &caller.limited_to {
            held.retain(|role| limit.contains(role));
        }
        let deny = |reason: String| Ok(Verdict::Deny { reason });
        if action == Action::Vote && caller.kind == PrincipalKind::ServiceAccount {
            return deny("a service account can't vote".to_owned());
        }
        if self.allows(&held, action) {
            return Ok(Verdict::Allow);
        }
        deny(format!("no role of `{}` allows `{action}` here", caller.principal))
    }

    async fn who_can_what(&self, _: &TenantId) -> Result<WhoCanWhat, AuthorizerError> {
        let roles = self.allowed.iter().map(|(role, allowed)| {
            let reach = |action| if allowed.contains(action) { Reach::Everywhere } else { Reach::Nowhere };
            let actions =
                Action::ALL.iter().map(|action| RoleRight { action: *action, reach: reach(action) });
            RoleRights { role: role.clone(), actions: actions.collect() }
        });
        Ok(WhoCanWhat { roles: roles.collect() })
    }
}
