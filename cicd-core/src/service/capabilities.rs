//! What a deployment's executor can do.

use serde::{Deserialize, Serialize};

/// What a deployment's executor can carry out at the deployment's target. The executor says so when the deployment is
/// written; a CD config that asks for more is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// Splits traffic by weight: what a canary needs.
    pub weights: bool,
    /// Runs a second colour and switches over to it: what blue-green needs.
    pub blue_green: bool,
    /// Takes an unfinished rollout back.
    pub undo: bool,
    /// Refuses work that carries a lower epoch than it has seen.
    pub fence: bool,
    /// Says how a rollout stands, also one that another host began.
    pub status: bool,
    /// Judges a running version: the analysis named `command`.
    pub analysis: bool,
}

impl Capabilities {
    /// Everything.
    pub const ALL: Self =
        Self { weights: true, blue_green: true, undo: true, fence: true, status: true, analysis: true };
    /// Nothing but `apply`, which every executor has: enough for a rolling update.
    pub const NONE: Self =
        Self { weights: false, blue_green: false, undo: false, fence: false, status: false, analysis: false };
}
