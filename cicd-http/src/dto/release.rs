//! Releases: the row without the hash of its attempt's token, and what a person needs to know next.

use std::str::FromStr;

use cicd_core::approval::{Outstanding, Vote};
use cicd_core::digest::Digest;
use cicd_core::engine::ReleaseDetail;
use cicd_core::id::{AttemptId, ReleaseId, RowVersion};
use cicd_core::release::command::CommandName;
use cicd_core::release::state::{Execution, Phase, State};
use cicd_core::release::{Release, ReleaseSpec};
use cicd_core::time::Timestamp;
use cicd_core::trace::TraceParent;
use serde::Serialize;

/// A release as lists and commands answer it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Release)]
pub(crate) struct ReleaseView {
    #[serde(flatten)]
    spec: ReleaseSpec,
    content_digest: Digest,
    votes: Vec<Vote>,
    #[schema(value_type = State)]
    state: StateView,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trace: Option<TraceParent>,
    created_at: Timestamp,
    updated_at: Timestamp,
    row_version: RowVersion,
}

#[derive(Serialize)]
#[serde(untagged)]
enum StateView {
    Executing(ExecutionView),
    Other(State),
}

/// A rollout under way, without the hash of the token with which it may report.
#[derive(Serialize)]
struct ExecutionView {
    status: &'static str,
    attempt: AttemptId,
    epoch: u64,
    reports: u64,
    takeovers: u32,
    started_at: Timestamp,
    deadline_at: Timestamp,
    step: u32,
    phase: Phase,
}

impl ReleaseView {
    pub(crate) fn of(release: Release) -> Self {
        Self {
            spec: release.spec,
            content_digest: release.content_digest,
            votes: release.votes,
            state: release.state.into(),
            trace: release.trace,
            created_at: release.created_at,
            updated_at: release.updated_at,
            row_version: release.row_version,
        }
    }
}

impl From<State> for StateView {
    fn from(state: State) -> Self {
        let status = state.name();
        match state {
            State::Executing(execution) => Self::Executing(ExecutionView::of(status, execution)),
            other => Self::Other(other),
        }
    }
}

impl ExecutionView {
    fn of(status: &'static str, execution: Execution) -> Self {
        Self {
            status,
            attempt: execution.attempt,
            epoch: execution.epoch,
            reports: execution.reports,
            takeovers: execution.takeovers,
            started_at: execution.started_at,
            deadline_at: execution.deadline_at,
            step: execution.step,
            phase: execution.phase,
        }
    }
}

/// A release with what a person needs to know next.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ReleaseDetail)]
pub(crate) struct Detail {
    #[serde(flatten)]
    release: ReleaseView,
    allowed_commands: Vec<CommandName>,
    outstanding: Vec<Outstanding>,
    rollback_candidates: Vec<ReleaseId>,
}

impl From<ReleaseDetail> for Detail {
    fn from(detail: ReleaseDetail) -> Self {
        Self {
            release: ReleaseView::of(detail.release),
            allowed_commands: detail.allowed_commands,
            outstanding: detail.outstanding,
            rollback_candidates: detail.rollback_candidates,
        }
    }
}

/// The votes on a release, and those that it lacks.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Approvals {
    release: ReleaseId,
    content_digest: Digest,
    votes: Vec<Vote>,
    outstanding: Vec<Outstanding>,
}

impl From<ReleaseDetail> for Approvals {
    fn from(detail: ReleaseDetail) -> Self {
        Self {
            release: detail.release.id(),
            content_digest: detail.release.content_digest,
            votes: detail.release.votes,
            outstanding: detail.outstanding,
        }
    }
}

/// The statuses of releases, by which lists are filtered.
pub(crate) const STATUSES: [&str; 8] = [
    "pending_approval",
    "approved",
    "rejected",
    "cancelled",
    "executing",
    "succeeded",
    "failed",
    "rolled_back",
];

/// A status of a release, as a query names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) &'static str);

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = STATUSES.iter().copied().find(|status| *status == text).map(Self);
        known.ok_or_else(|| {
            let text: String = text.chars().take(80).collect();
            let accepted = STATUSES.map(|status| format!("`{status}`")).join(", ");
            format!("`{text}` is unknown; accepted: {accepted}")
        })
    }
}
