//! Leases on work. They live in tables of their own and never change state.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{CiRunId, ReleaseId, TenantId};
use crate::time::Timestamp;

/// What a worker works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum WorkKey {
    /// A CI run.
    CiRun(CiRunId),
    /// A release.
    Release(ReleaseId),
}

/// A worker, for as long as its process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkerId(pub Uuid);

/// Asks for work that is due and that nobody holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimRequest {
    /// Who asks.
    pub worker: WorkerId,
    /// The most pieces of work.
    pub limit: u16,
    /// How long each lease holds, in microseconds, unless it is renewed.
    pub lease_micros: u64,
}

/// A worker holds a piece of work until a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whose.
    pub tenant: TenantId,
    /// What.
    pub work: WorkKey,
    /// Who holds it.
    pub worker: WorkerId,
    /// One more than the lease before it: a higher epoch makes every lower one void.
    pub epoch: u64,
    /// Until when it holds.
    pub until: Timestamp,
    /// The store's time when it was claimed or renewed.
    pub now: Timestamp,
}
