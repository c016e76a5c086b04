//! A cache that loses what it is told, or lets a test step in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cicd_core::id::TenantId;
use cicd_core::memory::MemoryCache;
use cicd_core::port::{Cache, CachedPage, HeadOf, Heads, Moment, PageKey};
use futures_util::future::BoxFuture;

/// When a test steps in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Before a reader teaches the cache.
    Learn,
    /// Before a commit tells the cache.
    Raise,
    /// Before a page is looked up.
    Page,
    /// Before a page is kept.
    Keep,
}

type Step = (Before, BoxFuture<'static, ()>);

/// Delegates to a cache in memory. Clones are the same cache.
#[derive(Clone)]
pub(super) struct Watched {
    inner: Arc<Mutex<Arc<MemoryCache>>>,
    step: Arc<Mutex<Option<Step>>>,
    deaf: Arc<AtomicBool>,
    down: Arc<AtomicBool>,
}

impl Watched {
    pub(super) fn new(inner: MemoryCache) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Arc::new(inner))),
            step: Arc::default(),
            deaf: Arc::default(),
            down: Arc::default(),
        }
    }

    /// Carries out `step` the next time that the cache is asked for this.
    pub(super) fn before(&self, when: Before, step: impl Future<Output = ()> + Send + 'static) {
        *self.step.lock().unwrap() = Some((when, Box::pin(step)));
    }

    /// Whether the cache hears nothing of commits.
    pub(super) fn deaf(&self, is_on: bool) {
        self.deaf.store(is_on, Ordering::SeqCst);
    }

    /// Whether the cache knows nothing, as one that can't be reached.
    pub(super) fn down(&self, is_on: bool) {
        self.down.store(is_on, Ordering::SeqCst);
    }

    /// Forgets everything, and goes on as `inner`.
    pub(super) fn flush(&self, inner: MemoryCache) {
        *self.inner.lock().unwrap() = Arc::new(inner);
    }

    fn is_down(&self) -> bool {
        self.down.load(Ordering::SeqCst)
    }

    async fn step(&self, now: Before) {
        let step = {
            let mut step = self.step.lock().unwrap();
            if step.as_ref().is_some_and(|(when, _)| *when == now) { step.take() } else { None }
        };
        if let Some((_, step)) = step {
            step.await;
        }
    }

    fn inner(&self) -> Arc<MemoryCache> {
        Arc::clone(&self.inner.lock().unwrap())
    }
}

#[async_trait]
impl Cache for Watched {
    async fn heads(&self, tenant: &TenantId, of: &[HeadOf]) -> Heads {
        if self.is_down() {
            return Heads::unknown(of.len());
        }
        self.inner().heads(tenant, of).await
    }

    async fn learn(&self, tenant: &TenantId, of: &[HeadOf], seq: u64, since: Moment) {
        self.step(Before::Learn).await;
        if !self.is_down() {
            self.inner().learn(tenant, of, seq, since).await;
        }
    }

    async fn raise(&self, tenant: &TenantId, of: &[HeadOf], seq: u64) {
        self.step(Before::Raise).await;
        if !self.is_down() && !self.deaf.load(Ordering::SeqCst) {
            self.inner().raise(tenant, of, seq).await;
        }
    }

    async fn page(&self, key: &PageKey) -> Option<Arc<CachedPage>> {
        self.step(Before::Page).await;
        if self.is_down() { None } else { self.inner().page(key).await }
    }

    async fn keep(&self, key: &PageKey, page: &Arc<CachedPage>) {
        self.step(Before::Keep).await;
        if !self.is_down() {
            self.inner().keep(key, page).await;
        }
    }
}
