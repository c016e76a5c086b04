//! Why a command on a run was not carried out. A refusal changes nothing.

use serde::{Deserialize, Serialize};

use super::{RunCommandName, RunStatusName};
use crate::id::{ArtifactName, StepName};

/// A command that was refused: where the run stood, what was asked, why not, and what could be asked instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("`{command}` is refused while the run is `{status}`: {reason}; possible: {}", names(.allowed))]
pub struct RunRefusal {
    /// Where the run stood.
    pub status: RunStatusName,
    /// What was asked.
    pub command: RunCommandName,
    /// What could be asked.
    pub allowed: Vec<RunCommandName>,
    /// Why not.
    pub reason: RefusalReason,
}

/// Why a command on a run was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RefusalReason {
    /// The status does not take the command.
    #[error("this status does not take it")]
    NotPossible,
    /// The claim is not the one that is recorded.
    #[error("epoch {epoch} does not hold this run; the current epoch is {current}")]
    LeaseLost {
        /// The epoch of the command.
        epoch: u64,
        /// The epoch that counts.
        current: u64,
    },
    /// The step is not the one that comes next.
    #[error("step `{step}` does not come next; accepted: {}", expected(.next))]
    StepOutOfOrder {
        /// The step of the command.
        step: StepName,
        /// The step that comes next; `None` when none does.
        next: Option<StepName>,
    },
    /// Not every step has ended well.
    #[error("step `{step}` has not succeeded; accepted: after every step did")]
    StepsOpen {
        /// The first step that has not.
        step: StepName,
    },
    /// The artifact is not the one that the config names.
    #[error("the artifact is `{found}`; accepted: `{expected}`")]
    OtherArtifact {
        /// The artifact of the command.
        found: ArtifactName,
        /// The artifact of the config.
        expected: ArtifactName,
    },
    /// Nobody asked to cancel it.
    #[error("nobody asked to cancel it; accepted: after `cancel`")]
    NoCancelRequested,
}

impl RefusalReason {
    /// A stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotPossible => "not_possible",
            Self::LeaseLost { .. } => "lease_lost",
            Self::StepOutOfOrder { .. } => "step_out_of_order",
            Self::StepsOpen { .. } => "steps_open",
            Self::OtherArtifact { .. } => "other_artifact",
            Self::NoCancelRequested => "no_cancel_requested",
        }
    }
}

fn names(names: &[RunCommandName]) -> String {
    match names {
        [] => "nothing, it is over".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

fn expected(next: &Option<StepName>) -> String {
    next.as_ref().map_or_else(|| "no further step".to_owned(), |step| format!("`{step}`"))
}
