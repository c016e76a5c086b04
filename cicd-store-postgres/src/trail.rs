//! The chains of a database that is only looked at: in whatever state it is.

use std::fmt;

use async_trait::async_trait;
use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, StoreError};
use cicd_core::trail::Trail;

use crate::config::PostgresOptions;
use crate::error::{OpenError, store_error};
use crate::events;
use crate::sessions::{self, Sessions};
use crate::sql::parsed;
use crate::whole::whole;

/// Each tenant with an event or a head, by one step along the primary key for each tenant.
const TENANTS: &str = "
WITH RECURSIVE found (tenant) AS (
    SELECT min(tenant) FROM cicd_audit_event
    UNION ALL
    SELECT (SELECT min(tenant) FROM cicd_audit_event WHERE tenant > found.tenant)
    FROM found WHERE found.tenant IS NOT NULL
)
SELECT tenant FROM found WHERE tenant IS NOT NULL
UNION SELECT tenant FROM cicd_chain_head ORDER BY tenant";

/// Reads the chains of a PostgreSQL database. It writes nothing and refuses nothing: what is wrong with the chains is for who
/// verifies them to say.
#[derive(Clone)]
pub struct PostgresTrail {
    sessions: Sessions,
}

impl PostgresTrail {
    /// Connects to the server at `url` with a pool of its own.
    ///
    /// # Errors
    /// [`OpenError::Database`] when the server can't be reached, or the database has no chains.
    pub async fn connect(url: &str, options: &PostgresOptions) -> Result<Self, OpenError> {
        let pool = options.pool(url).await?;
        let are_secured = sessions::are_secured(&mut *pool.acquire().await?).await?;
        Ok(Self { sessions: Sessions { pool, are_secured } })
    }
}

#[async_trait]
impl Trail for PostgresTrail {
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let query = sqlx::query(if self.sessions.are_secured { sessions::TENANTS } else { TENANTS });
        let rows = query.fetch_all(&self.sessions.pool).await;
        rows.map_err(|error| store_error(&error))?.iter().map(|row| parsed(row, 0)).collect()
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        events::head(&self.sessions, tenant, chain).await
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        let (sessions, tenant, query) = (self.sessions.clone(), tenant.clone(), query.clone());
        // A page is received while whoever asked for it verifies the one before it.
        whole(async move { events::events(&sessions, &tenant, &query).await }).await
    }
}

impl fmt::Debug for PostgresTrail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresTrail").finish_non_exhaustive()
    }
}
