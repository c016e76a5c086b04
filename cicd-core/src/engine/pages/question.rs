//! What is asked for, and how the answer is written.

use crate::engine::{EngineError, ReleaseQuery};
use crate::id::{ReleaseId, ServiceId};
use crate::page::{Limit, Page};
use crate::release::Release;
use crate::timeline::{TimelineEntry, TimelineQuery};

/// What is read through the cache: whoever may read gets the same, and only what the ledger records changes it. All of it is
/// part of the key, and nothing else decides the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// One page of a service's timeline.
    ServiceTimeline {
        /// The service.
        service: ServiceId,
        /// Which entries.
        query: TimelineQuery,
    },
    /// One page of a release's timeline.
    ReleaseTimeline {
        /// The release.
        release: ReleaseId,
        /// Which entries.
        query: TimelineQuery,
    },
    /// One page of releases.
    Releases {
        /// Which releases.
        query: ReleaseQuery,
        /// The `next` of the page before.
        after: Option<String>,
        /// How many releases.
        limit: Limit,
    },
}

/// What a question is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Entries of a timeline.
    Timeline(Page<TimelineEntry>),
    /// Releases.
    Releases(Page<Release>),
}

/// How an answer is written.
#[derive(Clone, Debug)]
pub struct View {
    /// The name of this way of writing, which is part of the key.
    pub name: &'static str,
    /// What else of the request decides what is written, such as the seal of its cursors; part of the key, too.
    pub of: String,
    /// Writes an answer for a request of which this is `of`.
    pub write: fn(Answer, of: &str) -> Result<Vec<u8>, EngineError>,
}

impl View {
    pub(super) fn written(&self, answer: Answer) -> Result<Vec<u8>, EngineError> {
        (self.write)(answer, &self.of)
    }
}

impl Question {
    /// The question as a key has it: another question, or another way of writing the answer, has another text.
    pub(super) fn text(&self, view: &View) -> String {
        format!("{} {:?}: {self:?}", view.name, view.of)
    }
}
