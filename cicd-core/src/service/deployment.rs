//! A deployment and what may hold it.

use serde::{Deserialize, Serialize};

use super::{Capabilities, DeploymentSpec};
use crate::choice::choice;
use crate::id::{DeploymentId, PrincipalId, ReleaseId, RowVersion};
use crate::time::Timestamp;

/// Where a service runs, at its latest revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// The number of the spec's revision: 1 for the first; each change of the spec adds one.
    pub revision: u32,
    /// What was asked for.
    pub spec: DeploymentSpec,
    /// What the executor said it can do at this target.
    pub capabilities: Capabilities,
    /// Why nothing starts here; `None` when it is free.
    pub hold: Option<Hold>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Who changed it last.
    pub updated_by: PrincipalId,
    /// The version of the row; it also grows with changes of the hold.
    pub row_version: RowVersion,
}

/// Nothing starts on a held deployment, not even a rollback, until the executor answers or a release-manager lifts the
/// hold with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hold {
    /// Why.
    pub reason: HoldReason,
    /// The release that left the deployment in doubt.
    pub release: ReleaseId,
    /// Since when.
    pub since: Timestamp,
}

choice!(
    /// Why a deployment is held.
    pub enum HoldReason {
        /// The executor stayed silent: nobody knows what runs.
        ExecutorSilent = "executor_silent",
        /// A rollback failed: neither the old nor the new version is known to run.
        RollbackFailed = "rollback_failed",
        /// A rollout stopped and could not be undone: nobody knows what runs.
        UndoFailed = "undo_failed",
    }
);
