//! The queue of a deployment: a row that everybody writes who decides by what waits there.

use serde::{Deserialize, Serialize};

use super::Release;
use super::state::State;
use crate::choice::choice;
use crate::id::{DeploymentId, ReleaseId, RowVersion};
use crate::time::Timestamp;

choice!(
    /// What happened to a queue.
    pub enum QueueChange {
        /// A release joined it and waits for its votes.
        Joined = "joined",
        /// A release has its votes and waits for its gates.
        Approved = "approved",
    }
);

/// The queue of a deployment, as it last grew or moved on.
///
/// What waits is read from the releases themselves. This row makes those who decide by it meet, whichever process they
/// run in: a commit by which a release joins the queue or is approved also puts this row, so of two that saw the same
/// queue one is stale and decides again. To leave the queue, a release needs no such row: a queue rule refuses or cancels
/// for what is there, never for what is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Whose queue it is.
    pub deployment: DeploymentId,
    /// What happened last.
    pub last: QueueChange,
    /// To which release.
    pub release: ReleaseId,
    /// When.
    pub updated_at: Timestamp,
    /// The version of the row: how often a release joined or was approved.
    pub row_version: RowVersion,
}

impl Queue {
    /// The queue that was `before`, once `release` has joined it or was approved; the store stamps its time.
    #[must_use]
    pub fn after(before: Option<&Self>, release: &Release) -> Self {
        let last = match release.state {
            State::PendingApproval { .. } => QueueChange::Joined,
            _ => QueueChange::Approved,
        };
        Self {
            deployment: release.deployment().clone(),
            last,
            release: release.id(),
            updated_at: release.updated_at,
            row_version: before.map_or(RowVersion::ABSENT, |queue| queue.row_version),
        }
    }
}
