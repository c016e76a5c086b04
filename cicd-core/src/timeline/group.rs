//! Timelines by release.

use serde::{Deserialize, Serialize};

use super::TimelineEntry;
use crate::id::{CiRunId, ReleaseId};
use crate::time::Timestamp;

/// What belongs together: the entries of one release, of one CI run, or those between that belong to neither.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineGroup {
    /// The release.
    pub release: Option<ReleaseId>,
    /// The CI run, or the one that built what the release brings.
    pub run: Option<CiRunId>,
    /// When the first of its entries happened.
    pub from: Timestamp,
    /// When the last of its entries happened.
    pub until: Timestamp,
    /// The entries, in the order of the timeline.
    pub entries: Vec<TimelineEntry>,
}

/// Groups entries; a group stands where its first entry stood. Entries that belong to neither a release nor a run make a group
/// with their neighbours of that sort.
#[must_use]
pub fn group(entries: Vec<TimelineEntry>) -> Vec<TimelineGroup> {
    let mut groups: Vec<TimelineGroup> = Vec::new();
    for entry in entries {
        let key = key(entry.release, entry.run);
        let place = match key {
            (None, None) => {
                let last = groups.len().checked_sub(1);
                last.filter(|last| groups.get(*last).is_some_and(|group| (group.release, group.run) == key))
            }
            _ => groups.iter().position(|group| self::key(group.release, group.run) == key),
        };
        match place.and_then(|place| groups.get_mut(place)) {
            Some(group) => group.take(entry),
            None => groups.push(TimelineGroup::of(entry)),
        }
    }
    groups
}

/// A release says more than the run that built what it brings.
const fn key(release: Option<ReleaseId>, run: Option<CiRunId>) -> (Option<ReleaseId>, Option<CiRunId>) {
    match release {
        Some(_) => (release, None),
        None => (None, run),
    }
}

impl TimelineGroup {
    fn of(entry: TimelineEntry) -> Self {
        let (release, run, at) = (entry.release, entry.run, entry.at);
        Self { release, run, from: at, until: at, entries: vec![entry] }
    }

    fn take(&mut self, entry: TimelineEntry) {
        self.from = self.from.min(entry.at);
        self.until = self.until.max(entry.at);
        self.entries.push(entry);
    }
}
