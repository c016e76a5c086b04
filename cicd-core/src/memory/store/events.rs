//! One chain of a tenant.

use crate::audit::{AuditEvent, Chain, ChainHead, StoredEvent};
use crate::id::TenantId;
use crate::port::{EventQuery, Order};
use crate::time::Timestamp;

/// An event before it is appended: what is stored of it, and what queries ask of it.
pub(super) struct NewEvent {
    pub(super) bytes: String,
    pub(super) event: AuditEvent,
}

/// The events of one chain, in order.
pub(super) struct ChainRows {
    head: ChainHead,
    events: Vec<(StoredEvent, AuditEvent)>,
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
        self.events.push((stored, event.event));
        self.head = head;
    }

    pub(super) fn select(&self, query: &EventQuery) -> Vec<StoredEvent> {
        let limit = usize::from(query.limit.clamp(1, EventQuery::MAX_LIMIT));
        let wanted =
            |(stored, event): &&(StoredEvent, AuditEvent)| query.reaches(stored.seq) && query.selects(event);
        let copy = |(stored, _): &(StoredEvent, AuditEvent)| stored.clone();
        match query.order {
            Order::OldestFirst => self.events.iter().filter(wanted).take(limit).map(copy).collect(),
            Order::NewestFirst => self.events.iter().rev().filter(wanted).take(limit).map(copy).collect(),
        }
    }
}
