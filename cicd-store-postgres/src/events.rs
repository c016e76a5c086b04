//! Events and heads of the chains.

use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, Order, StoreError, Topic};
use sqlx::QueryBuilder;
use sqlx::postgres::{PgRow, Postgres};

use crate::error::store_error;
use crate::sessions::{self, Sessions};
use crate::sql::{digest, get, head as read_head, integer, number, parsed, time};

const HEAD: &str = "SELECT seq, hash, at FROM cicd_chain_head WHERE tenant = $1 AND chain = $2";
const TENANTS: &str = "SELECT DISTINCT tenant FROM cicd_chain_head WHERE seq > 0 ORDER BY tenant";

/// Who acted, as `cicd_audit_event_by_actor` has it.
const ACTOR: &str = "coalesce(bytes::json #>> '{actor,id}', bytes::json #>> '{actor,part}') COLLATE \"C\"";

/// What [`Topic::Governance`] covers, as `cicd_audit_event_by_governance` has it.
const GOVERNANCE: &str =
    " AND deployment IS NULL AND kind IN ('freeze.added', 'freeze.lifted', 'policy.changed')";

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
    let events = rows.iter().map(|row| stored(query.chain, row)).collect::<Result<_, _>>()?;
    Ok(query.merged(events))
}

pub(crate) fn statement(verb: &str, tenant: &TenantId, query: &EventQuery) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(verb);
    sql.push(COLUMNS).push(" FROM ");
    if query.about.is_empty() {
        sql.push("cicd_audit_event");
        narrowed(&mut sql, tenant, query, None);
        return sql;
    }
    // A search of its own for each topic: no index serves two, and one condition on all would read the whole chain.
    let mut opening = "(";
    for topic in query.about.iter().take(EventQuery::MAX_TOPICS) {
        sql.push(opening).push("(SELECT ").push(COLUMNS).push(" FROM cicd_audit_event");
        narrowed(&mut sql, tenant, query, Some(topic));
        sql.push(")");
        opening = " UNION ALL ";
    }
    sql.push(") AS found");
    sql
}

/// Conditions, order and limit.
fn narrowed(sql: &mut QueryBuilder<Postgres>, tenant: &TenantId, query: &EventQuery, topic: Option<&Topic>) {
    let filters = [
        ("release", query.release.map(|id| id.to_string())),
        ("run", query.run.map(|id| id.to_string())),
        ("deployment", query.deployment.as_ref().map(ToString::to_string)),
        ("service", query.service.as_ref().map(ToString::to_string)),
        ("kind", query.kind.clone()),
        (ACTOR, query.actor.clone()),
    ];
    sql.push(" WHERE tenant = ").push_bind(tenant.to_string());
    sql.push(" AND chain = ").push_bind(query.chain.as_str());
    match topic {
        Some(Topic::Service(id)) => sql.push(" AND service = ").push_bind(id.to_string()),
        Some(Topic::Deployment(id)) => sql.push(" AND deployment = ").push_bind(id.to_string()),
        Some(Topic::Release(id)) => sql.push(" AND release = ").push_bind(id.to_string()),
        Some(Topic::Run(id)) => sql.push(" AND run = ").push_bind(id.to_string()),
        Some(Topic::Governance) => sql.push(GOVERNANCE),
        None => sql,
    };
    for (column, value) in filters {
        if let Some(value) = value {
            sql.push(" AND ").push(column).push(" = ").push_bind(value);
        }
    }
    let (after, to, order) = match query.order {
        Order::OldestFirst => (" AND seq > ", " AND seq <= ", " ORDER BY seq"),
        Order::NewestFirst => (" AND seq < ", " AND seq >= ", " ORDER BY seq DESC"),
    };
    for (beyond, seq) in [(after, query.after), (to, query.to)] {
        if let Some(seq) = seq {
            sql.push(beyond).push_bind(integer(seq));
        }
    }
    sql.push(order).push(" LIMIT ").push_bind(i64::from(query.limit.clamp(1, EventQuery::MAX_LIMIT)));
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
