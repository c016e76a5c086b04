//! The chains of a database that is only looked at: while a host holds it, and in whatever state it is.

use std::fmt;
use std::path::Path;

use async_trait::async_trait;
use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, StoreError};
use cicd_core::trail::Trail;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

use crate::config::looking;
use crate::error::{OpenError, store_error};
use crate::sql::parsed;
use crate::{events, oracle};

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

/// How many rows may wait between SQLite's thread and ours: a page, so that the next one is read while one is verified.
const ROWS: usize = EventQuery::MAX_LIMIT as usize + 24;

/// Reads the chains of a SQLite database. It takes no lock, writes nothing and refuses nothing: what is wrong with the
/// chains is for who verifies them to say.
#[derive(Clone)]
pub struct SqliteTrail {
    readers: SqlitePool,
}

impl SqliteTrail {
    /// Opens the database at `path` to read it.
    ///
    /// # Errors
    /// [`OpenError::Io`] when there is no such file, [`OpenError::Database`] when it is not a database or has no chains.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let connect = looking(path.as_ref())?
            .pragma("query_only", "ON")
            .row_buffer_size(ROWS)
            .thread_name(|_| "cicd-sqlite-trail".to_owned());
        let one = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
        let readers = one.connect_with(connect).await?;
        sqlx::query("SELECT 1 FROM cicd_audit_event, cicd_chain_head LIMIT 1").execute(&readers).await?;
        Ok(Self { readers })
    }

    /// What is wrong with the file and with what it holds, one line each; empty on a sound database. It reads everything.
    pub(crate) async fn oracle(&self) -> Result<Vec<String>, StoreError> {
        oracle::broken(&self.readers).await
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
    }
}

#[async_trait]
impl Trail for SqliteTrail {
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let rows = sqlx::query(TENANTS).fetch_all(&self.readers).await;
        rows.map_err(|error| store_error(&error))?.iter().map(|row| parsed(row, 0)).collect()
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        events::head(&self.readers, tenant, chain).await
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        events::events(&self.readers, tenant, query).await
    }
}

impl fmt::Debug for SqliteTrail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteTrail").finish_non_exhaustive()
    }
}
