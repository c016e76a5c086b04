//! Events and heads of the chains.

use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, Order, StoreError, Topic};
use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqlitePool, SqliteRow};

use crate::error::store_error;
use crate::sql::{digest, get, head as read_head, integer, number, parsed, time};

const HEAD: &str = "SELECT seq, hash, at FROM cicd_chain_head WHERE tenant = ?1 AND chain = ?2";
const TENANTS: &str = "SELECT DISTINCT tenant FROM cicd_chain_head ORDER BY tenant";

/// Who acted, as `cicd_audit_event_by_actor` has it.
const ACTOR: &str = "coalesce(bytes ->> '$.actor.id', bytes ->> '$.actor.part')";

/// What [`Topic::Governance`] covers, as `cicd_audit_event_by_governance` has it.
const GOVERNANCE: &str = "deployment IS NULL AND kind IN ('freeze.added', 'freeze.lifted', 'policy.changed')";

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
    let events = rows.iter().map(|row| stored(query.chain, row)).collect::<Result<_, _>>()?;
    Ok(query.merged(events))
}

pub(crate) fn statement(verb: &str, tenant: &TenantId, query: &EventQuery) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(verb);
    sql.push(COLUMNS).push(" FROM ");
    if query.about.is_empty() {
        narrowed(&mut sql, tenant, query, None);
        return sql;
    }
    // A search of its own for each topic: no index serves two, and one condition on all would read the whole chain.
    let mut opening = "(";
    for topic in query.about.iter().take(EventQuery::MAX_TOPICS) {
        sql.push(opening).push("SELECT * FROM (SELECT ").push(COLUMNS).push(" FROM ");
        narrowed(&mut sql, tenant, query, Some(topic));
        sql.push(")");
        opening = " UNION ALL ";
    }
    sql.push(") AS found");
    sql
}

/// The table with the index to use, conditions, order and limit.
fn narrowed(sql: &mut QueryBuilder<Sqlite>, tenant: &TenantId, query: &EventQuery, topic: Option<&Topic>) {
    let topic = topic.map(|topic| match topic {
        Topic::Service(id) => ("service", "service", Some(id.to_string())),
        Topic::Deployment(id) => ("deployment", "deployment", Some(id.to_string())),
        Topic::Release(id) => ("release", "release", Some(id.to_string())),
        Topic::Run(id) => ("run", "run", Some(id.to_string())),
        Topic::Governance => ("governance", GOVERNANCE, None),
    });
    // The narrowest first: its index is the one that is used.
    let filters = [
        topic,
        query.release.map(|id| ("release", "release", Some(id.to_string()))),
        query.run.map(|id| ("run", "run", Some(id.to_string()))),
        query.deployment.as_ref().map(|id| ("deployment", "deployment", Some(id.to_string()))),
        query.actor.clone().map(|actor| ("actor", ACTOR, Some(actor))),
        query.service.as_ref().map(|id| ("service", "service", Some(id.to_string()))),
        query.kind.clone().map(|kind| ("kind", "kind", Some(kind))),
    ];
    let mut filters = filters.into_iter().flatten().peekable();
    sql.push("cicd_audit_event");
    if let Some((index, _, _)) = filters.peek() {
        // Left to itself, SQLite walks the whole chain: it takes the chain for short.
        sql.push(" INDEXED BY cicd_audit_event_by_").push(index);
    }
    sql.push(" WHERE tenant = ").push_bind(tenant.to_string());
    sql.push(" AND chain = ").push_bind(query.chain.as_str());
    for (_, condition, value) in filters {
        sql.push(" AND ").push(condition);
        if let Some(value) = value {
            sql.push(" = ").push_bind(value);
        }
    }
    ends(sql, query);
}

fn ends(sql: &mut QueryBuilder<Sqlite>, query: &EventQuery) {
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
