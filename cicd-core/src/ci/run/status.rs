//! Where a run stands. Each variant carries the facts that only this status has.

use serde::{Deserialize, Serialize};

use super::RunCommandName;
use crate::choice::choice;
use crate::ci::RelativePath;
use crate::digest::Digest;
use crate::id::{ArtifactName, AttemptId, PrincipalId, SecretName, StepName};
use crate::time::Timestamp;

/// The statuses of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum RunStatus {
    /// Waits for a worker.
    Queued {
        /// The attempt that comes next.
        attempt: u32,
    },
    /// A worker carries it out.
    Running {
        /// Which attempt this is, from 1.
        attempt: u32,
        /// The key under which the executor knows the attempt.
        attempt_id: AttemptId,
        /// The epoch of the worker's claim.
        epoch: u64,
        /// When the attempt began.
        started_at: Timestamp,
        /// The steps that have ended, in order.
        steps: Vec<StepResult>,
        /// Who asked to cancel it.
        cancel_requested: Option<PrincipalId>,
    },
    /// Every step ended well, and the artifact is kept.
    Succeeded {
        /// The attempt that did it.
        attempt: u32,
        /// When the attempt began.
        started_at: Timestamp,
        /// When it ended.
        finished_at: Timestamp,
        /// How each step ended.
        steps: Vec<StepResult>,
        /// What was built.
        artifact: BuiltArtifact,
    },
    /// There is no artifact.
    Failed {
        /// Why.
        cause: RunFailure,
        /// The last attempt.
        attempt: u32,
        /// When the attempt began.
        started_at: Timestamp,
        /// When it ended.
        finished_at: Timestamp,
        /// The steps that had ended, in order.
        steps: Vec<StepResult>,
    },
    /// Somebody stopped it.
    Cancelled {
        /// Who.
        by: PrincipalId,
        /// The last attempt, or the one that would have come.
        attempt: u32,
        /// When the attempt began; `None` when none did.
        started_at: Option<Timestamp>,
        /// When it ended.
        finished_at: Timestamp,
        /// The steps that had ended, in order.
        steps: Vec<StepResult>,
    },
    /// A step took longer than it may.
    TimedOut {
        /// Which.
        step: StepName,
        /// The last attempt.
        attempt: u32,
        /// When the attempt began.
        started_at: Timestamp,
        /// When it ended.
        finished_at: Timestamp,
        /// The steps that had ended, in order.
        steps: Vec<StepResult>,
    },
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepResult {
    /// Which step.
    pub name: StepName,
    /// How it ended.
    pub outcome: StepOutcome,
    /// The exit code of its process; `None` when a signal ended it or it did not begin.
    pub exit_code: Option<i32>,
    /// How long it took, in milliseconds, by the executor's own measure.
    pub duration_ms: u64,
    /// Where in the attempt's log its part is, where the executor tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub log: Option<LogRange>,
}

/// A part of a log, in bytes from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LogRange {
    /// Its first byte.
    pub start: u64,
    /// The byte after its last.
    pub end: u64,
}

choice!(
    /// The ends of a step.
    pub enum StepOutcome {
        /// Its process exited with zero.
        Succeeded = "succeeded",
        /// Its process did not begin, exited with another code, or was ended by a signal of its own.
        Failed = "failed",
        /// It took longer than it may and was killed.
        TimedOut = "timed_out",
        /// It was killed because the run was cancelled.
        Cancelled = "cancelled",
    }
);

/// What a run built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BuiltArtifact {
    /// Its name.
    pub name: ArtifactName,
    /// SHA-256 of its bytes: where the host's blobs have it.
    pub digest: Digest,
    /// How many bytes it has.
    pub size_bytes: u64,
}

