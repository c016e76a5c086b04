//! What a source tells, in one form for all providers.

use serde::{Deserialize, Serialize};

use super::EventKind;
use crate::ci::trigger::BlockReason;
use crate::ci::{CommitSha, GitRef};

/// What happened to a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SourceEvent {
    /// What.
    pub kind: EventKind,
    /// The branch or the tag.
    pub git_ref: GitRef,
    /// The commit that it names since then.
    pub commit: CommitSha,
    /// Who made the commit, by the name that the sender gives, at most 200 characters; no address.
    pub author: Option<String>,
    /// Where a person can look at it: an `https` or `http` URL of at most 1000 characters.
    pub link: Option<String>,
    /// The paths that changed; `None` where the sender could not tell all of them.
    pub changed_paths: Option<Vec<String>>,
    /// Where the repository is, in every form that the sender gives.
    pub repositories: Vec<String>,
}

/// What is read from one change of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Something that may start a run.
    Event(Box<SourceEvent>),
    /// Something else.
    Ignored(IgnoreReason),
}

/// Why a change starts no run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum IgnoreReason {
    /// The sender tries whether somebody is there.
    #[error("it is a test of the connection")]
    Ping,
    /// It is another event than a push, a tag or a merged change.
    #[error("event `{event}` starts nothing; accepted: a push, a tag, a merged change")]
    OtherEvent {
        /// The event, as the sender names it.
        event: String,
    },
    /// The change was not merged.
    #[error("the change is not merged")]
    NotMerged,
    /// The branch or tag is gone.
    #[error("the branch or tag was deleted")]
    Deleted,
    /// The payload lacks what it should have.
    #[error("the payload is not what the provider sends: {message}")]
    Malformed {
        /// What is wrong.
        message: String,
    },
    /// The source takes no events of this kind.
    #[error("the source takes no event of kind `{kind}`")]
    NotWanted {
        /// The kind.
        kind: EventKind,
    },
    /// The service has no CI config.
    #[error("the service has no ci config")]
    NoCiConfig,
    /// The CI config names another repository.
    #[error("the service is built from another repository than `{repository}`")]
    OtherRepository {
        /// Where the sender says that the repository is.
        repository: String,
    },
    /// The trigger policy blocks it.
    #[error("{reason}")]
    Policy {
        /// Why.
        reason: BlockReason,
    },
}

impl From<IgnoreReason> for Reading {
    fn from(reason: IgnoreReason) -> Self {
        Self::Ignored(reason)
    }
}
