//! Committed events as they come.

use std::time::Duration;

use futures_core::Stream;
use futures_util::future::{Either, select};
use futures_util::stream;

use super::{Engine, EngineError};
use crate::audit::{Chain, StoredEvent};
use crate::id::TenantId;
use crate::port::EventQuery;

/// How long a subscriber waits before it asks the store anyway: another process may have committed.
const POLL: Duration = Duration::from_millis(500);

impl Engine {
    /// The tenant's ledger events after `from_seq`, without gaps, first those that are there and then each as it is
    /// committed. The stream ends only with an error; subscribe again from the last sequence that was seen.
    ///
    /// This is for the host itself: it asks nobody's permission.
    pub fn subscribe(
        &self,
        tenant: &TenantId,
        from_seq: u64,
    ) -> impl Stream<Item = Result<StoredEvent, EngineError>> + Send + 'static {
        let (engine, tenant) = (self.clone(), tenant.clone());
        let state = Some((from_seq, Vec::new().into_iter()));
        stream::unfold(state, move |state| {
            let (engine, tenant) = (engine.clone(), tenant.clone());
            async move {
                let (seq, mut ready): (u64, std::vec::IntoIter<StoredEvent>) = state?;
                if let Some(event) = ready.next() {
                    return Some((Ok(event.clone()), Some((event.seq, ready))));
                }
                match engine.next_events(&tenant, seq).await {
                    Ok(mut events) => {
                        let event = events.next()?;
                        Some((Ok(event.clone()), Some((event.seq, events))))
                    }
                    Err(error) => Some((Err(error), None)),
                }
            }
        })
    }

    async fn next_events(
        &self,
        tenant: &TenantId,
        after: u64,
    ) -> Result<std::vec::IntoIter<StoredEvent>, EngineError> {
        let query = EventQuery { after: Some(after), ..EventQuery::of(Chain::Ledger) };
        loop {
            // Listening begins before the look, so that a commit in between is not slept through.
            let committed = self.0.committed.listen();
            let events = self.store().events(tenant, &query).await?;
            if !events.is_empty() {
                return Ok(events.into_iter());
            }
            match select(committed, self.0.timer.sleep(POLL)).await {
                Either::Left(_) | Either::Right(_) => {}
            }
        }
    }
}
