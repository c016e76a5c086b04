//! Events and heads of the chains.

use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, Order, StoreError};
use sqlx::QueryBuilder;
use sqlx::postgres::{PgRow, Postgres};

use crate::error::store_error;
use crate::sessions::{self, Sessions};
use crate::sql::{digest, get, head as read_head, integer, number, parsed, time};

const HEAD: &str = "SELECT seq, hash, at FROM cicd_chain_head WHERE tenant = $1 AND chain = $2";
const TENANTS: &str = "SELECT DISTINCT tenant FROM cicd_chain_head WHERE seq > 0 ORDER BY tenant";

/// The columns of an event, in the order that [`stored`] reads them.
pub(crate) const COLUMNS: &str = "seq, at, bytes, previous, hash";

/// The event that a row holds.
pub(crate) fn stored(chain: Chain, row: &PgRow) -> Result<StoredEvent, StoreError> {
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
    sessions: &Sessions,
    tenant: &TenantId,
    query: &EventQuery,
) -> Result<Vec<StoredEvent>, StoreError> {
    let mut statement = statement("SELECT ", tenant, query);
    let rows = sessions.fetch_all(Some(tenant), statement.build()).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    rows.iter().map(|row| stored(query.chain, row)).collect()
}

pub(crate) fn statement(verb: &str, tenant: &TenantId, query: &EventQuery) -> QueryBuilder<Postgres> {
    let filters = [
        ("release", query.release.map(|id| id.to_string())),
        ("run", query.run.map(|id| id.to_string())),
        ("deployment", query.deployment.as_ref().map(ToString::to_string)),
        ("service", query.service.as_ref().map(ToString::to_string)),
        ("kind", query.kind.clone()),
    ];
    let filters = filters.into_iter().filter_map(|(column, value)| Some((column, value?)));
    let mut sql = QueryBuilder::new(verb);
    sql.push(COLUMNS).push(" FROM cicd_audit_event");
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
    sessions: &Sessions,
    tenant: &TenantId,
    chain: Chain,
) -> Result<ChainHead, StoreError> {
    let query = sqlx::query(HEAD).bind(tenant.as_str()).bind(chain.as_str());
    let row = sessions.fetch_optional(Some(tenant), query).await.map_err(|error| store_error(&error))?;
    row.map_or(Ok(ChainHead::EMPTY), |row| read_head(&row, [0, 1, 2]))
}

/// Every tenant that has an event.
pub(crate) async fn tenants(sessions: &Sessions) -> Result<Vec<TenantId>, StoreError> {
    let query = sqlx::query(if sessions.are_secured { sessions::TENANTS } else { TENANTS });
    let rows = query.fetch_all(&sessions.pool).await.map_err(|error| store_error(&error))?;
    rows.iter().map(|row| parsed(row, 0)).collect()
}
