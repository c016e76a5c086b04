//! One run: from the trigger to the artifact, or to the reason why there is none.
//!
//! | from | command | to |
//! |---|---|---|
//! | – | create | `queued` |
//! | `queued` | `start` | `running` |
//! | `queued` | `cancel` | `cancelled` |
//! | `running` | `record_step` | `running` |
//! | `running` | `cancel` | `running`, and the holder is asked to stop |
//! | `running` | `succeed` | `succeeded`; `cancelled` where a cancel was recorded: one that was acknowledged holds |
//! | `running` | `fail` | `failed` |
//! | `running` | `time_out` | `timed_out` |
//! | `running` | `confirm_cancelled` | `cancelled` |
//! | `running` | `host_lost` | `running`, the next attempt; without one left `failed`; after a cancel `cancelled` |
//! | any other | anything | refused: it is over |
//!
//! What the holder of a run commands carries the epoch of its claim and is refused when another one is recorded.

mod apply;
mod command;
mod decide;
mod draft;
mod event;
mod refusal;
mod status;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use apply::ApplyError;
pub use command::{RunCommand, RunCommandName};
pub use decide::decide;
pub use draft::{MAX_REASON_CHARACTERS, RunDraft};
pub use event::{RunEvent, RunOrigin};
pub use refusal::{RefusalReason, RunRefusal};
pub use status::{BuiltArtifact, LogRange, RunFailure, RunStatus, RunStatusName, StepOutcome, StepResult};

use super::trigger::{BlockReason, Occurrence, TriggerType, TriggerVerdict, verdict};
use super::{CiConfig, CiSpec, CommitSha, GitRef};
use crate::id::{AttemptId, CiRunId, DeliveryId, PrincipalId, RowVersion, ServiceId, SourceId};
use crate::time::Timestamp;
use crate::trace::TraceParent;

/// One run of a service's CI config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CiRun {
    /// Its id.
    pub id: CiRunId,
    /// The service that it builds.
    pub service: ServiceId,
    /// The revision of the config that it follows.
    pub config_revision: u32,
    /// That revision, as it was when the run was triggered.
    pub spec: CiSpec,
    /// Who asked for what.
    pub trigger: RunTrigger,
    /// Where it stands, with the facts of that status beside it on the wire.
    #[serde(flatten)]
    pub status: RunStatus,
    /// Where the request that triggered it stands in a trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub trace: Option<TraceParent>,
    /// When it was triggered.
    pub created_at: Timestamp,
    /// Version of the row: the number of its events.
    pub row_version: RowVersion,
}

/// Who asked for a run, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RunTrigger {
    /// Whether somebody or a source asked.
    pub trigger_type: TriggerType,
    /// Who: a person, a service account, or the source.
    pub actor: PrincipalId,
    /// Why.
    pub reason: Option<String>,
    /// How the commit was named.
    pub git_ref: GitRef,
    /// The commit that is built.
    pub commit: CommitSha,
    /// What the source told, where one asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub source: Option<Box<RunSource>>,
}

/// What a source told of the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RunSource {
    /// The source.
    pub source: SourceId,
    /// Its delivery.
    pub delivery: DeliveryId,
    /// Who made the commit, by the name that the sender gives.
    pub author: Option<String>,
    /// Where a person can look at it.
    pub link: Option<String>,
}

/// The name of the log of one attempt of a run, in the host's blobs; made of letters, digits and `-`.
#[must_use]
pub fn log_name(run: CiRunId, attempt: u32) -> String {
    format!("ci-run-{run}-{attempt}")
}

impl CiRun {
    /// A run that was just triggered: its events, from which [`CiRun::apply`] makes the row. `changed_paths` are those of
    /// the source event, where it told them.
    ///
    /// # Errors
    /// Why the config's trigger policy lets nothing start.
    pub fn create(
        id: CiRunId,
        config: &CiConfig,
        trigger: RunTrigger,
        changed_paths: Option<Vec<String>>,
    ) -> Result<Vec<RunEvent>, BlockReason> {
        let git_ref = trigger.git_ref.clone();
        let occurrence = Occurrence { trigger: trigger.trigger_type, git_ref, changed_paths };
        match verdict(&config.spec, &occurrence) {
            TriggerVerdict::Blocked(reason) => Err(reason),
            TriggerVerdict::Allowed => Ok(vec![RunEvent::Triggered {
                run: Box::new(RunOrigin {
                    id,
                    service: config.service.clone(),
                    config_revision: config.revision,
                    spec: config.spec.clone(),
                    trigger,
                    trace: None,
                }),
            }]),
        }
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        self.status.name().is_terminal()
    }

    /// The attempt that it is in, or that comes next, or that was the last; from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.status.attempt()
    }

    /// The key and the epoch of the attempt that is under way.
    #[must_use]
    pub const fn holder(&self) -> Option<(AttemptId, u64)> {
        match &self.status {
            RunStatus::Running { attempt_id, epoch, .. } => Some((*attempt_id, *epoch)),
            _ => None,
        }
    }

    /// When a worker should look at it: a queued run at once, a running one whenever no lease is on it; `None` when it
    /// is over.
    #[must_use]
    pub const fn due(&self) -> Option<Timestamp> {
        match &self.status {
            RunStatus::Queued { .. } => Some(self.created_at),
            RunStatus::Running { started_at, .. } => Some(*started_at),
            RunStatus::Succeeded { .. }
            | RunStatus::Failed { .. }
            | RunStatus::Cancelled { .. }
            | RunStatus::TimedOut { .. } => None,
        }
    }

    /// The name of the log of its attempt, in the host's blobs.
    #[must_use]
    pub fn log_name(&self) -> String {
        log_name(self.id, self.attempt())
    }
}
