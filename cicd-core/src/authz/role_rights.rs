//! What a role allows, wherever it is held.

use serde::{Deserialize, Serialize};

use super::Action;
use crate::choice::choice;
use crate::id::Role;

/// Who can what: every role that the authorizer knows beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhoCanWhat {
    /// The roles; none where the authorizer tells none.
    pub roles: Vec<RoleRights>,
}

/// What one role allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleRights {
    /// The role.
    pub role: Role,
    /// Every action.
    pub actions: Vec<RoleRight>,
}

/// How far a role allows one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleRight {
    /// The action.
    pub action: Action,
    /// How far.
    pub reach: Reach,
}

choice!(
    /// On which of the objects that a grant covers a role allows an action.
    pub enum Reach {
        /// On all of them.
        Everywhere = "everywhere",
        /// On some kinds of objects or tiers only.
        Somewhere = "somewhere",
        /// On none.
        Nowhere = "nowhere",
    }
);
