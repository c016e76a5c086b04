//! Verification of chains, page by page, so that memory holds two pages however long a chain is.

use std::collections::BTreeMap;

use futures_util::future::join;

use super::{CHAINS, ChainReport, Trail};
use crate::audit::{self, Chain, ChainError, ChainHead, StoredEvent};
use crate::digest::Digest;
use crate::id::TenantId;
use crate::port::{EventQuery, StoreError};

/// What is known of a chain before it is verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Events up to this one are not verified again; zero verifies the whole chain.
    pub after: u64,
    /// Hashes that were kept elsewhere, by the sequence of their events.
    pub kept: BTreeMap<u64, Digest>,
}

/// Verifies the chains of a tenant from their first events on. It reads everything.
///
/// # Errors
/// As [`verify`].
pub async fn verify_tenant(trail: &dyn Trail, tenant: &TenantId) -> Result<Vec<ChainReport>, StoreError> {
    let mut reports = Vec::new();
    for chain in CHAINS {
        reports.push(verify(trail, tenant, chain, &Known::default(), &mut |_| {}).await?);
    }
    Ok(reports)
}

/// Verifies a chain: that its events follow each other, that it ends where its head says, and that it still holds what was
/// kept elsewhere. The store may go on committing meanwhile. `progress` hears of the last verified event after each page.
///
/// # Errors
/// [`StoreError`] when the store can't be reached or its head can't be read. What is wrong with the chain itself is in the
/// report.
pub async fn verify(
    trail: &dyn Trail,
    tenant: &TenantId,
    chain: Chain,
    known: &Known,
    progress: &mut (dyn FnMut(ChainHead) + Send),
) -> Result<ChainReport, StoreError> {
    let mut walk = Walk { trail, tenant, chain, known, head: ChainHead::EMPTY };
    let found = match walk.begin().await {
        Ok(()) => walk.follow(progress).await,
        stopped => stopped,
    };
    let error = match found {
        Ok(()) => None,
        Err(Stopped::Broken(error)) => Some(error),
        Err(Stopped::Store(error)) => return Err(error),
    };
    Ok(ChainReport { tenant: tenant.clone(), chain, after: known.after, head: walk.head, error })
}

/// Why a walk ends early.
enum Stopped {
    Broken(ChainError),
    Store(StoreError),
}

impl From<ChainError> for Stopped {
    fn from(error: ChainError) -> Self {
        Self::Broken(error)
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A walk along a chain.
struct Walk<'a> {
    trail: &'a dyn Trail,
    tenant: &'a TenantId,
    chain: Chain,
    known: &'a Known,
    /// The last event that verified.
    head: ChainHead,
}

impl Walk<'_> {
    /// Finds the event after which the walk begins, and looks at what was kept of events before it.
    async fn begin(&mut self) -> Result<(), Stopped> {
        for seq in self.known.kept.range(..self.known.after).map(|(seq, _)| *seq) {
            self.alone(seq).await?;
        }
        if self.known.after > 0 {
            self.head = self.alone(self.known.after).await?;
        }
        Ok(())
    }

    /// Verifies one event without the one before it.
    async fn alone(&self, seq: u64) -> Result<ChainHead, Stopped> {
        let Some(event) =
            self.page(seq.saturating_sub(1), 1).await?.into_iter().find(|event| event.seq == seq)
        else {
            let last = self.last().await?;
            return Err(match last.seq < seq {
                true => ChainError::Cut { expected: seq, found: last.seq }.into(),
                false => ChainError::Sequence { expected: seq, found: seq.saturating_add(1) }.into(),
            });
        };
        let before = ChainHead { seq: seq.saturating_sub(1), hash: event.previous, at: event.at };
        let head = audit::verify(self.tenant, self.chain, before, [&event])?;
        self.compare(&event)?;
        Ok(head)
    }

    async fn follow(&mut self, progress: &mut (dyn FnMut(ChainHead) + Send)) -> Result<(), Stopped> {
        loop {
            self.pages(progress).await?;
            // The head is read after the events: what it names beyond them was committed in between, or is not there.
            let end = self.trail.head(self.tenant, self.chain).await?;
            if end.seq <= self.head.seq || self.page(self.head.seq, 1).await?.is_empty() {
                return self.ends(end);
            }
        }
    }

