//! What can be asked of a run.

use serde::{Deserialize, Serialize};

use super::{BuiltArtifact, RunFailure, StepResult};
use crate::choice::choice;
use crate::id::{AttemptId, PrincipalId, StepName};

/// A command on an existing run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum RunCommand {
    /// A worker that claimed it begins.
    Start {
        /// The key for the executor.
        attempt_id: AttemptId,
        /// The epoch of the claim.
        epoch: u64,
    },
    /// The holder: a step has ended. The same result again changes nothing.
    RecordStep {
        /// The epoch of the holder's claim.
        epoch: u64,
        /// How it ended.
        result: StepResult,
    },
    /// The holder: every step ended well, and the artifact is kept.
    Succeed {
        /// The epoch of the holder's claim.
        epoch: u64,
        /// What was built.
        artifact: BuiltArtifact,
    },
    /// The holder: there will be no artifact.
    Fail {
        /// The epoch of the holder's claim.
        epoch: u64,
        /// Why.
        cause: RunFailure,
    },
    /// The holder: a step took longer than it may.
    TimeOut {
        /// The epoch of the holder's claim.
        epoch: u64,
        /// Which.
        step: StepName,
    },
    /// Somebody stops it. A second time changes nothing.
    Cancel {
        /// Who.
        by: PrincipalId,
    },
    /// The holder: it stopped, as it was asked to.
    ConfirmCancelled {
        /// The epoch of the holder's claim.
        epoch: u64,
    },
    /// A worker that claimed it after the last holder's lease ran out, and whose executor has made sure that nothing of the
    /// last attempt is alive.
    HostLost {
        /// The epoch of the new claim, greater than the last one's.
        epoch: u64,
        /// The key for the next attempt, where there is one.
        attempt_id: AttemptId,
    },
}

choice!(
    /// The name of a command.
    pub enum RunCommandName {
        /// A worker begins.
        Start = "start",
        /// A step has ended.
        RecordStep = "record_step",
        /// The artifact is kept.
        Succeed = "succeed",
        /// There will be no artifact.
        Fail = "fail",
        /// A step took too long.
        TimeOut = "time_out",
        /// Somebody stops it.
        Cancel = "cancel",
        /// The holder stopped it.
        ConfirmCancelled = "confirm_cancelled",
        /// The holder's host died.
        HostLost = "host_lost",
    }
);

impl RunCommand {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> RunCommandName {
        match self {
            Self::Start { .. } => RunCommandName::Start,
            Self::RecordStep { .. } => RunCommandName::RecordStep,
            Self::Succeed { .. } => RunCommandName::Succeed,
            Self::Fail { .. } => RunCommandName::Fail,
            Self::TimeOut { .. } => RunCommandName::TimeOut,
            Self::Cancel { .. } => RunCommandName::Cancel,
            Self::ConfirmCancelled { .. } => RunCommandName::ConfirmCancelled,
            Self::HostLost { .. } => RunCommandName::HostLost,
        }
    }
}
