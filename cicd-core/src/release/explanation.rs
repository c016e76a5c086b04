//! Why a release does not start, and who or what can change that.

use serde::{Deserialize, Serialize};

use super::Release;
use super::facts::Facts;
use crate::gate::GateVerdict;
use crate::id::ReleaseId;

/// Why a release does not start, or that it may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// The release.
    pub release: ReleaseId,
    /// Its state.
    pub state: String,
    /// Whether every gate is open now.
    pub open: bool,
    /// The verdict of each gate, with who or what can open it.
    pub gates: Vec<GateVerdict>,
}

impl Release {
    /// The verdict of every gate under `facts`.
    #[must_use]
    pub fn explain(&self, facts: &Facts) -> Explanation {
        let gates = self.gates(facts);
        Explanation {
            release: self.id(),
            state: self.state.name().to_owned(),
            open: gates.iter().all(|verdict| verdict.open),
            gates,
        }
    }
}
