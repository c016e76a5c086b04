//! Releases: one attempt to bring an artifact to a deployment.
//!
//! [`decide()`](decide::decide) says what a command does to a release, [`Release::apply`] folds what was decided into the row. Both are pure.

pub mod apply;
pub mod command;
pub mod content;
pub mod create;
pub mod decide;
pub mod draft;
pub mod event;
pub mod explanation;
pub mod facts;
pub mod gates;
pub mod ledger;
pub mod queue;
pub mod refusal;
pub mod state;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::approval::Vote;
use crate::cd::{QueueRule, StaleRule};
use crate::digest::Digest;
use crate::id::{DeploymentId, Environment, ExecutorName, PrincipalId, ReleaseId, RowVersion, ServiceId};
use crate::service::Tier;
use crate::time::Timestamp;
use crate::trace::TraceParent;
use content::Content;
use state::{Phase, State};

/// Whether a release brings something new or goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ReleaseKind {
    /// Brings an artifact.
    Deploy,
    /// Brings back what an entry of the stable ledger holds.
    Rollback {
        /// The release that is undone.
        of: ReleaseId,
        /// Everything that the success of this release undoes: `of`, and what a failed rollback before it meant to undo.
        undoes: Vec<ReleaseId>,
        /// The entry of the stable ledger that is brought back, by the release that made it.
        target: ReleaseId,
    },
}

/// What a release is, fixed when it is created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseSpec {
    /// Its id.
    pub id: ReleaseId,
    /// What ships.
    pub service: ServiceId,
    /// The environment of the deployment.
    pub environment: Environment,
    /// The tier of the deployment.
    pub tier: Tier,
    /// Deploy or rollback.
    pub kind: ReleaseKind,
    /// A label for people; the artifact's digest is the identity.
    pub version: String,
    /// What the votes and the start are bound to.
    pub content: Content,
    /// The executor that carries it out.
    pub executor: ExecutorName,
    /// The executor's parameters.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub target: Value,
    /// What happens to it beside others of its deployment.
    pub queue: QueueRule,
    /// What happens to it when its deployment or CD config changes.
    pub when_stale: StaleRule,
    /// How long the rollout may execute, in seconds; manual pauses don't count.
    pub deadline_seconds: u64,
    /// Who asked for it.
    pub requester: PrincipalId,
    /// Why, in the requester's words.
    pub reason: Option<String>,
    /// The release whose artifact is tried again.
    pub retry_of: Option<ReleaseId>,
}

/// A release: its content, its votes and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// What it is.
    #[serde(flatten)]
    pub spec: ReleaseSpec,
    /// SHA-256 over the content: what votes and start carry.
    pub content_digest: Digest,
    /// The votes, one a person, oldest first.
    pub votes: Vec<Vote>,
    /// Where it stands, with the facts that only this state has.
    pub state: State,
    /// Where the request that let it start stands in a trace: the one that created it, then the vote that approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceParent>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The version of the row: one more with every event.
    pub row_version: RowVersion,
}

impl Release {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> ReleaseId {
        self.spec.id
    }

    /// The deployment that it goes to.
    #[must_use]
    pub const fn deployment(&self) -> &DeploymentId {
        &self.spec.content.deployment
    }

    /// Whether it is a rollback.
    #[must_use]
    pub const fn is_rollback(&self) -> bool {
        matches!(self.spec.kind, ReleaseKind::Rollback { .. })
    }

    /// When a worker should look at it next; `None` when only a command moves it on.
    ///
    /// A lease holds workers off a release that executes.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match &self.state {
            State::PendingApproval { expires_at } => Some(*expires_at),
            State::Approved { approved_at, .. } => Some(*approved_at),
            State::Executing(execution) => match &execution.phase {
                Phase::Running { .. } | Phase::Stopping { .. } => Some(self.updated_at),
                Phase::Waiting { .. } if execution.phase.stands_still() => None,
                Phase::Waiting { until, .. } => {
                    Some(until.map_or(execution.deadline_at, |until| until.min(execution.deadline_at)))
                }
            },
            State::Rejected { .. }
            | State::Cancelled { .. }
            | State::Succeeded { .. }
            | State::Failed { .. }
            | State::RolledBack { .. } => None,
        }
    }
}
