//! What came of verifying a chain.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::{Chain, ChainError, ChainHead};
use crate::id::TenantId;

/// What the verification of a chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// Whose chain.
    pub tenant: TenantId,
    /// Which of the tenant's chains.
    pub chain: Chain,
    /// The event after which the verification began; zero for the whole chain.
    pub after: u64,
    /// The last event that verified, a head to keep elsewhere; [`ChainHead::EMPTY`] when none did.
    pub head: ChainHead,
    /// What is wrong with what comes next; `None` when everything verified and the chain ends where its head says.
    pub error: Option<ChainError>,
}

impl ChainReport {
    /// How many events verified.
    #[must_use]
    pub const fn verified(&self) -> u64 {
        self.head.seq.saturating_sub(self.after)
    }
}

impl Serialize for ChainReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wrong {
            kind: &'static str,
            seq: u64,
            message: String,
        }
        let wrong =
            |error: &ChainError| Wrong { kind: error.kind(), seq: error.seq(), message: error.to_string() };
        let mut report = serializer.serialize_struct("ChainReport", 6)?;
        report.serialize_field("tenant", &self.tenant)?;
        report.serialize_field("chain", &self.chain)?;
        report.serialize_field("after", &self.after)?;
        report.serialize_field("verified", &self.verified())?;
        report.serialize_field("head", &self.head)?;
        report.serialize_field("error", &self.error.as_ref().map(wrong))?;
        report.end()
    }
}
