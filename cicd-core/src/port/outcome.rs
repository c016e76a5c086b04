//! Idempotency: the outcome of an operation under its caller's key.

use serde::{Deserialize, Serialize};

use super::RecordKey;
use crate::digest::Digest;
use crate::id::PrincipalId;

/// How long an outcome is kept, in seconds.
pub const KEPT_SECONDS: u64 = 24 * 3600;

/// The key of an operation: another caller's key, or the same key on another operation, is another key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OperationKey {
    /// Who.
    pub principal: PrincipalId,
    /// What was asked for, such as `release.create`.
    pub operation: String,
    /// The caller's key, 1 to 255 characters.
    pub key: String,
    /// SHA-256 of what was asked for in full: the same key with another fingerprint is refused.
    pub fingerprint: Digest,
}

/// The outcome that was stored with the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredOutcome {
    /// The fingerprint of what was asked for.
    pub fingerprint: Digest,
    /// The row that the operation was about.
    pub record: RecordKey,
    /// The row's JSON as the operation left it.
    pub body: String,
    /// The sequence of the operation's last ledger event.
    pub seq: u64,
}
