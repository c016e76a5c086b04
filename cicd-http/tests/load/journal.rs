//! What a client asked for and what it was told.

use serde_json::Value;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Release,
    Approval,
    Freeze,
    Lift,
    Run,
}

/// An acknowledged request: a request is retried until it is answered.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) asked: Asked,
    /// The id of what was made, voted on or lifted.
    pub(crate) id: String,
    pub(crate) status: u16,
    /// Read when the entry is told by a test that fails.
    #[expect(dead_code, reason = "`Debug` tells it")]
    pub(crate) answer: Value,
    pub(crate) tries: u32,
}
