//! Searches that no index serves alone: bounded, and continued where they ended.

use super::{Engine, EngineError};
use crate::audit::{Chain, StoredEvent};
use crate::id::TenantId;
use crate::page::Page;
use crate::port::{EventQuery, Order};
use crate::time::Timestamp;

/// The most events that one page looks at.
const MOST_LOOKED_AT: usize = 10_000;

/// The part of a chain between two times, as sequences.
pub(super) struct Span {
    first: Option<u64>,
    last: Option<u64>,
}

impl Span {
    /// From one sequence to another, with both.
    pub(super) const fn between(first: Option<u64>, last: Option<u64>) -> Self {
        Self { first, last }
    }

    /// The first and the last sequence, where there is a limit.
    pub(super) const fn ends(&self) -> (Option<u64>, Option<u64>) {
        (self.first, self.last)
    }

    /// `query` within the span.
    pub(super) fn narrow(&self, query: EventQuery) -> EventQuery {
        let (before_first, behind_last) =
            (self.first.map(|seq| seq.saturating_sub(1)), self.last.map(|seq| seq.saturating_add(1)));
        match query.order {
            Order::OldestFirst => {
                EventQuery { after: query.after.max(before_first), to: least(query.to, self.last), ..query }
            }
            Order::NewestFirst => {
                EventQuery { after: least(query.after, behind_last), to: query.to.max(self.first), ..query }
            }
        }
    }
}

fn least(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Engine {
    /// One page of the events of `query` that `keep` takes. When few are taken, a page ends before it is full, with where
    /// the next one goes on: the last event that it looked at.
    pub(super) async fn scan(
        &self,
        tenant: &TenantId,
        query: EventQuery,
        limit: u16,
        keep: impl Fn(&StoredEvent) -> Result<bool, EngineError> + Send,
    ) -> Result<Page<StoredEvent>, EngineError> {
        let wanted = usize::from(limit);
        // One more than the page holds tells whether there is a next page.
        let mut query = EventQuery { limit: limit.saturating_add(1), ..query };
        let (mut items, mut looked_at): (Vec<StoredEvent>, usize) = (Vec::new(), 0);
        loop {
            let events = self.store().events(tenant, &query).await?;
            let is_last = events.len() < usize::from(query.limit);
            looked_at = looked_at.saturating_add(events.len());
            for event in events {
                query.after = Some(event.seq);
                if keep(&event)? {
                    items.push(event);
                }
                if items.len() > wanted {
                    items.truncate(wanted);
                    let next = items.last().map(|event| event.seq.to_string());
                    return Ok(Page { items, next });
                }
            }
            if is_last || looked_at >= MOST_LOOKED_AT {
                let next = query.after.filter(|_| !is_last).map(|seq| seq.to_string());
                return Ok(Page { items, next });
            }
            query.limit = query.limit.saturating_mul(4).min(EventQuery::MAX_LIMIT);
        }
    }

    /// Where in a chain the time from `from` to before `until` lies.
    pub(super) async fn span(
        &self,
        tenant: &TenantId,
        chain: Chain,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Span, EngineError> {
        let first = match from {
            Some(from) => Some(self.first_at(tenant, chain, from).await?),
            None => None,
        };
        let last = match until {
            Some(until) => Some(self.first_at(tenant, chain, until).await?.saturating_sub(1)),
            None => None,
        };
        Ok(Span { first, last })
    }

    /// The sequence of the first event that is not before `at`; the next one's where all are. The times of a chain never go
    /// back and its sequences have no gaps, so a few reads find it and no index is needed.
    async fn first_at(&self, tenant: &TenantId, chain: Chain, at: Timestamp) -> Result<u64, EngineError> {
        let (mut low, mut high) = (1, self.store().head(tenant, chain).await?.seq.saturating_add(1));
        while low < high {
            let middle = low.midpoint(high);
            let query = EventQuery {
                after: middle.checked_sub(1).filter(|seq| *seq > 0),
                limit: 1,
                ..EventQuery::of(chain)
            };
            match self.store().events(tenant, &query).await?.first() {
                Some(event) if event.at < at => low = middle.saturating_add(1),
                _ => high = middle,
            }
        }
        Ok(low)
    }
}
