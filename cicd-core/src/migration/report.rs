//! What came of a rehearsal.

use serde::Serialize;

use super::{Difference, Held, Tables, Way};

/// A step of a rehearsal, and how it left the copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The step.
    pub step: u32,
    /// Which way it was taken.
    pub way: Way,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// What it locked that others use, and whom that would have stopped.
    pub locks: Vec<Held>,
    /// What the tables held afterwards.
    pub tables: Tables,
}

/// The report of a rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rehearsal {
    /// The step that the live database is at.
    pub from: u32,
    /// The step that this binary brings it to.
    pub to: u32,
    /// What of the live schema is not as the migrations made it. Where something is, no step is rehearsed.
    pub drift: Vec<Difference>,
    /// How long the copy took, in microseconds.
    pub copy_micros: u64,
    /// What the copy held at first.
    pub tables: Tables,
    /// The steps that were taken, in order.
    pub moves: Vec<Move>,
    /// What is worth knowing, and no fault.
    pub notes: Vec<String>,
    /// What went wrong; with `drift`, all that makes a rehearsal fail.
    pub findings: Vec<String>,
}

impl Rehearsal {
    /// Whether nothing went wrong.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.drift.is_empty() && self.findings.is_empty()
    }
}
