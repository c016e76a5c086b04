//! What lists of runs and releases can be narrowed by.

use crate::ci::{CommitSha, RefName};
use crate::digest::Digest;
use crate::id::{DeploymentId, PrincipalId, ServiceId};

/// Of which births, and in which order. A row is born with an event of the ledger; its sequence is the row's birth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Born {
    /// Only from this sequence on.
    pub from: Option<u64>,
    /// Only up to this sequence and with it.
    pub to: Option<u64>,
    /// The first one first, in place of the last one.
    pub oldest_first: bool,
}

impl Born {
    /// Whenever; the last one first.
    pub const ANY: Self = Self { from: None, to: None, oldest_first: false };

    /// Whether a row of this birth is asked for.
    #[must_use]
    pub fn covers(&self, born: u64) -> bool {
        self.from.is_none_or(|from| from <= born) && self.to.is_none_or(|to| born <= to)
    }
}

/// Which releases to list; each member is a condition, absent ones are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReleaseFilter {
    /// Only of this service.
    pub service: Option<ServiceId>,
    /// Only to this deployment.
    pub deployment: Option<DeploymentId>,
    /// Only with this status.
    pub status: Option<String>,
    /// Only asked for by this principal.
    pub requester: Option<PrincipalId>,
    /// Only of this artifact.
    pub artifact: Option<Digest>,
    /// Since when, until when, and in which order.
    pub born: Born,
}

/// Which CI runs to list; each member is a condition, absent ones are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RunFilter {
    /// Only of this service.
    pub service: Option<ServiceId>,
    /// Only with this status.
    pub status: Option<String>,
    /// Only of the branch or tag of this name.
    pub git_ref: Option<RefName>,
    /// Only of this commit.
    pub commit: Option<CommitSha>,
    /// Since when, until when, and in which order.
    pub born: Born,
}

impl ReleaseFilter {
    pub(super) fn members(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("artifact", self.artifact.map(|digest| digest.to_string())),
            ("deployment", self.deployment.as_ref().map(ToString::to_string)),
            ("requester", self.requester.as_ref().map(ToString::to_string)),
            ("service", self.service.as_ref().map(ToString::to_string)),
            ("status", self.status.clone()),
        ]
    }
}

impl RunFilter {
    pub(super) fn members(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("commit_sha", self.commit.as_ref().map(ToString::to_string)),
            ("git_ref", self.git_ref.as_ref().map(ToString::to_string)),
            ("service", self.service.as_ref().map(ToString::to_string)),
            ("status", self.status.clone()),
        ]
    }
}
