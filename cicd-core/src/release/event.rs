//! What happened to a release. Events hold no time of their own: the store stamps it when it commits them.

use serde::{Deserialize, Serialize};

use super::ReleaseSpec;
use super::state::{CancelReason, FailureCause, RollbackCause, WaitReason};
use crate::approval::VoteDecision;
use crate::digest::Digest;
use crate::id::{AttemptId, PrincipalId, ReleaseId, Role};
use crate::trace::TraceParent;

/// One thing that happened to a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum ReleaseEvent {
    /// Somebody asked for it.
    #[serde(rename = "release.created")]
    Created {
        /// What it is.
        release: Box<ReleaseSpec>,
        /// SHA-256 over its content.
        content_digest: Digest,
        /// Why no vote is asked, where none is.
        without_vote: Option<String>,
        /// How long it may wait, in seconds.
        expires_after_seconds: u64,
        /// Where the request stands in a trace.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trace: Option<TraceParent>,
    },
    /// A person voted for it.
    #[serde(rename = "release.vote_cast")]
    VoteCast {
        /// The vote.
        vote: CastVote,
    },
    /// The last vote came.
    #[serde(rename = "release.approved")]
    Approved {
        /// How many persons approved.
        approvals: u32,
        /// Where the request of the last one stands in a trace.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trace: Option<TraceParent>,
    },
    /// A person voted against it.
    #[serde(rename = "release.rejected")]
    Rejected {
        /// The vote.
        vote: CastVote,
    },
    /// It will not start.
    #[serde(rename = "release.cancelled")]
    Cancelled {
        /// Why.
        reason: CancelReason,
    },
    /// A worker began the rollout; the approval is spent.
    #[serde(rename = "release.started")]
    Started {
        /// The content that was approved.
        content_digest: Digest,
        /// The key for the executor.
        attempt: AttemptId,
        /// The epoch of the lease.
        epoch: u64,
        /// SHA-256 of the token with which the attempt may report back.
        report_token: Digest,
    },
    /// A step is done, or a wait is over.
    #[serde(rename = "release.progressed")]
    Progressed {
        /// The index of the next step.
        next_step: u32,
        /// The epoch of the lease.
        epoch: u64,
        /// SHA-256 of the token that replaces the last one for reports.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report_token: Option<Digest>,
    },
    /// The rollout waits.
    #[serde(rename = "release.waiting")]
    Waiting {
        /// Why.
        reason: WaitReason,
        /// The index of the step that comes after the wait.
        next_step: u32,
        /// How long, in seconds; without it, until a named command.
        seconds: Option<u64>,
    },
    /// A release manager asked for a pause before the next step.
    #[serde(rename = "release.pause_requested")]
    PauseRequested {
        /// Who.
        by: PrincipalId,
    },
    /// A release manager ended a wait, or took back a pause that had not begun.
    #[serde(rename = "release.resumed")]
    Resumed {
        /// Who.
        by: PrincipalId,
    },
    /// A release manager skipped what was left before the promotion.
    #[serde(rename = "release.promoted")]
    Promoted {
        /// Who.
        by: PrincipalId,
        /// The index of the promotion in the plan.
        next_step: u32,
    },
    /// The rollout is to stop.
    #[serde(rename = "release.stopping")]
    Stopping {
        /// Why.
        cause: FailureCause,
    },
    /// Another worker holds it now.
    #[serde(rename = "release.taken_over")]
    TakenOver {
        /// The epoch of the new lease.
        epoch: u64,
        /// Whether the last holder's lease had expired.
        lease_expired: bool,
        /// SHA-256 of the token that replaces the last one for reports.
        report_token: Digest,
    },
    /// The attempt reported back.
    #[serde(rename = "release.reported")]
    Reported {
        /// The number of the report.
        number: u64,
    },
    /// The new version runs.
    #[serde(rename = "release.succeeded")]
    Succeeded,
    /// It did not roll out.
    #[serde(rename = "release.failed")]
    Failed {
        /// Why.
        cause: FailureCause,
    },
    /// It is gone again.
    #[serde(rename = "release.rolled_back")]
    RolledBack {
        /// Why.
        cause: RollbackCause,
    },
}

/// A vote without its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CastVote {
    /// Who voted.
    pub person: PrincipalId,
    /// The requirement that the vote counts for.
    pub role: Role,
    /// What was decided.
    pub decision: VoteDecision,
    /// Why.
    pub comment: Option<String>,
    /// The content that the voter saw.
    pub content: Digest,
}

impl ReleaseEvent {
    /// The same, caused by a request that stands there in a trace; only what lets work begin keeps that.
    #[must_use]
    pub fn traced(mut self, caused_by: Option<TraceParent>) -> Self {
        if let Self::Created { trace, .. } | Self::Approved { trace, .. } = &mut self {
            *trace = caused_by;
        }
        self
    }

    /// The event's kind, as audit and timeline spell it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => "release.created",
            Self::VoteCast { .. } => "release.vote_cast",
            Self::Approved { .. } => "release.approved",
            Self::Rejected { .. } => "release.rejected",
            Self::Cancelled { .. } => "release.cancelled",
            Self::Started { .. } => "release.started",
            Self::Progressed { .. } => "release.progressed",
            Self::Waiting { .. } => "release.waiting",
            Self::PauseRequested { .. } => "release.pause_requested",
            Self::Resumed { .. } => "release.resumed",
            Self::Promoted { .. } => "release.promoted",
            Self::Stopping { .. } => "release.stopping",
            Self::TakenOver { .. } => "release.taken_over",
            Self::Reported { .. } => "release.reported",
            Self::Succeeded => "release.succeeded",
            Self::Failed { .. } => "release.failed",
            Self::RolledBack { .. } => "release.rolled_back",
        }
    }

    /// The release that caused it, where another release did.
    #[must_use]
    pub const fn caused_by(&self) -> Option<ReleaseId> {
        match self {
            Self::Cancelled { reason: CancelReason::Superseded { by } } => Some(*by),
            Self::RolledBack { cause: RollbackCause::UndoneBy { release } } => Some(*release),
            _ => None,
        }
    }
}
