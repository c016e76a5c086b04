//! The sessions that statements run in, and whose rows they see there.
//!
//! Where row-level security is on, a statement about a tenant has its session to itself: the tenant is named before it and
//! unnamed after it, so that nobody who gets the connection next is left with it, the host's own statements included. Where it
//! is off, nothing more than the statement is sent.

#[cfg(test)]
mod tests;

use cicd_core::id::TenantId;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgRow, Postgres};
use sqlx::query::Query;

/// Whether policies say which rows this role sees: not on a database without them, nor for who passes them by.
const IS_SECURED: &str = "SELECT row_security_active('cicd_chain_head')";
/// A session that was opened to fail rather than be shown less is told that this is meant.
const ENTER: &str = "SELECT set_config('cicd.tenant', $1, false), set_config('row_security', 'on', false)";
const LEAVE: &str = "SELECT set_config('cicd.tenant', '', false)";
/// Each tenant, where row-level security is on.
pub(crate) const TENANTS: &str = "SELECT cicd_tenants()";

/// A statement with its values.
pub(crate) type Sql<'q> = Query<'q, Postgres, PgArguments>;

/// The connections of a store.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    pub(crate) pool: PgPool,
    /// Whether row-level security was on when the store was opened.
    pub(crate) are_secured: bool,
}

impl Sessions {
    /// The rows that a statement about `tenant` gives; one about no tenant, such as a claim, names none.
    pub(crate) async fn fetch_all(
        &self,
        tenant: Option<&TenantId>,
        query: Sql<'_>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        if !self.are_secured {
            return query.fetch_all(&self.pool).await;
        }
        let mut session = self.enter(tenant).await?;
        let rows = query.fetch_all(session.connection()).await;
        session.leave().await;
        rows
    }

    /// The first row that a statement about `tenant` gives.
    pub(crate) async fn fetch_optional(
        &self,
        tenant: Option<&TenantId>,
        query: Sql<'_>,
    ) -> Result<Option<PgRow>, sqlx::Error> {
        Ok(self.fetch_all(tenant, query).await?.into_iter().next())
    }

    /// How many rows a statement about `tenant` changed.
    pub(crate) async fn execute(&self, tenant: &TenantId, query: Sql<'_>) -> Result<u64, sqlx::Error> {
        if !self.are_secured {
            return Ok(query.execute(&self.pool).await?.rows_affected());
        }
        let mut session = self.enter(Some(tenant)).await?;
        let done = query.execute(session.connection()).await;
        session.leave().await;
        Ok(done?.rows_affected())
    }

    /// A session on which statements about `tenant` follow.
    pub(crate) async fn enter(&self, tenant: Option<&TenantId>) -> Result<Session, sqlx::Error> {
        let connection = self.pool.acquire().await?;
        // Until it was left, whatever ends this also ends the connection.
        let mut session = Session { connection, is_clean: !self.are_secured };
        if self.are_secured {
            enter(session.connection(), tenant.map_or("", TenantId::as_str)).await?;
        }
        Ok(session)
    }
}

/// A connection of a pool on which a tenant may be named. It goes back to the pool only once it names nobody.
#[derive(Debug)]
pub(crate) struct Session {
    connection: PoolConnection<Postgres>,
    is_clean: bool,
}

impl Session {
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Names nobody any more, and gives the connection back. One that does not answer is closed: what it was asked for is
    /// known already.
    pub(crate) async fn leave(mut self) {
        if !self.is_clean {
            self.is_clean = sqlx::query(LEAVE).execute(self.connection()).await.is_ok();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.is_clean {
            self.connection.close_on_drop();
        }
    }
}

/// Whether row-level security is on for this role.
pub(crate) async fn are_secured(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(IS_SECURED).fetch_one(connection).await
}

/// Names the tenant whose rows a session of the caller's own sees from now on.
pub(crate) async fn enter(connection: &mut PgConnection, tenant: &str) -> Result<(), sqlx::Error> {
    sqlx::query(ENTER).bind(tenant).execute(connection).await?;
    Ok(())
}

/// Whose rows are to be looked at one after the other, to have looked at all: each tenant's where row-level security is on,
/// else those of everybody at once, for which nobody is named.
pub(crate) async fn views(connection: &mut PgConnection) -> Result<Vec<Option<String>>, sqlx::Error> {
    if !are_secured(connection).await? {
        return Ok(vec![None]);
    }
    let tenants: Vec<String> = sqlx::query_scalar(TENANTS).fetch_all(connection).await?;
    Ok(tenants.into_iter().map(Some).collect())
}
