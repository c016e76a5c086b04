//! What happened to a run. Events hold no time of their own: the store stamps it when it commits them.

use serde::{Deserialize, Serialize};

use super::{BuiltArtifact, RunFailure, RunTrigger, StepResult};
use crate::ci::CiSpec;
use crate::id::{AttemptId, CiRunId, PrincipalId, ServiceId, StepName};
use crate::trace::TraceParent;

/// One thing that happened to a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum RunEvent {
    /// Somebody, or a source, asked for it.
    #[serde(rename = "ci_run.triggered")]
    Triggered {
        /// What it is.
        run: Box<RunOrigin>,
    },
    /// A worker began an attempt.
    #[serde(rename = "ci_run.started")]
    Started {
        /// Which attempt, from 1.
        attempt: u32,
        /// The key for the executor.
        attempt_id: AttemptId,
        /// The epoch of the worker's claim.
        epoch: u64,
    },
    /// A step ended.
    #[serde(rename = "ci_run.step_finished")]
    StepFinished {
        /// How.
        result: StepResult,
    },
    /// Somebody asked to cancel it while it ran.
    #[serde(rename = "ci_run.cancel_requested")]
    CancelRequested {
        /// Who.
        by: PrincipalId,
    },
    /// The host of an attempt died; the next attempt follows in the same commit.
    #[serde(rename = "ci_run.host_lost")]
    HostLost {
        /// The attempt that was lost.
        attempt: u32,
    },
    /// There is an artifact.
    #[serde(rename = "ci_run.succeeded")]
    Succeeded {
        /// What was built.
        artifact: BuiltArtifact,
    },
    /// There is none.
    #[serde(rename = "ci_run.failed")]
    Failed {
        /// Why.
        cause: RunFailure,
    },
    /// It was stopped.
    #[serde(rename = "ci_run.cancelled")]
    Cancelled {
        /// By whom.
        by: PrincipalId,
    },
    /// A step took longer than it may.
    #[serde(rename = "ci_run.timed_out")]
    TimedOut {
        /// Which.
        step: StepName,
    },
}

/// What a run is from its first event on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOrigin {
    /// Its id.
    pub id: CiRunId,
    /// The service that it builds.
    pub service: ServiceId,
    /// The revision of the config that it follows.
    pub config_revision: u32,
    /// That revision.
    pub spec: CiSpec,
    /// Who asked for what.
    pub trigger: RunTrigger,
    /// Where the request stands in a trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceParent>,
}

impl RunEvent {
    /// The event's kind, as audit and timeline spell it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Triggered { .. } => "ci_run.triggered",
            Self::Started { .. } => "ci_run.started",
            Self::StepFinished { .. } => "ci_run.step_finished",
            Self::CancelRequested { .. } => "ci_run.cancel_requested",
            Self::HostLost { .. } => "ci_run.host_lost",
            Self::Succeeded { .. } => "ci_run.succeeded",
            Self::Failed { .. } => "ci_run.failed",
            Self::Cancelled { .. } => "ci_run.cancelled",
            Self::TimedOut { .. } => "ci_run.timed_out",
        }
    }

    /// The same, caused by a request that stands there in a trace; only what lets work begin keeps that.
    #[must_use]
    pub fn traced(mut self, trace: Option<TraceParent>) -> Self {
        if let Self::Triggered { run } = &mut self {
            run.trace = trace;
        }
        self
    }
}
