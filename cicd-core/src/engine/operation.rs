//! How a command is asked for, and what comes of it.

use crate::digest::Digest;
use crate::id::RowVersion;
use crate::time::Timestamp;

/// How a command is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The caller's idempotency key and the fingerprint of the request: a repeat gets the first outcome.
    pub key: Option<(String, Digest)>,
    /// The version that the row has in the caller's eyes; [`RowVersion::ABSENT`] for one that must not exist.
    pub expected: Option<RowVersion>,
    /// Decides, and commits nothing.
    pub dry_run: bool,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome<T> {
    /// The row as the command left it, or would leave it.
    pub value: T,
    /// The ledger's sequence after the command: whoever reads from here on sees it.
    pub seq: u64,
    /// The time of the commit.
    pub at: Timestamp,
    /// Whether an earlier request with the same key had this outcome.
    pub replayed: bool,
}

impl<T> Outcome<T> {
    /// The same outcome with another view of the row.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Outcome<U> {
        Outcome { value: convert(self.value), seq: self.seq, at: self.at, replayed: self.replayed }
    }
}
