//! Whether something that happened may start a run.
//!
//! The mode says who may start one: people (`manual`), the repository (`source-event`), or `both`.
//!
//! The filters hold for source events alone. Who starts a run by hand has chosen the commit, so no filter is asked.
//! For a source event:
//!
//! - Without `branches` and `tags` every ref may build. With either, only what one of them matches: a config that names tags
//!   alone builds no branch, one that names branches alone builds no tag, and neither builds a bare commit.
//! - `paths` asks that one changed path matches. A tag changes no path, so it is not asked; where the source could not tell
//!   what changed, it is taken as matched: one build too many is better than one too few.

mod mode;
mod policy;
#[cfg(test)]
mod tests;

pub use mode::{TriggerMode, TriggerType};
pub use policy::{BlockReason, Occurrence, TriggerVerdict, verdict};
