//! Events and heads of the chains.

use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, Order, StoreError};
use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqlitePool, SqliteRow};

use crate::error::store_error;
use crate::sql::{digest, get, head as read_head, integer, number, parsed, time};

const HEAD: &str = "SELECT seq, hash, at FROM cicd_chain_head WHERE tenant = ?1 AND chain = ?2";
const TENANTS: &str = "SELECT DISTINCT tenant FROM cicd_chain_head ORDER BY tenant";

/// The columns of an event, in the order that [`stored`] reads them.
pub(crate) const COLUMNS: &str = "seq, at, bytes, previous, hash";

/// The event that a row holds.
pub(crate) fn stored(chain: Chain, row: &SqliteRow) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent {
        chain,
        seq: number(get(row, 0)?),
        at: time(row, 1)?,
        bytes: get(row, 2)?,
        previous: digest(row, 3)?,
        hash: digest(row, 4)?,
    })
}

/// The events that `query` asks for.
pub(crate) async fn events(
    readers: &SqlitePool,
    tenant: &TenantId,
    query: &EventQuery,
) -> Result<Vec<StoredEvent>, StoreError> {
    let mut statement = statement("SELECT ", tenant, query);
    let rows = statement.build().fetch_all(readers).await.map_err(|error| store_error(&error))?;
    rows.iter().map(|row| stored(query.chain, row)).collect()
}

pub(crate) fn statement(verb: &str, tenant: &TenantId, query: &EventQuery) -> QueryBuilder<Sqlite> {
    // The narrowest first: its index is the one that is used.
    let filters = [
        ("release", query.release.map(|id| id.to_string())),
        ("run", query.run.map(|id| id.to_string())),
        ("deployment", query.deployment.as_ref().map(ToString::to_string)),
        ("service", query.service.as_ref().map(ToString::to_string)),
        ("kind", query.kind.clone()),
    ];
    let mut filters = filters.into_iter().filter_map(|(column, value)| Some((column, value?))).peekable();
    let mut sql = QueryBuilder::new(verb);
    sql.push(COLUMNS).push(" FROM cicd_audit_event");
    if let Some((column, _)) = filters.peek() {
        // Left to itself, SQLite walks the whole chain: it takes the chain for short.
        sql.push(" INDEXED BY cicd_audit_event_by_").push(column);
    }
    sql.push(" WHERE tenant = ").push_bind(tenant.to_string());
    sql.push(" AND chain = ").push_bind(query.chain.as_str());
    for (column, value) in filters {
        sql.push(" AND ").push(column).push(" = ").push_bind(value);
    }
    let (beyond, order) = match query.order {
        Order::OldestFirst => (" AND seq > ", " ORDER BY seq"),
        Order::NewestFirst => (" AND seq < ", " ORDER BY seq DESC"),
    };
    if let Some(after) = query.after {
        sql.push(beyond).push_bind(integer(after));
    }
    sql.push(order).push(" LIMIT ").push_bind(i64::from(query.limit.clamp(1, EventQuery::MAX_LIMIT)));
    sql
}

/// The end of a chain.
pub(crate) async fn head(
    readers: &SqlitePool,
    tenant: &TenantId,
    chain: Chain,
) -> Result<ChainHead, StoreError> {
    let query = sqlx::query(HEAD).bind(tenant.as_str()).bind(chain.as_str());
    let row = query.fetch_optional(readers).await.map_err(|error| store_error(&error))?;
    row.map_or(Ok(ChainHead::EMPTY), |row| read_head(&row, [0, 1, 2]))
}

/// Every tenant that has an event.
pub(crate) async fn tenants(readers: &SqlitePool) -> Result<Vec<TenantId>, StoreError> {
    let rows = sqlx::query(TENANTS).fetch_all(readers).await.map_err(|error| store_error(&error))?;
    rows.iter().map(|row| parsed(row, 0)).collect()
}
