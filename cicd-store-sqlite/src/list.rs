//! Lists in pages. A page begins after the key that the last one ended with, so rows that come or go between two pages
//! move no other row.

use cicd_core::id::TenantId;
use cicd_core::page::{Limit, Page};
use cicd_core::port::{ListOrder, ListQuery, Place, Record, StoreError};
use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqlitePool};

use crate::error::store_error;
use crate::sql::{get, integer, number, record, table};

/// One page of rows.
pub(crate) async fn list(
    readers: &SqlitePool,
    tenant: &TenantId,
    query: &ListQuery,
    after: Option<&str>,
    limit: Limit,
) -> Result<Page<Record>, StoreError> {
    let after = after.map(str::parse::<Place>).transpose()?;
    let mut statement = statement("SELECT ", tenant, query, after.as_ref(), limit);
    let mut rows = statement.build().fetch_all(readers).await.map_err(|error| store_error(&error))?;
    let has_more = rows.len() > usize::from(limit.get());
    rows.truncate(usize::from(limit.get()));
    let last = rows.last().filter(|_| has_more);
    let next = last
        .map(|row| Ok(Place { number: number(get(row, 0)?), id: get(row, 1)? }.to_string()))
        .transpose()?;
    let kind = query.kind();
    let items = rows.iter().map(|row| record(kind, row, 2)).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}

pub(crate) fn statement(
    verb: &str,
    tenant: &TenantId,
    query: &ListQuery,
    after: Option<&Place>,
    limit: Limit,
) -> QueryBuilder<Sqlite> {
    let by = query.order();
    let mut sql = QueryBuilder::new(verb);
    sql.push(match by {
        ListOrder::Birth => "born, id, body FROM ",
        ListOrder::Revision => "revision, '', body FROM ",
        ListOrder::Key => "0, id, body FROM ",
    });
    sql.push(if matches!(by, ListOrder::Revision) { "cicd_revision" } else { table(query.kind()) });
    sql.push(" WHERE tenant = ").push_bind(tenant.to_string());
    let filters = query.filters();
    let by_deployment = filters.iter().any(|(column, _)| *column == "deployment");
    for (column, value) in filters {
        // A deployment is of one service: with both, an index of the deployment's is the narrower one.
        let column = if by_deployment && column == "service" { "+service" } else { column };
        sql.push(" AND ").push(column).push(" = ").push_bind(value);
    }
    let born = query.born();
    if let Some(from) = born.from {
        sql.push(" AND born >= ").push_bind(integer(from));
    }
    if let Some(to) = born.to {
        sql.push(" AND born <= ").push_bind(integer(to));
    }
    if let Some(after) = after {
        match by {
            ListOrder::Birth => {
                sql.push(if query.oldest_first() { " AND (born, id) > (" } else { " AND (born, id) < (" });
                sql.push_bind(integer(after.number)).push(", ");
                sql.push_bind(after.id.clone()).push(")")
            }
            ListOrder::Revision => sql.push(" AND revision < ").push_bind(integer(after.number)),
            ListOrder::Key => sql.push(" AND id > ").push_bind(after.id.clone()),
        };
    }
    sql.push(match by {
        ListOrder::Birth if query.oldest_first() => " ORDER BY born, id",
        ListOrder::Birth => " ORDER BY born DESC, id DESC",
        ListOrder::Revision => " ORDER BY revision DESC",
        ListOrder::Key => " ORDER BY id",
    });
    // One more than the page holds tells whether there is a next page.
    sql.push(" LIMIT ").push_bind(i64::from(limit.get()) + 1);
    sql
}
