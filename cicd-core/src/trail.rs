//! The audit trail of a store, read from end to end by whoever runs it: verified, and told event by event. Every store is
//! a [`Trail`]; a reader that only looks at a database, in whatever state it is, can be one too.

mod selection;
mod verify;

use async_trait::async_trait;

use crate::audit::{Chain, ChainHead, StoredEvent};
use crate::id::TenantId;
use crate::port::{EventQuery, Store, StoreError};

pub use crate::audit::ChainReport;
pub use selection::{Selected, Selection};
pub use verify::{Known, verify, verify_tenant};

/// The chains of each tenant: a tenant's two chains, in this order.
pub const CHAINS: [Chain; 2] = [Chain::Ledger, Chain::Security];

/// Reads events and heads, and changes nothing.
///
/// - A tenant is listed when it has an event or a head.
/// - A read fails with [`StoreError::Corrupt`] when something in what it asks for can't be read.
#[async_trait]
pub trait Trail: Send + Sync {
    /// Every tenant, in the order of their names.
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError>;

    /// What the database says is the end of a chain; [`ChainHead::EMPTY`] when it says nothing.
    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError>;

    /// Events of a chain, as [`Store::events`] gives them.
    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError>;
}

#[async_trait]
impl<S: Store + ?Sized> Trail for S {
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        Store::tenants(self).await
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        Store::head(self, tenant, chain).await
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        Store::events(self, tenant, query).await
    }
}
