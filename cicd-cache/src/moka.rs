//! The cache in the memory of one process.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use cicd_core::id::TenantId;
use cicd_core::port::{Cache, CachedPage, HeadOf, HeadTable, Heads, Moment, PageKey};
use moka::sync::Cache as Pages;

use crate::CacheOptions;

/// What a page takes besides its bytes and its question: its place in the tables.
const PLACE_BYTES: usize = 512;

/// A cache of pages in memory, bounded by their bytes. Clones are the same cache.
///
/// It hears of the commits of its own process only: what another process commits its readers see after the life of a head,
/// or at once where they say what they saw.
#[derive(Clone)]
pub struct MokaCache(Arc<Inner>);

struct Inner {
    began: Instant,
    /// Where the clock begins: one life after zero, so that the look that never was is too old to teach anything.
    start: Moment,
    heads: HeadTable,
    pages: Pages<PageKey, Arc<CachedPage>>,
}

impl MokaCache {
    /// An empty cache.
    #[must_use]
    pub fn new(options: CacheOptions) -> Self {
        let pages = Pages::builder()
            .weigher(|key: &PageKey, page: &Arc<CachedPage>| weight(key, page))
            .max_capacity(options.page_bytes)
            .time_to_live(options.page_life)
            .build();
        let life = options.life_micros();
        Self(Arc::new(Inner {
            began: Instant::now(),
            start: Moment(life),
            heads: HeadTable::new(life),
            pages,
        }))
    }

    /// How many bytes the pages take that are kept, about.
    #[must_use]
    pub fn page_bytes(&self) -> u64 {
        self.0.pages.run_pending_tasks();
        self.0.pages.weighted_size()
    }

    /// By a clock that is never set.
    fn now(&self) -> Moment {
        self.0.start.plus(u64::try_from(self.0.began.elapsed().as_micros()).unwrap_or(u64::MAX))
    }
}

fn weight(key: &PageKey, page: &CachedPage) -> u32 {
    let bytes = [PLACE_BYTES, key.question.len(), page.body.len()].into_iter().fold(0, usize::saturating_add);
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[async_trait]
impl Cache for MokaCache {
    async fn heads(&self, tenant: &TenantId, of: &[HeadOf]) -> Heads {
        self.0.heads.heads(tenant, of, self.now())
    }

    async fn learn(&self, tenant: &TenantId, of: &[HeadOf], seq: u64, since: Moment) {
        self.0.heads.learn(tenant, of, seq, since, self.now());
    }

    async fn raise(&self, tenant: &TenantId, of: &[HeadOf], seq: u64) {
        self.0.heads.raise(tenant, of, seq, self.now());
    }

    async fn page(&self, key: &PageKey) -> Option<Arc<CachedPage>> {
        self.0.pages.get(key)
    }

    async fn keep(&self, key: &PageKey, page: &Arc<CachedPage>) {
        self.0.pages.entry_by_ref(key).or_insert_with(|| Arc::clone(page));
    }
}

impl fmt::Debug for MokaCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MokaCache").field("pages", &self.0.pages.entry_count()).finish_non_exhaustive()
    }
}
