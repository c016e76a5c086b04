//! Where a release stands. Each variant carries the facts that only this state has.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::{AttemptId, PrincipalId, ReleaseId};
use crate::time::Timestamp;

/// The states of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    /// Waits for its votes.
    PendingApproval {
        /// When it is cancelled for want of votes.
        expires_at: Timestamp,
    },
    /// Has its votes and waits for its gates.
    Approved {
        /// When the last vote came.
        approved_at: Timestamp,
        /// When the approval is no longer good.
        expires_at: Timestamp,
    },
    /// Somebody voted against it.
    Rejected {
        /// Who.
        by: PrincipalId,
        /// When.
        at: Timestamp,
    },
    /// Never started.
    Cancelled {
        /// Why.
        reason: CancelReason,
        /// When.
        at: Timestamp,
    },
    /// Is being rolled out.
    Executing(Execution),
    /// Runs on its deployment, or did until a later release.
    Succeeded {
        /// When the rollout began.
        started_at: Timestamp,
        /// When it ended.
        finished_at: Timestamp,
    },
    /// Did not roll out.
    Failed {
        /// Why.
        cause: FailureCause,
        /// The index of the step of the strategy's plan at which it stopped; `None` where that was not kept.
        #[serde(default)]
        reached: Option<u32>,
        /// When the rollout began.
        started_at: Timestamp,
        /// When it ended.
        finished_at: Timestamp,
    },
    /// Was rolled out, wholly or in part, and is gone again.
    RolledBack {
        /// Why.
        cause: RollbackCause,
        /// The index of the step of the strategy's plan at which it stopped; `None` where it had got to its end, or
        /// where that was not kept.
        #[serde(default)]
        reached: Option<u32>,
        /// When the rollout began.
        started_at: Timestamp,
        /// When it was gone.
        finished_at: Timestamp,
    },
}

/// Why a release never started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CancelReason {
    /// Its requester or a release manager withdrew it.
    Withdrawn {
        /// Who.
        by: PrincipalId,
    },
    /// Its approval deadline passed.
    Expired,
    /// A newer release of the deployment was approved.
    Superseded {
        /// The newer release.
        by: ReleaseId,
    },
    /// Deployment or CD config has a newer revision than the one that was voted on.
    Stale,
}

/// Why a rollout failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FailureCause {
    /// The executor refused or failed a step.
    Step {
        /// The step, such as `apply`.
        step: String,
        /// What the executor said.
        message: String,
    },
    /// An analysis found the new version bad.
    Analysis {
        /// What the analysis said.
        message: String,
    },
    /// A release manager stopped it.
    Aborted {
        /// Who.
        by: PrincipalId,
        /// Why.
        reason: Option<String>,
    },
    /// A rollback was asked for while it executed.
    RollbackRequested {
        /// The rollback.
        by: ReleaseId,
    },
    /// The rollout's deadline passed.
    DeadlineExceeded,
    /// The executor is silent, so nobody knows what runs.
    Unknown,
    /// It was to go back and could not, so nobody knows what runs.
    UndoFailed {
        /// Why it was to go back.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        why: Box<FailureCause>,
        /// What the executor said.
        message: String,
    },
    /// An attempt's callback said so.
    Reported {
        /// What it said.
        message: String,
    },
}

/// Why a release is gone again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RollbackCause {
    /// The rollout itself went back.
    WentBack {
        /// What made it go back.
        why: FailureCause,
    },
    /// A rollback release brought something else.
    UndoneBy {
        /// The rollback.
        release: ReleaseId,
    },
}

/// A rollout under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Execution {
    /// The key under which the executor knows this attempt.
    pub attempt: AttemptId,
    /// The epoch of the last holder: it never decreases, and the executor gets it as its fence.
    pub epoch: u64,
    /// SHA-256 of the token with which the attempt may report back.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub report_token: Digest,
    /// The number of the last report.
    pub reports: u64,
    /// How often another worker had to take over.
    pub takeovers: u32,
    /// When the rollout began.
    pub started_at: Timestamp,
    /// When it is aborted.
    pub deadline_at: Timestamp,
    /// The index of the next step of the strategy's plan.
    pub step: u32,
    /// What it does now.
    pub phase: Phase,
}

