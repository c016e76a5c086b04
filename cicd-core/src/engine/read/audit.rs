//! The record for the law, as auditors ask for it.

use super::{Engine, EngineError};
use crate::audit::{Chain, KindPattern, StoredEvent, SubjectKind};
use crate::authz::{Action, Caller, Object};
use crate::page::Page;
use crate::port::{EventQuery, Load};
use crate::time::Timestamp;

/// Which events to give; each member is a condition, absent ones are none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuditQuery {
    /// The chain, the order, and what the store itself selects by.
    pub events: EventQuery,
    /// Only of this kind or group.
    pub kind: Option<KindPattern>,
    /// Only about this kind of thing.
    pub subject_kind: Option<SubjectKind>,
    /// Only about the thing with this id.
    pub subject: Option<String>,
    /// Only from this time on.
    pub since: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
    /// Only from this sequence on.
    pub from: Option<u64>,
    /// Only up to this sequence and with it.
    pub to: Option<u64>,
}

impl AuditQuery {
    /// All events of `chain`, oldest first.
    #[must_use]
    pub const fn of(chain: Chain) -> Self {
        Self {
            events: EventQuery::of(chain),
            kind: None,
            subject_kind: None,
            subject: None,
            since: None,
            until: None,
            from: None,
            to: None,
        }
    }

    /// What the store looks for, between the two sequences.
    fn narrowed(&self) -> EventQuery {
        let exact = self.kind.as_ref().and_then(KindPattern::exact).map(str::to_owned);
        let events = EventQuery { kind: exact.or_else(|| self.events.kind.clone()), ..self.events.clone() };
        super::scan::Span::between(self.from, self.to).narrow(events)
    }

    fn selects(&self, stored: &StoredEvent) -> Result<bool, EngineError> {
        if self.kind.is_none() && self.subject_kind.is_none() && self.subject.is_none() {
            return Ok(true);
        }
        let event = stored.event()?;
        Ok(self.kind.as_ref().is_none_or(|kind| kind.matches(&event.kind))
            && self.subject_kind.is_none_or(|kind| kind == event.subject.kind)
            && self.subject.as_ref().is_none_or(|id| *id == event.subject.id))
    }
}

impl Engine {
    /// One page of events of a chain, `limit` at most and at most 999; `next` is the sequence after which the next one begins.
    ///
    /// A page whose conditions no index serves looks at 10 000 events at most; it may end before it is full, or be empty, and
    /// have a next one.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub async fn audit_events(
        &self,
        caller: &Caller,
        query: &AuditQuery,
        limit: u16,
    ) -> Result<Page<StoredEvent>, EngineError> {
        self.look(caller, Action::ReadAudit, &Load::tenant(), |_| Ok(Object::tenant())).await?;
        let chain = query.events.chain;
        let span = self.span(&caller.tenant, chain, query.since, query.until).await?;
        let limit = limit.clamp(1, EventQuery::MAX_LIMIT.saturating_sub(1));
        self.scan(&caller.tenant, span.narrow(query.narrowed()), limit, |event| query.selects(event)).await
    }

    /// The event of a chain with this sequence.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn audit_event(
        &self,
        caller: &Caller,
        chain: Chain,
        seq: u64,
    ) -> Result<StoredEvent, EngineError> {
        let (from, to) = (Some(seq), Some(seq));
        let query = AuditQuery { from, to, ..AuditQuery::of(chain) };
        let page = self.audit_events(caller, &query, 1).await?;
        page.items.into_iter().next().ok_or_else(|| EngineError::not_found("audit event", seq))
    }

    /// The sequence of the last event of a chain: where an export that begins now ends.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub async fn last_audit_event(&self, caller: &Caller, chain: Chain) -> Result<u64, EngineError> {
        self.look(caller, Action::ReadAudit, &Load::tenant(), |_| Ok(Object::tenant())).await?;
        Ok(self.store().head(&caller.tenant, chain).await?.seq)
    }
}
