//! A store that lets a test step in between a load and its commit, or takes itself away for a while.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::authz::Token;
use cicd_core::digest::Digest;
use cicd_core::id::{DeploymentId, TenantId, TokenId};
use cicd_core::page::{Limit, Page};
use cicd_core::port::{
    ChangeSet, ClaimRequest, Committed, EventQuery, Lease, ListQuery, Load, Record, Snapshot, Standing,
    Store, StoreError,
};
use cicd_core::time::Timestamp;
use futures_util::future::BoxFuture;

type Step = BoxFuture<'static, ()>;

/// Delegates to a store. Clones share what happens in between.
#[derive(Clone)]
pub(crate) struct Hooked {
    pub(crate) inner: Arc<dyn Store>,
    before: Arc<Mutex<Option<(&'static str, Step)>>>,
    outage: Arc<AtomicBool>,
    dawdles: Arc<AtomicBool>,
    reads: Arc<AtomicUsize>,
}

impl Hooked {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            before: Arc::default(),
            outage: Arc::default(),
            dawdles: Arc::default(),
            reads: Arc::default(),
        }
    }

    /// Carries out `step` when the next change that records an event of `kind` was decided, before it is committed.
    pub(crate) fn before_commit_of(
        &self,
        kind: &'static str,
        step: impl Future<Output = ()> + Send + 'static,
    ) {
        *self.before.lock().unwrap() = Some((kind, Box::pin(step)));
    }

    /// Whether what [`Hooked::before_commit_of`] was given has been begun.
    pub(crate) fn stepped_in(&self) -> bool {
        self.before.lock().unwrap().is_none()
    }

    /// Takes the store away, or gives it back.
    pub(crate) fn outage(&self, is_on: bool) {
        self.outage.store(is_on, Ordering::SeqCst);
    }

    /// Lets others go first before and after each commit and load, so that a caller can be dropped there.
    pub(crate) fn dawdle(&self, is_on: bool) {
        self.dawdles.store(is_on, Ordering::SeqCst);
    }

    /// How many loads, lists and pages of events were asked for so far.
    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    async fn pause(&self) {
        if self.dawdles.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    }

    fn there(&self) -> Result<&dyn Store, StoreError> {
        if self.outage.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable { message: "an outage".to_owned() });
        }
        Ok(&*self.inner)
    }

    fn step_for(&self, change: &ChangeSet) -> Option<Step> {
        let mut before = self.before.lock().unwrap();
        let mut events = change.ledger_events().iter().chain(change.security_events());
        let is_it = before.as_ref().is_some_and(|(kind, _)| events.any(|event| event.kind == *kind));
        if is_it { before.take().map(|(_, step)| step) } else { None }
    }
}

#[async_trait]
impl Store for Hooked {
    async fn load(&self, tenant: &TenantId, load: &Load) -> Result<Snapshot, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.pause().await;
        let loaded = self.there()?.load(tenant, load).await;
        self.pause().await;
        loaded
    }

    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        if let Some(step) = self.step_for(&change) {
            step.await;
        }
        self.pause().await;
        let committed = self.there()?.commit(change).await;
        self.pause().await;
        committed
    }

    async fn list(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.there()?.list(tenant, query, after, limit).await
    }

    async fn standings(
        &self,
        tenant: &TenantId,
        deployments: &[DeploymentId],
    ) -> Result<Vec<Standing>, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.there()?.standings(tenant, deployments).await
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.pause().await;
        self.there()?.events(tenant, query).await
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        self.there()?.head(tenant, chain).await
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.there()?.tenants().await
    }

    async fn token(&self, hash: Digest) -> Result<Option<(TenantId, Token, Timestamp)>, StoreError> {
        self.there()?.token(hash).await
    }

    async fn use_token(&self, tenant: &TenantId, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.there()?.use_token(tenant, token, at).await
    }

    async fn token_uses(
        &self,
        tenant: &TenantId,
        tokens: &[TokenId],
    ) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
        self.there()?.token_uses(tenant, tokens).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Lease>, StoreError> {
        self.there()?.claim(request).await
    }

    async fn renew(&self, lease: &Lease, lease_micros: u64) -> Result<Lease, StoreError> {
        self.there()?.renew(lease, lease_micros).await
    }

    async fn release(&self, lease: &Lease, due: Timestamp) -> Result<(), StoreError> {
        self.there()?.release(lease, due).await
    }

    async fn ack(&self, lease: &Lease) -> Result<(), StoreError> {
        self.there()?.ack(lease).await
    }
}
