//! What is asked for, and how the answer is written.

use crate::engine::EngineError;
use crate::id::{ReleaseId, ServiceId};
use crate::page::{Limit, Page};
use crate::port::{ListQuery, Record};
use crate::timeline::TimelineEntry;

/// What is read through the cache. All of it is part of the key, and nothing else decides the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// One page of a service's timeline, newest first.
    ServiceTimeline {
        /// The service.
        service: ServiceId,
        /// The sequence that the last page ended with.
        before: Option<u64>,
        /// How many entries.
        limit: Limit,
    },
    /// The timeline of a release, oldest first.
    ReleaseTimeline {
        /// The release.
        release: ReleaseId,
    },
    /// One page of rows. Only lists of releases are kept; others are read from the store.
    List {
        /// Which rows.
        query: ListQuery,
        /// The `next` of the page before.
        after: Option<String>,
        /// How many rows.
        limit: Limit,
    },
}

/// What a question is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Entries of a timeline.
    Timeline(Page<TimelineEntry>),
    /// Rows.
    Rows(Page<Record>),
}

/// How an answer is written.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The name of this way of writing, which is part of the key.
    pub name: &'static str,
    /// Writes an answer.
    pub write: fn(Answer) -> Result<Vec<u8>, EngineError>,
}

impl Question {
    /// Whether the answer may come from the cache: whoever may read gets the same, and only what the ledger records changes it.
    pub(super) const fn is_kept(&self) -> bool {
        match self {
            Self::ServiceTimeline { .. } | Self::ReleaseTimeline { .. } => true,
            Self::List { query, .. } => matches!(query, ListQuery::Releases { .. }),
        }
    }

    /// The question as a key has it: another question, or another way of writing the answer, has another text.
    pub(super) fn text(&self, view: View) -> String {
        format!("{}: {self:?}", view.name)
    }
}
