//! Who holds which role, and where.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Object, grant_key};
use crate::id::{Environment, PrincipalId, Role, RowVersion, ServiceId};
use crate::service::Tier;
use crate::time::Timestamp;

/// The default roles.
pub mod roles {
    use crate::id::Role;

    /// Reads.
    pub const VIEWER: &str = "viewer";
    /// Configures CI, triggers runs and asks for releases.
    pub const DEVELOPER: &str = "developer";
    /// Votes.
    pub const APPROVER: &str = "approver";
    /// Steers rollouts, freezes and locks.
    pub const RELEASE_MANAGER: &str = "release-manager";
    /// Sets up deployments, policies, roles and tokens.
    pub const ADMIN: &str = "admin";
    /// Reads everything, the audit too.
    pub const AUDITOR: &str = "auditor";
    /// All of them.
    pub const ALL: [&str; 6] = [VIEWER, DEVELOPER, APPROVER, RELEASE_MANAGER, ADMIN, AUDITOR];

    /// The default roles as values.
    #[must_use]
    pub fn all() -> Vec<Role> {
        ALL.iter().filter_map(|name| name.parse().ok()).collect()
    }
}

/// Where a grant holds. Everything `None` is the whole tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantScope {
    /// Only this service and its deployments.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// Only deployments of this environment.
    #[serde(default)]
    pub environment: Option<Environment>,
    /// Only deployments of this tier.
    #[serde(default)]
    pub tier: Option<Tier>,
}

impl GrantScope {
    /// Whether a grant with this scope holds on `object`.
    #[must_use]
    pub fn covers(&self, object: &Object) -> bool {
        fn fits<T: PartialEq>(scope: Option<&T>, object: Option<&T>) -> bool {
            scope.is_none_or(|scope| object == Some(scope))
        }
        fits(self.service.as_ref(), object.service.as_ref())
            && fits(self.environment.as_ref(), object.environment.as_ref())
            && fits(self.tier.as_ref(), object.tier.as_ref())
    }
}

/// A principal's role, and where it holds. Its key is (principal, role, scope).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// Who.
    pub principal: PrincipalId,
    /// What.
    pub role: Role,
    /// Where.
    pub scope: GrantScope,
    /// Who gave it.
    pub granted_by: PrincipalId,
    /// When.
    pub granted_at: Timestamp,
    /// The version of the row.
    pub row_version: RowVersion,
}

impl Grant {
    /// The text of its [`GrantKey`](super::GrantKey).
    #[must_use]
    pub fn key(&self) -> String {
        grant_key::text(&self.principal, &self.role, &self.scope)
    }
}

/// All grants of a tenant at one governance epoch. Equal epochs mean equal grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicySnapshot {
    /// The tenant's governance epoch.
    pub epoch: u64,
    /// The grants.
    pub grants: Arc<[Grant]>,
}

impl PolicySnapshot {
    /// The roles that `principal` holds on `object`.
    #[must_use]
    pub fn roles(&self, principal: &PrincipalId, object: &Object) -> BTreeSet<Role> {
        let held = self.grants.iter().filter(|g| g.principal == *principal && g.scope.covers(object));
        held.map(|grant| grant.role.clone()).collect()
    }

    /// The roles that `principal` holds on anything at all.
    #[must_use]
    pub fn roles_anywhere(&self, principal: &PrincipalId) -> BTreeSet<Role> {
        let held = self.grants.iter().filter(|grant| grant.principal == *principal);
        held.map(|grant| grant.role.clone()).collect()
    }
}
