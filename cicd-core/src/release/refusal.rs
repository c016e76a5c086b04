//! Why a command was not carried out. A refusal changes nothing.

use super::command::CommandName;
use crate::digest::Digest;
use crate::gate::GateVerdict;
use crate::id::{PrincipalId, ReleaseId, Role};
use crate::time::Timestamp;
use crate::violation::Violations;

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not take the command.
    #[error("`{command}` is not possible while the release is `{state}`; possible: {}", names(.allowed))]
    NotPossible {
        /// Where the release stands.
        state: &'static str,
        /// What was asked.
        command: CommandName,
        /// What could be asked instead.
        allowed: Vec<CommandName>,
    },
    /// The requester voted on their own release.
    #[error("`{person}` asked for this release and can't vote on it; accepted: another person's vote")]
    RequesterVote {
        /// Who.
        person: PrincipalId,
    },
    /// None of the voter's roles is asked for.
    #[error("`{person}` holds none of the roles that still lack votes; accepted: {}", roles(.needed))]
    NotEligible {
        /// Who.
        person: PrincipalId,
        /// The roles that still lack votes.
        needed: Vec<Role>,
    },
    /// The vote names another content than the release has.
    #[error(
        "the vote is for content `{seen}`, but the release brings `{current}`; accepted: a vote on the latter"
    )]
    OtherContent {
        /// The content that was named.
        seen: Digest,
        /// The content of the release.
        current: Digest,
    },
    /// A rejection without a reason.
    #[error("a rejection needs a comment of 1 to 2000 characters")]
    CommentRequired,
    /// The approval deadline has passed.
    #[error("the approval deadline passed at {at}; accepted: a new release")]
    Expired {
        /// When.
        at: Timestamp,
    },
    /// A gate is closed.
    #[error("{}", reasons(.closed))]
    GateClosed {
        /// The gates that are closed.
        closed: Vec<GateVerdict>,
    },
    /// The caller's lease is not the current one.
    #[error("epoch {epoch} no longer holds this release; the current epoch is {current}")]
    LeaseLost {
        /// The caller's epoch.
        epoch: u64,
        /// The epoch that counts.
        current: u64,
    },
    /// The plan has no promotion ahead.
    #[error("the rollout has no promotion ahead; possible: `resume`, `abort`")]
    NothingToPromote,
    /// Another release of the deployment is under way and the queue rule is `refuse`.
    #[error("release `{by}` is under way on this deployment, whose queue rule is `refuse`")]
    Occupied {
        /// The other release.
        by: ReleaseId,
    },
    /// Too many releases wait for the deployment.
    #[error("{waiting} releases wait for this deployment; accepted: at most {most}")]
    QueueFull {
        /// How many wait.
        waiting: usize,
        /// The most that may wait.
        most: usize,
    },
    /// The release can't be rolled back, or not to that target.
    #[error("{reason}; candidates: {}", ids(.candidates))]
    NoRollback {
        /// Why.
        reason: String,
        /// The releases whose content may be brought back, newest first.
        candidates: Vec<ReleaseId>,
    },
    /// What was asked for is wrong in itself.
    #[error("{0}")]
    Invalid(Violations),
}

impl Refusal {
    /// A stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotPossible { .. } => "not_possible",
            Self::RequesterVote { .. } => "requester_vote",
            Self::NotEligible { .. } => "not_eligible",
            Self::OtherContent { .. } => "other_content",
            Self::CommentRequired => "comment_required",
            Self::Expired { .. } => "expired",
            Self::GateClosed { .. } => "gate_closed",
            Self::LeaseLost { .. } => "lease_lost",
            Self::NothingToPromote => "nothing_to_promote",
            Self::Occupied { .. } => "occupied",
            Self::QueueFull { .. } => "queue_full",
            Self::NoRollback { .. } => "no_rollback",
            Self::Invalid(_) => "invalid",
        }
    }
}

fn join(items: impl Iterator<Item = String>) -> String {
    let text = items.collect::<Vec<_>>().join(", ");
    if text.is_empty() { "none".into() } else { text }
}

fn names(names: &[CommandName]) -> String {
    join(names.iter().map(|name| format!("`{name}`")))
}

fn roles(roles: &[Role]) -> String {
    join(roles.iter().map(|role| format!("`{role}`")))
}

fn ids(ids: &[ReleaseId]) -> String {
    join(ids.iter().map(|id| format!("`{id}`")))
}

fn reasons(closed: &[GateVerdict]) -> String {
    join(closed.iter().map(|verdict| verdict.reason.clone()))
}
