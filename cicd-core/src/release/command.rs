//! What can be asked of a release.

use serde::{Deserialize, Serialize};

use super::state::{FailureCause, WaitReason};
use crate::digest::Digest;
use crate::id::{AttemptId, PrincipalId, ReleaseId, Role};

/// A command on an existing release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A person agrees with the content that they saw.
    Approve(Ballot),
    /// A person disagrees with the content that they saw. One is final.
    Reject(Ballot),
    /// The requester or a release manager withdraws it.
    Cancel {
        /// Who.
        by: PrincipalId,
    },
    /// The engine: its approval deadline passed.
    Expire,
    /// The engine: a newer release was approved.
    Supersede {
        /// The newer release.
        by: ReleaseId,
    },
    /// The engine: deployment or CD config has a newer revision.
    MarkStale,
    /// The engine: gates are open and the slot is free.
    Start {
        /// The key for the executor.
        attempt: AttemptId,
        /// The epoch of the lease.
        epoch: u64,
        /// SHA-256 of the token with which the attempt may report back.
        report_token: Digest,
    },
    /// The holder: a step is done, or a wait is over.
    Progress {
        /// The epoch of the lease.
        epoch: u64,
        /// SHA-256 of the token with which the attempt may report back under a new epoch; `None` keeps the last one.
        report_token: Option<Digest>,
    },
    /// The holder: nothing to do until something happens.
    Wait {
        /// The epoch of the lease.
        epoch: u64,
        /// Why.
        reason: WaitReason,
        /// How long, in seconds; without it, until a named command.
        seconds: Option<u64>,
    },
    /// A release manager holds the rollout before its next step.
    Pause {
        /// Who.
        by: PrincipalId,
    },
    /// A release manager ends a wait.
    Resume {
        /// Who.
        by: PrincipalId,
    },
    /// A release manager skips what is left before the promotion.
    Promote {
        /// Who.
        by: PrincipalId,
    },
    /// The engine: the lease of the last holder expired, or it was stopped while nobody held it.
    TakeOver {
        /// The epoch of the new lease.
        epoch: u64,
        /// SHA-256 of the token with which the attempt may report back under the new epoch.
        report_token: Digest,
    },
    /// A release manager, the deadline, or the holder whose step failed: stop, and go back where the executor can.
    Abort {
        /// Why.
        cause: FailureCause,
    },
    /// The holder: the rollout is over.
    Complete {
        /// The epoch of the lease.
        epoch: u64,
        /// How it ended.
        outcome: Outcome,
    },
    /// The attempt's callback: news from the executor. A number that was seen before changes nothing.
    Report {
        /// The number of the report; each is greater than the last.
        number: u64,
        /// How it ended, when it did.
        outcome: Option<Outcome>,
    },
    /// The engine: the executor stays silent after the last take-over.
    GiveUp {
        /// The epoch of the lease.
        epoch: u64,
    },
    /// The engine: a rollback of this release succeeded.
    Undo {
        /// The rollback.
        by: ReleaseId,
    },
}

/// The most characters of a comment.
pub const MAX_COMMENT_CHARACTERS: usize = 2_000;

/// A person's vote as it is cast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// Who votes.
    pub person: PrincipalId,
    /// The requirement that it shall count for; without it, the first open one that the person's roles satisfy.
    pub role: Option<Role>,
    /// The content that the person saw.
    pub content: Digest,
    /// Why, in at most [`MAX_COMMENT_CHARACTERS`]; required to reject.
    pub comment: Option<String>,
}

/// How a rollout ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Outcome {
    /// The new version runs.
    Succeeded,
    /// It did not roll out, and was not undone.
    Failed {
        /// Why.
        cause: FailureCause,
    },
    /// It did not roll out, and could not be undone: nobody knows what runs. Only a rollout that stops ends so.
    UndoFailed {
        /// Why it was to be undone.
        cause: FailureCause,
        /// What the executor said.
        message: String,
    },
    /// It did not roll out, and what ran before runs again.
    RolledBack {
        /// Why.
        cause: FailureCause,
    },
}

/// The name of a command, as problems and audit events spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name is the command of the same name")]
pub enum CommandName {
    Approve,
    Reject,
    Cancel,
    Expire,
    Supersede,
    MarkStale,
    Start,
    Progress,
    Wait,
    Pause,
    Resume,
    Promote,
    TakeOver,
    Abort,
    Complete,
    Report,
    GiveUp,
    Undo,
}

impl Command {
    /// The command's name.
    #[must_use]
    pub const fn name(&self) -> CommandName {
        match self {
            Self::Approve(_) => CommandName::Approve,
            Self::Reject(_) => CommandName::Reject,
            Self::Cancel { .. } => CommandName::Cancel,
            Self::Expire => CommandName::Expire,
            Self::Supersede { .. } => CommandName::Supersede,
            Self::MarkStale => CommandName::MarkStale,
            Self::Start { .. } => CommandName::Start,
            Self::Progress { .. } => CommandName::Progress,
            Self::Wait { .. } => CommandName::Wait,
            Self::Pause { .. } => CommandName::Pause,
            Self::Resume { .. } => CommandName::Resume,
            Self::Promote { .. } => CommandName::Promote,
            Self::TakeOver { .. } => CommandName::TakeOver,
            Self::Abort { .. } => CommandName::Abort,
            Self::Complete { .. } => CommandName::Complete,
            Self::Report { .. } => CommandName::Report,
            Self::GiveUp { .. } => CommandName::GiveUp,
            Self::Undo { .. } => CommandName::Undo,
        }
    }
}

impl CommandName {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Cancel => "cancel",
            Self::Expire => "expire",
            Self::Supersede => "supersede",
            Self::MarkStale => "mark_stale",
            Self::Start => "start",
            Self::Progress => "progress",
            Self::Wait => "wait",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Promote => "promote",
            Self::TakeOver => "take_over",
            Self::Abort => "abort",
            Self::Complete => "complete",
            Self::Report => "report",
            Self::GiveUp => "give_up",
            Self::Undo => "undo",
        }
    }
}

impl std::fmt::Display for CommandName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
