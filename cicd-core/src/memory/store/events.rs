//! One chain of a tenant.

use crate::audit::{Chain, ChainHead, StoredEvent, Subject};
use crate::id::TenantId;
use crate::port::{EventQuery, Order};
use crate::time::Timestamp;

/// An event before it is appended: what is stored of it, and what queries ask of it.
pub(super) struct NewEvent {
    pub(super) bytes: String,
    pub(super) kind: String,
    pub(super) subject: Subject,
}

/// The events of one chain, in order.
pub(super) struct ChainRows {
    head: ChainHead,
    events: Vec<(StoredEvent, String, Subject)>,
}

impl Default for ChainRows {
    fn default() -> Self {
        Self { head: ChainHead::EMPTY, events: Vec::new() }
    }
}

impl ChainRows {
    pub(super) const fn head(&self) -> ChainHead {
        self.head
    }

    pub(super) fn append(&mut self, tenant: &TenantId, chain: Chain, now: Timestamp, event: NewEvent) {
        let (stored, head) = self.head.append(tenant, chain, now, event.bytes);
        self.events.push((stored, event.kind, event.subject));
        self.head = head;
    }

    pub(super) fn select(&self, query: &EventQuery) -> Vec<StoredEvent> {
        let limit = usize::from(query.limit.clamp(1, EventQuery::MAX_LIMIT));
        let wanted = |(event, kind, subject): &&(StoredEvent, String, Subject)| {
            let beyond = query.after.is_none_or(|after| match query.order {
                Order::OldestFirst => event.seq > after,
                Order::NewestFirst => event.seq < after,
            });
            beyond && query.kind.as_ref().is_none_or(|asked| asked == kind) && covers(query, subject)
        };
        let copy = |(event, _, _): &(StoredEvent, String, Subject)| event.clone();
        match query.order {
            Order::OldestFirst => self.events.iter().filter(wanted).take(limit).map(copy).collect(),
            Order::NewestFirst => self.events.iter().rev().filter(wanted).take(limit).map(copy).collect(),
        }
    }
}

fn covers(query: &EventQuery, subject: &Subject) -> bool {
    fn fits<T: PartialEq>(asked: Option<&T>, found: Option<&T>) -> bool {
        asked.is_none_or(|asked| found == Some(asked))
    }
    fits(query.service.as_ref(), subject.service.as_ref())
        && fits(query.deployment.as_ref(), subject.deployment.as_ref())
        && fits(query.release.as_ref(), subject.release.as_ref())
        && fits(query.run.as_ref(), subject.run.as_ref())
}
