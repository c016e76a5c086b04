//! A cache in memory, whose clock can be stepped.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::Clock;
use crate::id::TenantId;
use crate::port::{Cache, CachedPage, HeadOf, HeadTable, Heads, Moment, PageKey};

/// How many pages are kept; where there are more, all of them are forgotten.
const MOST_PAGES: usize = 10_000;

/// Heads and pages by tenant.
pub struct MemoryCache {
    clock: Box<dyn Clock>,
    heads: HeadTable,
    pages: Mutex<HashMap<PageKey, Arc<CachedPage>>>,
}

impl MemoryCache {
    /// An empty cache on `clock`, whose heads live `life` microseconds.
    #[must_use]
    pub fn new(clock: impl Clock, life: u64) -> Self {
        Self { clock: Box::new(clock), heads: HeadTable::new(life), pages: Mutex::default() }
    }

    fn now(&self) -> Moment {
        Moment(u64::try_from(self.clock.now().as_micros()).unwrap_or_default())
    }

    fn pages(&self) -> MutexGuard<'_, HashMap<PageKey, Arc<CachedPage>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn heads(&self, tenant: &TenantId, of: &[HeadOf]) -> Heads {
        self.heads.heads(tenant, of, self.now())
    }

    async fn learn(&self, tenant: &TenantId, of: &[HeadOf], seq: u64, since: Moment) {
        self.heads.learn(tenant, of, seq, since, self.now());
    }

    async fn raise(&self, tenant: &TenantId, of: &[HeadOf], seq: u64) {
        self.heads.raise(tenant, of, seq, self.now());
    }

    async fn page(&self, key: &PageKey) -> Option<Arc<CachedPage>> {
        self.pages().get(key).cloned()
    }

    async fn keep(&self, key: &PageKey, page: &Arc<CachedPage>) {
        let mut pages = self.pages();
        if pages.len() >= MOST_PAGES {
            pages.clear();
        }
        pages.entry(key.clone()).or_insert_with(|| Arc::clone(page));
    }
}

impl fmt::Debug for MemoryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache").field("heads", &self.heads).finish_non_exhaustive()
    }
}
