//! What a client asked for and what it was told.

use serde_json::Value;

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Release { deployment: String, version: String },
    Approval { release: String },
    Freeze { reason: String },
    Run { reason: String },
}

/// An acknowledged request: a request is retried until it is answered.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) asked: Asked,
    pub(crate) status: u16,
    /// Read when the entry is told by a test that fails.
    #[expect(dead_code, reason = "`Debug` tells it")]
    pub(crate) answer: Value,
    pub(crate) tries: u32,
}
