//! Why the engine did not do what it was asked to. Nothing has changed.

use crate::authz::Action;
use crate::ci::run::RunRefusal;
use crate::ci::trigger::BlockReason;
use crate::id::{PrincipalId, RowVersion};
use crate::json::CanonicalError;
use crate::port::{AuthorizerError, BlobError, RecordKey, StoreError};
use crate::release::refusal::Refusal;
use crate::violation::Violations;

/// Why the engine did not do what it was asked to.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// There is no such thing, or it belongs to another tenant.
    #[error("{what} is not there")]
    NotFound {
        /// What.
        what: String,
    },
    /// The caller may not.
    #[error("`{action}` is not allowed: {reason}")]
    Denied {
        /// What was asked for.
        action: Action,
        /// Why it is not allowed.
        reason: String,
    },
    /// The release does not take the command.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The CI run does not take the command.
    #[error(transparent)]
    RunRefused(RunRefusal),
    /// The trigger policy blocks the run.
    #[error("the run is blocked: {0}")]
    TriggerBlocked(BlockReason),
    /// The draft is wrong.
    #[error("the draft is invalid: {0}")]
    Invalid(Violations),
    /// The row has another version than the caller expects.
    #[error("{what} has version {current}, not the one that was expected")]
    VersionMoved {
        /// The row.
        what: RecordKey,
        /// Its version.
        current: RowVersion,
    },
    /// Nobody could give roles any more.
    #[error(
        "`{principal}` is the last admin; accepted: to take the role after another principal has it in the whole tenant"
    )]
    LastAdmin {
        /// Who would lose the role.
        principal: PrincipalId,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request; accepted: a new key")]
    KeyReused,
    /// The change lost against others for too long.
    #[error("too many others change the same; try again")]
    Contended,
    /// The store can't be reached, is full or is read-only.
    #[error("the store is unavailable: {message}")]
    Unavailable {
        /// What went wrong.
        message: String,
    },
    /// What is stored can't be read, or what was decided can't be stored.
    #[error("internal error: {message}")]
    Internal {
        /// What was found.
        message: String,
    },
}

impl EngineError {
    /// There is no `what`, such as ``service `shop` ``.
    pub(super) fn not_found(kind: &str, id: impl std::fmt::Display) -> Self {
        Self::NotFound { what: format!("{kind} `{id}`") }
    }
}

impl From<Refusal> for EngineError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(violations) => Self::Invalid(violations),
            other => Self::Refused(Box::new(other)),
        }
    }
}

impl From<RunRefusal> for EngineError {
    fn from(refusal: RunRefusal) -> Self {
        Self::RunRefused(refusal)
    }
}

impl From<Violations> for EngineError {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl From<CanonicalError> for EngineError {
    fn from(error: CanonicalError) -> Self {
        Self::Invalid(Violations::one("", "not_canonical", error.to_string()))
    }
}

impl From<AuthorizerError> for EngineError {
    fn from(error: AuthorizerError) -> Self {
        Self::Internal { message: error.to_string() }
    }
}

impl From<serde_json::Error> for EngineError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal { message: error.to_string() }
    }
}

impl From<BlobError> for EngineError {
    fn from(error: BlobError) -> Self {
        Self::Unavailable { message: error.to_string() }
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { message } => Self::Unavailable { message },
            StoreError::Stale { .. } | StoreError::GovernanceMoved => Self::Contended,
            other => Self::Internal { message: other.to_string() },
        }
    }
}
