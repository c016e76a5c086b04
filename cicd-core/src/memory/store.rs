//! The store: one lock around the rows of every tenant.

mod commit;
mod events;
mod lease;
mod list;
mod load;
mod tenant;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::Clock;
use crate::audit::{Chain, ChainHead, StoredEvent};
use crate::authz::Token;
use crate::digest::Digest;
use crate::id::{TenantId, TokenId};
use crate::page::{Limit, Page};
use crate::port::{
    ChangeSet, ClaimRequest, Committed, EventQuery, Lease, ListQuery, Load, Record, Snapshot, Store,
    StoreError,
};
use crate::time::Timestamp;
use tenant::Tenant;

/// A store that lives as long as its process. Clones are the same store.
///
/// Lists and loads look at every row of their kind: it is for small histories.
#[derive(Clone)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    tenants: Arc<Mutex<Tenants>>,
}

type Tenants = BTreeMap<TenantId, Tenant>;

impl MemoryStore {
    /// An empty store whose time is `clock`'s.
    ///
    /// ```
    /// use cicd_core::memory::{MemoryStore, SteppedClock};
    /// let clock = SteppedClock::default();
    /// let store = MemoryStore::new(clock.clone());
    /// ```
    #[must_use]
    pub fn new(clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), tenants: Arc::default() }
    }

    /// The rows. Nothing is written before all of a commit has been computed, so a panic can't have left half of one.
    fn tenants(&self) -> MutexGuard<'_, Tenants> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads from the tenant's rows; a tenant without any is an empty one.
    fn read<T>(&self, tenant: &TenantId, read: impl FnOnce(&Tenant, Timestamp) -> T) -> T {
        let tenants = self.tenants();
        let now = self.clock.now();
        match tenants.get(tenant) {
            Some(rows) => read(rows, now),
            None => read(&Tenant::default(), now),
        }
    }

    /// Writes to the rows of the lease's tenant.
    fn with_lease<T>(
        &self,
        lease: &Lease,
        write: impl FnOnce(&mut Tenant, Timestamp) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut tenants = self.tenants();
        let now = self.clock.now();
        write(tenants.get_mut(&lease.tenant).ok_or(StoreError::LeaseLost)?, now)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn load(&self, tenant: &TenantId, load: &Load) -> Result<Snapshot, StoreError> {
        Ok(self.read(tenant, |rows, now| rows.load(load, now)))
    }

    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        let mut tenants = self.tenants();
        let now = self.clock.now();
        if let Some(rows) = tenants.get_mut(change.tenant()) {
            return rows.commit(&change, now);
        }
        let mut rows = Tenant::default();
        let committed = rows.commit(&change, now)?;
        tenants.insert(change.tenant().clone(), rows);
        Ok(committed)
    }

    async fn list(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError> {
        self.read(tenant, |rows, _| rows.list(query, after, limit))
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.read(tenant, |rows, _| rows.chain(query.chain).select(query)))
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        Ok(self.read(tenant, |rows, _| rows.chain(chain).head()))
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        Ok(self.tenants().keys().cloned().collect())
    }

    async fn token(&self, hash: Digest) -> Result<Option<(TenantId, Token, Timestamp)>, StoreError> {
        let tenants = self.tenants();
        let now = self.clock.now();
        let found = tenants.iter().find_map(|(id, rows)| rows.token(hash).map(|token| (id, token)));
        Ok(found.map(|(id, token)| (id.clone(), token.clone(), now)))
    }

    async fn use_token(&self, tenant: &TenantId, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(rows) = self.tenants().get_mut(tenant) {
            let used = rows.token_uses.entry(token).or_insert(at);
            *used = at.max(*used);
        }
        Ok(())
    }

    async fn token_uses(
        &self,
        tenant: &TenantId,
        tokens: &[TokenId],
    ) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
        let used = |rows: &Tenant, token: &TokenId| Some((*token, *rows.token_uses.get(token)?));
        Ok(self.read(tenant, |rows, _| tokens.iter().filter_map(|token| used(rows, token)).collect()))
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Lease>, StoreError> {
        let mut tenants = self.tenants();
        Ok(lease::claim(&mut tenants, request, self.clock.now()))
    }

    async fn renew(&self, lease: &Lease, lease_micros: u64) -> Result<Lease, StoreError> {
        self.with_lease(lease, |rows, now| {
            let until = now.plus_micros(lease_micros);
            rows.held(lease, now)?.renew(lease.worker, until);
            Ok(Lease { until, now, ..lease.clone() })
        })
    }

    async fn release(&self, lease: &Lease, due: Timestamp) -> Result<(), StoreError> {
        self.with_lease(lease, |rows, now| {
            rows.held(lease, now)?.give_up(Some(due));
            Ok(())
        })
    }

    async fn ack(&self, lease: &Lease) -> Result<(), StoreError> {
        self.with_lease(lease, |rows, now| {
            rows.held(lease, now)?.give_up(None);
            Ok(())
        })
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("now", &self.clock.now()).finish_non_exhaustive()
    }
}
