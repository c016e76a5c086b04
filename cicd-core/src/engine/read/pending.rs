//! How many releases wait for votes, for whoever watches the hosts.

use std::collections::BTreeMap;

use crate::engine::Engine;
use crate::page::Limit;
use crate::port::{ListQuery, Record, ReleaseFilter, StoreError};
use crate::service::Tier;

/// The most releases that one count reads of a tenant.
pub const MOST_PENDING: u64 = 10_000;

impl Engine {
    /// How many releases wait for votes, of all tenants together: each tier and its number, zeros too. The releases themselves are
    /// read, of each tenant [`MOST_PENDING`] at most. It tells nobody's business, and asks for nobody's right.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn approvals_pending(&self) -> Result<BTreeMap<Tier, u64>, StoreError> {
        let mut pending: BTreeMap<Tier, u64> = Tier::ALL.iter().map(|tier| (*tier, 0)).collect();
        let status = Some("pending_approval".to_owned());
        let list = ListQuery::Releases(ReleaseFilter { status, ..ReleaseFilter::default() });
        let limit = Limit::new(u64::from(Limit::MAX)).unwrap_or_default();
        for tenant in self.tenants().await? {
            let mut after = None;
            for _ in 0..MOST_PENDING / u64::from(Limit::MAX) {
                let page = self.store().list(&tenant, &list, after.as_deref(), limit).await?;
                for record in page.items {
                    if let Record::Release(release) = record {
                        let count = pending.entry(release.spec.tier).or_default();
                        *count = count.saturating_add(1);
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(pending)
    }
}
