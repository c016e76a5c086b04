//! Some events of a chain, page by page.

use serde_json::Value;

use super::Trail;
use crate::audit::{self, StoredEvent};
use crate::id::TenantId;
use crate::port::{EventQuery, StoreError};
use crate::time::Timestamp;

/// Which events of a chain to read, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The chain, and what the store itself selects by.
    pub query: EventQuery,
    /// Only up to this sequence.
    pub to: Option<u64>,
    /// Only of this actor: a principal, an attempt, or a part of the system.
    pub actor: Option<String>,
    /// Only from this time on.
    pub since: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
}

impl Selection {
    /// Everything that `query` selects.
    #[must_use]
    pub fn of(query: EventQuery) -> Self {
        let query = EventQuery { limit: EventQuery::MAX_LIMIT, ..query };
        Self { query, to: None, actor: None, since: None, until: None }
    }

    /// Begins to read.
    #[must_use]
    pub fn read<'a>(self, trail: &'a dyn Trail, tenant: &'a TenantId) -> Selected<'a> {
        Selected { trail, tenant, selection: self, over: false }
    }

    fn has(&self, event: &StoredEvent) -> bool {
        let by = |actor: &String| {
            let said: Value = serde_json::from_str(&event.bytes).unwrap_or_default();
            audit::actor(&said) == Some(actor)
        };
        self.to.is_none_or(|to| event.seq <= to)
            && self.since.is_none_or(|since| event.at >= since)
            && self.until.is_none_or(|until| event.at < until)
            && self.actor.as_ref().is_none_or(by)
    }
}

/// The events of a [`Selection`] as they are read.
pub struct Selected<'a> {
    trail: &'a dyn Trail,
    tenant: &'a TenantId,
    selection: Selection,
    over: bool,
}

impl Selected<'_> {
    /// The next events, perhaps none of a page; `None` after the last page. Memory holds one page.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be reached or an event can't be read.
    pub async fn next(&mut self) -> Result<Option<Vec<StoredEvent>>, StoreError> {
        if self.over {
            return Ok(None);
        }
        let mut page = self.trail.events(self.tenant, &self.selection.query).await?;
        let Some(last) = page.last() else { return Ok(None) };
        self.over = page.len() < usize::from(self.selection.query.limit)
            || self.selection.to.is_some_and(|to| last.seq >= to);
        self.selection.query.after = Some(last.seq);
        page.retain(|event| self.selection.has(event));
        Ok(Some(page))
    }
}

impl std::fmt::Debug for Selected<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Selected").field("selection", &self.selection).finish_non_exhaustive()
    }
}
