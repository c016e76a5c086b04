//! What the engine refused, as problems.

use axum::http::header;
use cicd_core::ci::run::RunRefusal;
use cicd_core::engine::EngineError;
use cicd_core::port::StoreError;
use cicd_core::release::refusal::Refusal;

use super::{Kind, Problem};
use crate::conditional::etag;

/// After how many seconds to try again when the store was not there.
const RETRY_SECONDS: u64 = 1;

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let detail = error.to_string();
        match error {
            EngineError::NotFound { .. } => Self::new(Kind::NotFound, detail),
            EngineError::Denied { action, .. } => Self::new(Kind::Denied, detail).with("action", action),
            EngineError::Refused(refusal) => refused(&refusal),
            EngineError::RunRefused(refusal) => run_refused(&refusal),
            EngineError::TriggerBlocked(reason) => {
                Self::new(Kind::TriggerBlocked, detail).with("reason", reason)
            }
            EngineError::Invalid(violations) => Self::violations(Kind::Invalid, &violations),
            EngineError::VersionMoved { current, .. } => {
                Self::new(Kind::PreconditionFailed, detail).header(header::ETAG, etag(current))
            }
            EngineError::LastAdmin { .. } => Self::new(Kind::LastAdmin, detail),
            EngineError::KeyReused => Self::new(Kind::KeyReused, detail),
            EngineError::Contended => Self::new(Kind::Contended, detail).retry_after(RETRY_SECONDS),
            EngineError::Unavailable { message } => unavailable(&message),
            other => Self::internal(other),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        EngineError::from(error).into()
    }
}

/// The message may name paths and servers, so it goes to the log only.
fn unavailable(message: &str) -> Problem {
    tracing::warn!(message, "the store is unavailable");
    Problem::new(Kind::Unavailable, "nothing has changed; try again").retry_after(RETRY_SECONDS)
}

fn refused(refusal: &Refusal) -> Problem {
    let detail = refusal.to_string();
    match refusal {
        Refusal::NotPossible { state, allowed, .. } => Problem::new(Kind::NotPossible, detail)
            .with("current_state", state)
            .with("allowed_commands", allowed),
        Refusal::RequesterVote { .. } => Problem::new(Kind::RequesterVote, detail),
        Refusal::NotEligible { needed, .. } => {
            Problem::new(Kind::NotEligible, detail).with("needed_roles", needed)
        }
        Refusal::OtherContent { current, .. } => {
            Problem::new(Kind::OtherContent, detail).with("content", current)
        }
        Refusal::CommentRequired => Problem::new(Kind::CommentRequired, detail),
        Refusal::Expired { .. } => Problem::new(Kind::Expired, detail),
        Refusal::GateClosed { closed } => Problem::new(Kind::GateClosed, detail).with("gates", closed),
        Refusal::LeaseLost { .. } => Problem::new(Kind::LeaseLost, detail),
        Refusal::NothingToPromote => Problem::new(Kind::NothingToPromote, detail),
        Refusal::Occupied { by } => Problem::new(Kind::Occupied, detail).with("release", by),
        Refusal::QueueFull { .. } => Problem::new(Kind::QueueFull, detail),
        Refusal::NoRollback { candidates, .. } => {
            Problem::new(Kind::NoRollback, detail).with("candidates", candidates)
        }
        Refusal::Invalid(violations) => Problem::violations(Kind::Invalid, violations),
    }
}

fn run_refused(refusal: &RunRefusal) -> Problem {
    Problem::new(Kind::NotPossible, refusal.to_string())
        .with("current_state", refusal.status)
        .with("allowed_commands", &refusal.allowed)
}