/// What a rollout does now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// A worker that holds the lease carries out steps.
    Running {
        /// A release manager asked for a pause before the next step.
        pause_requested: Option<PrincipalId>,
        /// A release manager asked to go straight to the promotion after this step.
        promote_requested: Option<PrincipalId>,
    },
    /// A recorded wait, without a lease.
    Waiting {
        /// Why.
        reason: WaitReason,
        /// Since when.
        since: Timestamp,
        /// Until when; without a time it waits for a report of the executor, or for `resume`, `promote` or `abort`.
        until: Option<Timestamp>,
    },
    /// Is being stopped; the slot stays taken until the executor says that it stopped.
    Stopping {
        /// Why.
        cause: FailureCause,
        /// Whether a worker was carrying out a step when the stop was asked for.
        held: bool,
        /// The index of the step at which the stop was asked for; a wait is a step, too. `None` where that was not kept.
        #[serde(default)]
        reached: Option<u32>,
    },
}

impl Execution {
    /// The index of the step that it is at, or at which it is being stopped; a wait is a step, too.
    #[must_use]
    pub const fn reached(&self) -> Option<u32> {
        match self.phase {
            Phase::Running { .. } => Some(self.step),
            Phase::Waiting { .. } => Some(self.step.saturating_sub(1)),
            Phase::Stopping { reached, .. } => reached,
        }
    }
}

/// Why a rollout waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WaitReason {
    /// The strategy asks for a pause here.
    Strategy,
    /// An analysis could not tell.
    InconclusiveAnalysis {
        /// What it said.
        message: String,
    },
    /// A step failed and the strategy asks a person.
    Failure {
        /// What failed.
        cause: FailureCause,
    },
    /// A release manager asked for it.
    Requested {
        /// Who.
        by: PrincipalId,
    },
    /// A release manager ended the wait; a worker goes on at once.
    Resumed {
        /// Who.
        by: PrincipalId,
    },
    /// The executor carries out the step by itself and will report.
    Executor,
    /// The host that held it shuts down; another one goes on.
    HandedOver,
}

impl Phase {
    /// Whether it waits for a person: the deadline stands still. An executor that works by itself has no such grace.
    #[must_use]
    pub fn stands_still(&self) -> bool {
        matches!(self, Self::Waiting { reason, until: None, .. } if *reason != WaitReason::Executor)
    }
}

impl State {
    /// The state's name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PendingApproval { .. } => "pending_approval",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Cancelled { .. } => "cancelled",
            Self::Executing(_) => "executing",
            Self::Succeeded { .. } => "succeeded",
            Self::Failed { .. } => "failed",
            Self::RolledBack { .. } => "rolled_back",
        }
    }

    /// Whether no command changes it any more.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        matches!(self, Self::Rejected { .. } | Self::Cancelled { .. } | Self::RolledBack { .. })
    }

    /// Whether it waits for votes or gates.
    #[must_use]
    pub const fn is_unstarted(&self) -> bool {
        matches!(self, Self::PendingApproval { .. } | Self::Approved { .. })
    }

    /// Whether its rollout ever began.
    #[must_use]
    pub const fn has_started(&self) -> bool {
        match self {
            Self::Executing(_) | Self::Succeeded { .. } | Self::Failed { .. } | Self::RolledBack { .. } => {
                true
            }
            Self::PendingApproval { .. }
            | Self::Approved { .. }
            | Self::Rejected { .. }
            | Self::Cancelled { .. } => false,
        }
    }

    /// When the rollout began of which something still stands; `None` before it, and once it has gone back.
    #[must_use]
    pub const fn standing_since(&self) -> Option<Timestamp> {
        match self {
            Self::Executing(execution) => Some(execution.started_at),
            Self::Succeeded { started_at, .. } | Self::Failed { started_at, .. } => Some(*started_at),
            _ => None,
        }
    }

    /// The rollout, while one is under way.
    #[must_use]
    pub const fn execution(&self) -> Option<&Execution> {
        if let Self::Executing(execution) = self { Some(execution) } else { None }
    }
}
