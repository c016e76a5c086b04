//! The cache contract: pages that never change, under keys that hold heads, which only grow.

use std::sync::Arc;

use async_trait::async_trait;

use crate::authz::Object;
use crate::id::{ServiceId, TenantId};

mod head;
mod table;

pub use head::{Head, HeadOf, Heads, Moment};
pub use table::HeadTable;

/// Under what a page is kept: whose it is, what was asked, and the heads of all that the answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageKey {
    /// The tenant.
    pub tenant: TenantId,
    /// What was asked for, whole: two questions that may have different answers have different texts.
    pub question: String,
    /// The sequences of the ledger up to which the answer is known to be complete, in the order of the question's heads.
    pub heads: Vec<u64>,
}

/// A page as it is sent. Who may have it is asked for every reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedPage {
    /// What a reader must be allowed to read.
    pub object: Object,
    /// The page.
    pub body: Arc<[u8]>,
}

/// Keeps pages, and the heads under which they are found. It carries answers to readers and decides nothing.
///
/// - It never fails and never waits long: a cache that is broken, slow or empty knows nothing.
/// - `heads` gives a head only for its life, which is counted from the moment at which the reader that taught it began to
///   look, by the cache's own clock. Whatever is lost or comes late, no head is older than that.
/// - A head never goes back: `learn` and `raise` with a lower sequence change nothing.
/// - `raise` teaches nothing and prolongs no life: it lifts a head that is known, and for one life keeps readers that looked
///   before the commit from teaching what they saw.
/// - What is kept under a key stays as it is until it is forgotten. `page` gives it whole or not at all.
/// - A tenant never sees another tenant's heads or pages.
/// - Its memory is bounded.
#[async_trait]
pub trait Cache: Send + Sync + 'static {
    /// The heads of `of`, in its order, and the moment of this look.
    async fn heads(&self, tenant: &TenantId, of: &[HeadOf]) -> Heads;

    /// A reader that looked here at `since` found in the store, after that, that the ledger ends with `seq`: no head of `of` is
    /// higher at that moment.
    async fn learn(&self, tenant: &TenantId, of: &[HeadOf], seq: u64, since: Moment);

    /// A commit that touched all of `of` has ended with `seq`.
    async fn raise(&self, tenant: &TenantId, of: &[HeadOf], seq: u64);

    /// The page that is kept under `key`.
    async fn page(&self, key: &PageKey) -> Option<Arc<CachedPage>>;

    /// Keeps `page` under `key`, unless one is kept there already.
    async fn keep(&self, key: &PageKey, page: &Arc<CachedPage>);
}