    /// Verifies all that is there now. While a page is verified, the next one is on its way.
    async fn pages(&mut self, progress: &mut (dyn FnMut(ChainHead) + Send)) -> Result<(), Stopped> {
        let mut page = self.page(self.head.seq, EventQuery::MAX_LIMIT).await?;
        while let Some(last) = page.last() {
            let after = last.seq;
            let (trail, tenant, chain) = (self.trail, self.tenant, self.chain);
            let next = fetch(trail, tenant, chain, after, EventQuery::MAX_LIMIT);
            let (next, verified) = join(next, async { self.verify(&page) }).await;
            verified?;
            progress(self.head);
            page = self.readable(after, next).await?;
        }
        Ok(())
    }

    fn verify(&mut self, page: &[StoredEvent]) -> Result<(), ChainError> {
        for event in page {
            self.head = audit::verify(self.tenant, self.chain, self.head, [event])?;
            self.compare(event)?;
        }
        Ok(())
    }

    /// Whether an event is the one that was kept elsewhere under its sequence, if one was.
    fn compare(&self, event: &StoredEvent) -> Result<(), ChainError> {
        match self.known.kept.get(&event.seq) {
            Some(kept) if *kept != event.hash => Err(ChainError::Kept { seq: event.seq }),
            _ => Ok(()),
        }
    }

    fn ends(&self, end: ChainHead) -> Result<(), Stopped> {
        let found = self.head;
        if let Some((&expected, _)) = self.known.kept.range(found.seq.saturating_add(1)..).next() {
            return Err(ChainError::Cut { expected, found: found.seq }.into());
        }
        if found.seq != end.seq {
            return Err(ChainError::Head { expected: end.seq, found: found.seq }.into());
        }
        if found == end { Ok(()) } else { Err(ChainError::HeadDiffers { seq: end.seq }.into()) }
    }

    /// Where the chain ends, by its events.
    async fn last(&self) -> Result<ChainHead, Stopped> {
        let query =
            EventQuery { order: crate::port::Order::NewestFirst, limit: 1, ..EventQuery::of(self.chain) };
        let events = self.trail.events(self.tenant, &query).await?;
        Ok(events.first().map_or(ChainHead::EMPTY, |event| ChainHead {
            seq: event.seq,
            hash: event.hash,
            at: event.at,
        }))
    }

    async fn page(&self, after: u64, limit: u16) -> Result<Vec<StoredEvent>, Stopped> {
        let page = fetch(self.trail, self.tenant, self.chain, after, limit).await;
        self.readable(after, page).await
    }

    /// Of a page that can't be read, the events before the first that can't.
    async fn readable(
        &self,
        after: u64,
        page: Result<Vec<StoredEvent>, StoreError>,
    ) -> Result<Vec<StoredEvent>, Stopped> {
        let Err(StoreError::Corrupt { .. }) = page else { return Ok(page?) };
        let mut readable: Vec<StoredEvent> = Vec::new();
        loop {
            let after = readable.last().map_or(after, |event| event.seq);
            match fetch(self.trail, self.tenant, self.chain, after, 1).await {
                Ok(events) if events.is_empty() => return Ok(readable),
                Ok(events) => readable.extend(events),
                Err(StoreError::Corrupt { message }) if readable.is_empty() => {
                    return Err(ChainError::Unreadable { seq: after.saturating_add(1), message }.into());
                }
                Err(StoreError::Corrupt { .. }) => return Ok(readable),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

async fn fetch(
    trail: &dyn Trail,
    tenant: &TenantId,
    chain: Chain,
    after: u64,
    limit: u16,
) -> Result<Vec<StoredEvent>, StoreError> {
    // Without a bound at the beginning, so that nothing hides before the first event.
    let query = EventQuery { after: (after > 0).then_some(after), limit, ..EventQuery::of(chain) };
    trail.events(tenant, &query).await
}
