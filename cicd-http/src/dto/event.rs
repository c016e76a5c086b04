//! Audit events as they are listed. An export has the stored bytes too, so that it can be verified offline.

use cicd_core::audit::{AuditEvent, Chain, StoredEvent};
use cicd_core::digest::Digest;
use cicd_core::time::Timestamp;
use serde::Serialize;

/// An event with its place in its chain.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = StoredAuditEvent)]
pub(crate) struct Event {
    chain: Chain,
    seq: u64,
    at: Timestamp,
    #[serde(flatten)]
    event: AuditEvent,
    previous: Digest,
    hash: Digest,
}

impl TryFrom<&StoredEvent> for Event {
    type Error = serde_json::Error;

    fn try_from(stored: &StoredEvent) -> Result<Self, serde_json::Error> {
        Ok(Self {
            chain: stored.chain,
            seq: stored.seq,
            at: stored.at,
            event: stored.event()?,
            previous: stored.previous,
            hash: stored.hash,
        })
    }
}
