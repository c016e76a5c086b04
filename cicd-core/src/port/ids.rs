//! Ids and secrets: the core draws no randomness of its own.

use uuid::Uuid;

use crate::time::Timestamp;

/// Draws ids and secrets.
pub trait IdSource: Send + Sync + 'static {
    /// A new UUIDv7 for the store's time `now`.
    fn uuid(&self, now: Timestamp) -> Uuid;

    /// 32 bytes that nobody can guess.
    fn secret(&self) -> [u8; 32];
}
