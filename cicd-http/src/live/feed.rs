//! Reads a tenant's ledger once for all who listen.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use cicd_core::audit::StoredEvent;
use cicd_core::engine::{Audience, Engine, EngineError};
use cicd_core::id::TenantId;
use futures_util::StreamExt as _;
use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::frame;
use crate::limits::{EPOCH_TIME, STREAM_BUFFER};

/// An event as streams send it, and who may hear of it.
pub(crate) struct News {
    pub(super) seq: u64,
    pub(super) frame: Vec<u8>,
    pub(super) audience: Audience,
}

/// The feeds of all tenants that somebody listens to.
#[derive(Debug, Default)]
pub(crate) struct Feeds(Mutex<HashMap<TenantId, Weak<Feed>>>);

/// A tenant's feed. It stops reading when nobody holds it any more.
#[derive(Debug)]
pub(crate) struct Feed {
    news: Sender<Arc<News>>,
    epoch: Arc<AtomicU64>,
    reader: AbortHandle,
}

impl Feeds {
    /// The tenant's feed, which begins to read when it is the first one.
    pub(crate) async fn of(&self, engine: &Engine, tenant: &TenantId) -> Result<Arc<Feed>, EngineError> {
        if let Some(feed) = self.lock().get(tenant).and_then(Weak::upgrade) {
            return Ok(feed);
        }
        let from = engine.ledger_seq(tenant).await?;
        let epoch = engine.governance_epoch(tenant).await?;
        let mut feeds = self.lock();
        feeds.retain(|_, feed| feed.strong_count() > 0);
        // Somebody else may have been quicker meanwhile.
        if let Some(feed) = feeds.get(tenant).and_then(Weak::upgrade) {
            return Ok(feed);
        }
        let feed = Arc::new(Feed::begin(engine.clone(), tenant.clone(), from, epoch));
        feeds.insert(tenant.clone(), Arc::downgrade(&feed));
        Ok(feed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, Weak<Feed>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Feed {
    fn begin(engine: Engine, tenant: TenantId, from: u64, epoch: u64) -> Self {
        let (news, _) = broadcast::channel(STREAM_BUFFER);
        let epoch = Arc::new(AtomicU64::new(epoch));
        let reader = tokio::spawn(read(engine, tenant, from, news.clone(), Arc::clone(&epoch)));
        Self { news, epoch, reader: reader.abort_handle() }
    }

    /// What comes from now on.
    pub(super) fn listen(&self) -> Receiver<Arc<News>> {
        self.news.subscribe()
    }

    /// The governance epoch, at most [`EPOCH_TIME`] old.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn read(
    engine: Engine,
    tenant: TenantId,
    mut from: u64,
    news: Sender<Arc<News>>,
    epoch: Arc<AtomicU64>,
) {
    loop {
        let mut events = std::pin::pin!(engine.subscribe(&tenant, from));
        let mut look = Instant::now() + EPOCH_TIME;
        let failed = loop {
            tokio::select! {
                event = events.next() => match told(&engine, &tenant, event).await {
                    Ok(told) => {
                        from = told.seq;
                        // Nobody may be listening at this moment.
                        let _ = news.send(Arc::new(told));
                    }
                    Err(error) => break error,
                },
                () = sleep_until(look) => match engine.governance_epoch(&tenant).await {
                    Ok(now) => {
                        epoch.store(now, Ordering::SeqCst);
                        look = Instant::now() + EPOCH_TIME;
                    }
                    Err(error) => break error.to_string(),
                },
            }
        };
        tracing::warn!(%tenant, error = failed, "the ledger can't be read for those who listen");
        sleep(EPOCH_TIME).await;
    }
}

async fn told(
    engine: &Engine,
    tenant: &TenantId,
    event: Option<Result<StoredEvent, EngineError>>,
) -> Result<News, String> {
    let event = event.ok_or("the subscription has ended")?.map_err(|error| error.to_string())?;
    news(engine, tenant, &event).await.map_err(|error| error.to_string())
}

/// An event with its audience, as it is now.
pub(super) async fn news(
    engine: &Engine,
    tenant: &TenantId,
    event: &StoredEvent,
) -> Result<News, EngineError> {
    let (frame, subject) = frame::event(event)?;
    Ok(News { seq: event.seq, frame, audience: engine.audience(tenant, &subject).await? })
}
