//! What one caller may do with one release now, and why not the rest.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Action, Permissions};
use crate::choice::choice;
use crate::id::ReleaseId;
use crate::release::Release;
use crate::release::command::{Ballot, Command};
use crate::release::create::check_retry;
use crate::release::decide::decide;
use crate::release::facts::Facts;
use crate::release::ledger::check_state;
use crate::release::refusal::Refusal;
use crate::release::state::FailureCause;

choice!(
    /// What a caller may ask of a release, as the API's paths spell it.
    pub enum OfferName {
        /// Vote for it.
        Approve = "approve",
        /// Vote against it.
        Reject = "reject",
        /// Withdraw it before it starts.
        Cancel = "cancel",
        /// Hold its rollout before the next step.
        Pause = "pause",
        /// End a wait.
        Resume = "resume",
        /// Skip what is left before the promotion.
        Promote = "promote",
        /// Stop its rollout.
        Abort = "abort",
        /// Try its artifact again.
        Retry = "retry",
        /// Bring back what was stable before.
        Rollback = "rollback",
    }
);

/// Whether a caller may do one thing with a release, and why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What.
    pub command: OfferName,
    /// Whether the engine would do it now.
    pub allowed: bool,
    /// Why not, as a stable code: `denied`, or that of a [`Refusal`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why not, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl OfferName {
    /// The right that it takes; `own` says whether the caller asked for the release.
    #[must_use]
    pub const fn action(self, own: bool) -> Action {
        match self {
            Self::Approve | Self::Reject => Action::Vote,
            Self::Cancel if own => Action::CancelOwnRelease,
            Self::Cancel => Action::CancelRelease,
            Self::Pause => Action::Pause,
            Self::Resume => Action::Resume,
            Self::Promote => Action::Promote,
            Self::Abort => Action::Abort,
            Self::Retry => Action::Retry,
            Self::Rollback => Action::Rollback,
        }
    }
}

/// What the holder of `permissions` may do with `release` under `facts`: first the rights are asked, then the state machine
/// itself. `candidates` are the releases that a rollback may bring back, where they are known.
#[must_use]
pub fn offers(
    release: &Release,
    permissions: &Permissions,
    candidates: Option<&[ReleaseId]>,
    mut facts: Facts,
) -> Vec<Offer> {
    let roles: &mut BTreeSet<_> = facts.roles.entry(permissions.principal.clone()).or_default();
    roles.extend(permissions.roles.iter().cloned());
    let offer = |command: &OfferName| {
        let command = *command;
        let answer = check_right(command, release, permissions)
            .and_then(|()| check(command, release, permissions, candidates, &facts));
        match answer {
            Ok(()) => Offer { command, allowed: true, code: None, reason: None },
            Err((code, reason)) => {
                Offer { command, allowed: false, code: Some(code.to_owned()), reason: Some(reason) }
            }
        }
    };
    OfferName::ALL.iter().map(offer).collect()
}

/// A code and a sentence.
type Why = (&'static str, String);

fn check_right(command: OfferName, release: &Release, permissions: &Permissions) -> Result<(), Why> {
    let action = command.action(release.spec.requester == permissions.principal);
    match permissions.of(action) {
        Some(permission) if permission.allowed => Ok(()),
        found => {
            let told = found.and_then(|permission| permission.reason.clone());
            let reason = told.unwrap_or_else(|| format!("`{}` may not `{action}`", permissions.principal));
            Err(("denied", reason))
        }
    }
}

fn check(
    command: OfferName,
    release: &Release,
    permissions: &Permissions,
    candidates: Option<&[ReleaseId]>,
    facts: &Facts,
) -> Result<(), Why> {
    let by = permissions.principal.clone();
    let ballot = || Ballot {
        person: by.clone(),
        role: None,
        content: release.content_digest,
        // A rejection needs one, whatever it says.
        comment: Some("-".to_owned()),
    };
    let command = match command {
        OfferName::Approve => Command::Approve(ballot()),
        OfferName::Reject => Command::Reject(ballot()),
        OfferName::Cancel => Command::Cancel { by },
        OfferName::Pause => Command::Pause { by },
        OfferName::Resume => Command::Resume { by },
        OfferName::Promote => Command::Promote { by },
        OfferName::Abort => Command::Abort { cause: FailureCause::Aborted { by, reason: None } },
        OfferName::Retry => {
            return check_retry(release).map_err(|violations| ("not_retryable", violations.to_string()));
        }
        OfferName::Rollback => {
            return check_rollback(release, candidates).map_err(|refusal| why(&refusal));
        }
    };
    decide(release, &command, facts).map(drop).map_err(|refusal| why(&refusal))
}

fn check_rollback(release: &Release, candidates: Option<&[ReleaseId]>) -> Result<(), Refusal> {
    let refuse = |reason| Refusal::NoRollback { reason, candidates: Vec::new() };
    check_state(release).map_err(refuse)?;
    match candidates {
        Some([]) => Err(refuse("the deployment has nothing stable to go back to from here".to_owned())),
        _ => Ok(()),
    }
}

fn why(refusal: &Refusal) -> Why {
    (refusal.code(), refusal.to_string())
}
