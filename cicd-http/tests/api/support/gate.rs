//! A store that a test can stop: full, away, slow, or overtaken by something else just before a commit.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::authz::Token;
use cicd_core::digest::Digest;
use cicd_core::id::{TenantId, TokenId};
use cicd_core::page::{Limit, Page};
use cicd_core::port::{
    ChangeSet, ClaimRequest, Committed, EventQuery, Lease, ListQuery, Load, Record, Snapshot, Store,
    StoreError,
};
use cicd_core::time::Timestamp;

type Event = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a test does to the store.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<State>);

#[derive(Default)]
struct State {
    full: AtomicBool,
    away: AtomicBool,
    held: AtomicBool,
    waiting: AtomicUsize,
    before: Mutex<Option<Event>>,
}

impl Gate {
    /// Whether the store takes no commit.
    pub(crate) fn full(&self, is: bool) {
        self.0.full.store(is, Ordering::SeqCst);
    }

    /// Whether the store can't be reached.
    pub(crate) fn away(&self, is: bool) {
        self.0.away.store(is, Ordering::SeqCst);
    }

    /// Whether commits wait.
    pub(crate) fn held(&self, is: bool) {
        self.0.held.store(is, Ordering::SeqCst);
    }

    /// How many commits wait.
    pub(crate) fn waiting(&self) -> usize {
        self.0.waiting.load(Ordering::SeqCst)
    }

    /// What happens after the next decision and before it is committed.
    pub(crate) fn before_commit(&self, event: impl Future<Output = ()> + Send + 'static) {
        *self.0.before.lock().unwrap() = Some(Box::pin(event));
    }

    async fn pass(&self) -> Result<(), StoreError> {
        let event = self.0.before.lock().unwrap().take();
        if let Some(event) = event {
            event.await;
        }
        self.0.waiting.fetch_add(1, Ordering::SeqCst);
        while self.0.held.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
        self.write()
    }

    fn write(&self) -> Result<(), StoreError> {
        if self.0.full.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable {
                message: "INSERT INTO rows: disk full at /data".to_owned(),
            });
        }
        self.reach()
    }

    fn reach(&self) -> Result<(), StoreError> {
        if self.0.away.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable { message: "connect to /run/db: refused".to_owned() });
        }
        Ok(())
    }
}

/// A store behind a gate.
pub(crate) struct Gated<S>(pub(crate) S, pub(crate) Gate);

#[async_trait]
impl<S: Store> Store for Gated<S> {
    async fn load(&self, tenant: &TenantId, load: &Load) -> Result<Snapshot, StoreError> {
        self.1.reach()?;
        self.0.load(tenant, load).await
    }

    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        self.1.pass().await?;
        self.0.commit(change).await
    }

    async fn list(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError> {
        self.1.reach()?;
        self.0.list(tenant, query, after, limit).await
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        self.1.reach()?;
        self.0.events(tenant, query).await
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        self.1.reach()?;
        self.0.head(tenant, chain).await
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.1.reach()?;
        self.0.tenants().await
    }

    async fn token(&self, hash: Digest) -> Result<Option<(TenantId, Token, Timestamp)>, StoreError> {
        self.1.reach()?;
        self.0.token(hash).await
    }

    async fn use_token(&self, tenant: &TenantId, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.1.write()?;
        self.0.use_token(tenant, token, at).await
    }

    async fn token_uses(
        &self,
        tenant: &TenantId,
        tokens: &[TokenId],
    ) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
        self.1.reach()?;
        self.0.token_uses(tenant, tokens).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Lease>, StoreError> {
        self.1.reach()?;
        self.0.claim(request).await
    }

    async fn renew(&self, lease: &Lease, lease_micros: u64) -> Result<Lease, StoreError> {
        self.1.reach()?;
        self.0.renew(lease, lease_micros).await
    }

    async fn release(&self, lease: &Lease, due: Timestamp) -> Result<(), StoreError> {
        self.1.reach()?;
        self.0.release(lease, due).await
    }

    async fn ack(&self, lease: &Lease) -> Result<(), StoreError> {
        self.1.reach()?;
        self.0.ack(lease).await
    }
}
