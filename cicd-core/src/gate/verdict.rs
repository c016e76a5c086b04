//! What one gate says of one release.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The gates that every release passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// The approval policy has its votes, and they have not expired.
    Votes,
    /// Deployment and CD config are still the revisions that were voted on, and nothing newer overtook a rollback.
    Revision,
    /// No freeze covers the deployment.
    Freeze,
    /// Nobody keeps the deployment locked.
    Lock,
    /// The deployment is not held.
    Hold,
    /// Nothing else executes on the deployment.
    Slot,
    /// No release that was approved earlier waits for the deployment.
    Queue,
}

/// What one gate says, and who or what can open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateVerdict {
    /// Which gate.
    pub gate: GateKind,
    /// Whether the release may pass.
    pub open: bool,
    /// Why, for people.
    pub reason: String,
    /// When the gate opens by itself, where that is known.
    pub opens_at: Option<Timestamp>,
    /// Who can open it: roles, persons or releases by id; empty where nobody need do anything.
    pub opened_by: Vec<String>,
}

impl GateVerdict {
    /// The gate is open.
    #[must_use]
    pub fn open(gate: GateKind, reason: impl Into<String>) -> Self {
        Self { gate, open: true, reason: reason.into(), opens_at: None, opened_by: Vec::new() }
    }

    /// The gate is closed.
    #[must_use]
    pub fn closed(gate: GateKind, reason: impl Into<String>) -> Self {
        Self { gate, open: false, reason: reason.into(), opens_at: None, opened_by: Vec::new() }
    }

    /// The same verdict with the time at which the gate opens by itself.
    #[must_use]
    pub fn opening_at(mut self, at: Timestamp) -> Self {
        self.opens_at = Some(at);
        self
    }

    /// The same verdict with who can open it.
    #[must_use]
    pub fn opened_by(mut self, who: impl IntoIterator<Item = String>) -> Self {
        self.opened_by.extend(who);
        self
    }
}
