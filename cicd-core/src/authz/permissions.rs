//! What a principal may do, and why not.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Action;
use crate::id::{PrincipalId, Role};

/// What a principal may do somewhere, as the authorizer says now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Permissions {
    /// Who.
    pub principal: PrincipalId,
    /// The roles that are held there, also those that the credential shown is not limited to.
    pub roles: BTreeSet<Role>,
    /// The governance epoch under which this holds: a later one may say otherwise.
    pub governance_epoch: u64,
    /// Every action.
    pub actions: Vec<Permission>,
}

/// Whether one action is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Permission {
    /// The action.
    pub action: Action,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub reason: Option<String>,
}

impl Permissions {
    /// What is said of `action`; an action that is not named is not allowed.
    #[must_use]
    pub fn of(&self, action: Action) -> Option<&Permission> {
        self.actions.iter().find(|permission| permission.action == action)
    }
}
