//! Which part of a timeline to give.

use super::TimelineEntry;
use crate::audit::KindPattern;
use crate::id::Environment;
use crate::page::Limit;
use crate::time::Timestamp;

/// Which entries of a timeline to give; each member is a condition, absent ones are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TimelineQuery {
    /// Only of one of these kinds or groups; empty for all.
    pub kinds: Vec<KindPattern>,
    /// Only what happened to the deployments of this environment, or governs them. CI runs belong to none.
    pub environment: Option<Environment>,
    /// Only of this actor: a principal, an attempt, a source, or a part of the engine.
    pub actor: Option<String>,
    /// Only from this time on.
    pub since: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
    /// The first one first, in place of the last one.
    pub oldest_first: bool,
    /// Only beyond this sequence, in the order asked for.
    pub after: Option<u64>,
    /// The most entries.
    pub limit: Limit,
}

impl TimelineQuery {
    /// Whether it asks for every kind and every actor at every time.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.kinds.is_empty() && self.actor.is_none() && self.since.is_none() && self.until.is_none()
    }

    /// Whether an entry is asked for by its kind, its actor and its time.
    #[must_use]
    pub fn selects(&self, entry: &TimelineEntry) -> bool {
        (self.kinds.is_empty() || self.kinds.iter().any(|kind| kind.matches(&entry.kind)))
            && self.actor.as_ref().is_none_or(|actor| *actor == entry.actor.name())
            && self.since.is_none_or(|since| since <= entry.at)
            && self.until.is_none_or(|until| entry.at < until)
    }
}