/// Why a run failed. The evidence is in its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RunFailure {
    /// The repository could not be cloned, or it has no such commit.
    #[error("the repository could not be cloned: {message}")]
    CannotClone {
        /// What git said, shortened and masked.
        message: String,
    },
    /// A step ended badly.
    #[error("step `{step}` failed{}", exit(.exit_code))]
    StepFailed {
        /// Which.
        step: StepName,
        /// The exit code; `None` when a signal ended it.
        exit_code: Option<i32>,
    },
    /// A step wrote more output than the executor bears with, and was stopped.
    #[error("step `{step}` wrote too much output and was stopped")]
    StepFlooded {
        /// Which.
        step: StepName,
    },
    /// The program of a step does not exist or can't be run.
    #[error("step `{step}` needs `{program}`, which the executor does not have")]
    MissingCommand {
        /// Which step.
        step: StepName,
        /// The program.
        program: String,
    },
    /// A step names a secret that the host does not have.
    #[error("step `{step}` needs the secret `{secret}`, which the host does not have")]
    UnknownSecret {
        /// Which step.
        step: StepName,
        /// The secret.
        secret: SecretName,
    },
    /// Nothing lies where the artifact should.
    #[error("no artifact at `{path}`")]
    MissingArtifact {
        /// Where it should be.
        path: RelativePath,
    },
    /// What lies there can't be kept.
    #[error("the artifact can't be kept: {message}")]
    ArtifactRefused {
        /// Why, such as a link that leads out of the workspace.
        message: String,
    },
    /// The executor itself failed.
    #[error("the executor failed: {message}")]
    Executor {
        /// What it said, shortened and masked.
        message: String,
    },
    /// The host died, and no attempt is left.
    #[error("the host died, and no attempt is left")]
    HostDied,
}

choice!(
    /// The name of a status on the wire.
    pub enum RunStatusName {
        /// Waits for a worker.
        Queued = "queued",
        /// A worker carries it out.
        Running = "running",
        /// There is an artifact.
        Succeeded = "succeeded",
        /// There is none.
        Failed = "failed",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// A step took too long.
        TimedOut = "timed_out",
    }
);

impl RunStatus {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> RunStatusName {
        match self {
            Self::Queued { .. } => RunStatusName::Queued,
            Self::Running { .. } => RunStatusName::Running,
            Self::Succeeded { .. } => RunStatusName::Succeeded,
            Self::Failed { .. } => RunStatusName::Failed,
            Self::Cancelled { .. } => RunStatusName::Cancelled,
            Self::TimedOut { .. } => RunStatusName::TimedOut,
        }
    }

    /// The attempt under way, the next one of a queued run, the last one of a run that is over.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        match self {
            Self::Queued { attempt }
            | Self::Running { attempt, .. }
            | Self::Succeeded { attempt, .. }
            | Self::Failed { attempt, .. }
            | Self::Cancelled { attempt, .. }
            | Self::TimedOut { attempt, .. } => *attempt,
        }
    }

    /// The steps of that attempt that have ended, in order.
    #[must_use]
    pub fn steps(&self) -> &[StepResult] {
        match self {
            Self::Queued { .. } => &[],
            Self::Running { steps, .. }
            | Self::Succeeded { steps, .. }
            | Self::Failed { steps, .. }
            | Self::Cancelled { steps, .. }
            | Self::TimedOut { steps, .. } => steps,
        }
    }
}

impl RunStatusName {
    /// Whether a run of this status is over.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// The commands that a run of this status takes.
    #[must_use]
    pub const fn allowed(self) -> &'static [RunCommandName] {
        match self {
            Self::Queued => &[RunCommandName::Start, RunCommandName::Cancel],
            Self::Running => &[
                RunCommandName::RecordStep,
                RunCommandName::Succeed,
                RunCommandName::Fail,
                RunCommandName::TimeOut,
                RunCommandName::Cancel,
                RunCommandName::ConfirmCancelled,
                RunCommandName::HostLost,
            ],
            Self::Succeeded | Self::Failed | Self::Cancelled | Self::TimedOut => &[],
        }
    }
}

impl RunFailure {
    /// A stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CannotClone { .. } => "cannot_clone",
            Self::StepFailed { .. } => "step_failed",
            Self::StepFlooded { .. } => "step_flooded",
            Self::MissingCommand { .. } => "missing_command",
            Self::UnknownSecret { .. } => "unknown_secret",
            Self::MissingArtifact { .. } => "missing_artifact",
            Self::ArtifactRefused { .. } => "artifact_refused",
            Self::Executor { .. } => "executor",
            Self::HostDied => "host_died",
        }
    }
}

fn exit(code: &Option<i32>) -> String {
    code.map_or(String::new(), |code| format!(" with exit code {code}"))
}
