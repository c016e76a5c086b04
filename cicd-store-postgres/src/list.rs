//! Lists in pages. A page begins after the key that the last one ended with, so rows that come or go between two pages
//! move no other row.

use cicd_core::id::TenantId;
use cicd_core::page::{Limit, Page};
use cicd_core::port::{ListQuery, Record, RecordKind, StoreError};
use sqlx::QueryBuilder;
use sqlx::postgres::{PgPool, Postgres};

use crate::error::{invalid, store_error};
use crate::sql::{get, integer, number, record, table};

/// Where a row stands in its list: the number that it is ordered by, and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) number: u64,
    pub(crate) id: String,
}

impl Place {
    fn write(&self) -> String {
        format!("{}~{}", self.number, self.id)
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        let parts = text.split_once('~').and_then(|(number, id)| Some((number.parse().ok()?, id)));
        let (number, id) = parts.ok_or_else(|| {
            invalid(format!("`{text}` is not where a page begins; accepted: the `next` of a page"))
        })?;
        Ok(Self { number, id: id.to_owned() })
    }
}

/// How a list is ordered.
#[derive(Clone, Copy)]
enum By {
    /// The newest first.
    Birth,
    /// The newest first.
    Revision,
    /// By its key.
    Key,
}

/// One page of rows.
pub(crate) async fn list(
    pool: &PgPool,
    tenant: &TenantId,
    query: &ListQuery,
    after: Option<&str>,
    limit: Limit,
) -> Result<Page<Record>, StoreError> {
    let after = after.map(Place::read).transpose()?;
    let mut statement = statement("SELECT ", tenant, query, after.as_ref(), limit);
    let mut rows = statement.build().fetch_all(pool).await.map_err(|error| store_error(&error))?;
    let has_more = rows.len() > usize::from(limit.get());
    rows.truncate(usize::from(limit.get()));
    let last = rows.last().filter(|_| has_more);
    let next =
        last.map(|row| Ok(Place { number: number(get(row, 0)?), id: get(row, 1)? }.write())).transpose()?;
    let kind = kind(query);
    let items = rows.iter().map(|row| record(kind, row, 2)).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}

pub(crate) fn statement(
    verb: &str,
    tenant: &TenantId,
    query: &ListQuery,
    after: Option<&Place>,
    limit: Limit,
) -> QueryBuilder<Postgres> {
    let by = order(query);
    let mut sql = QueryBuilder::new(verb);
    sql.push(match by {
        By::Birth => "born, id, body::text FROM ",
        By::Revision => "revision::bigint, '', body::text FROM ",
        By::Key => "0::bigint, id, body::text FROM ",
    });
    sql.push(if matches!(by, By::Revision) { "cicd_revision" } else { table(kind(query)) });
    sql.push(" WHERE tenant = ").push_bind(tenant.to_string());
    for (column, value) in filters(query) {
        sql.push(" AND ").push(column).push(" = ").push_bind(value);
    }
    if let Some(after) = after {
        match by {
            By::Birth => {
                sql.push(" AND (born, id) < (").push_bind(integer(after.number)).push(", ");
                sql.push_bind(after.id.clone()).push(")")
            }
            By::Revision => sql.push(" AND revision < ").push_bind(integer(after.number)),
            By::Key => sql.push(" AND id > ").push_bind(after.id.clone()),
        };
    }
    sql.push(match by {
        By::Birth => " ORDER BY born DESC, id DESC",
        // Named in full: alone it would be the column of the answer, which no index is in the order of.
        By::Revision => " ORDER BY cicd_revision.revision DESC",
        By::Key => " ORDER BY id",
    });
    // One more than the page holds tells whether there is a next page.
    sql.push(" LIMIT ").push_bind(i64::from(limit.get()) + 1);
    sql
}

const fn order(query: &ListQuery) -> By {
    match query {
        ListQuery::CiRuns { .. } | ListQuery::Releases { .. } | ListQuery::Ledger { .. } => By::Birth,
        ListQuery::Revisions { .. } => By::Revision,
        ListQuery::Services
        | ListQuery::Deployments { .. }
        | ListQuery::Freezes
        | ListQuery::Locks
        | ListQuery::Grants
        | ListQuery::Tokens
        | ListQuery::PolicyFloors => By::Key,
    }
}

const fn kind(query: &ListQuery) -> RecordKind {
    match query {
        ListQuery::Services => RecordKind::Service,
        ListQuery::Deployments { .. } => RecordKind::Deployment,
        ListQuery::CiRuns { .. } => RecordKind::CiRun,
        ListQuery::Releases { .. } => RecordKind::Release,
        ListQuery::Ledger { .. } => RecordKind::LedgerEntry,
        ListQuery::Revisions { kind, .. } => *kind,
        ListQuery::Freezes => RecordKind::Freeze,
        ListQuery::Locks => RecordKind::Lock,
        ListQuery::Grants => RecordKind::Grant,
        ListQuery::Tokens => RecordKind::Token,
        ListQuery::PolicyFloors => RecordKind::PolicyFloor,
    }
}

/// The columns that a query filters by, and their values.
fn filters(query: &ListQuery) -> Vec<(&'static str, String)> {
    let mut filters = Vec::new();
    let mut filter = |column, value: Option<String>| filters.extend(value.map(|value| (column, value)));
    match query {
        ListQuery::Deployments { service } => filter("service", service.as_ref().map(ToString::to_string)),
        ListQuery::CiRuns { service, status } => {
            filter("service", service.as_ref().map(ToString::to_string));
            filter("status", status.clone());
        }
        ListQuery::Releases { service, deployment, status } => {
            filter("deployment", deployment.as_ref().map(ToString::to_string));
            filter("service", service.as_ref().map(ToString::to_string));
            filter("status", status.clone());
        }
        ListQuery::Ledger { deployment } => filter("deployment", Some(deployment.to_string())),
        ListQuery::Revisions { kind, id } => {
            filter("kind", Some(kind.as_str().to_owned()));
            filter("id", Some(id.clone()));
        }
        ListQuery::Services
        | ListQuery::Freezes
        | ListQuery::Locks
        | ListQuery::Grants
        | ListQuery::Tokens
        | ListQuery::PolicyFloors => {}
    }
    filters
}
