//! Leases: they touch only the table of work, never state, and write no event.

use cicd_core::id::TenantId;
use cicd_core::port::{ClaimRequest, Lease, StoreError};
use cicd_core::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::error::store_error;
use crate::sql::{get, integer, number, parsed, work_columns, work_key};

const CLAIM: &str = "
UPDATE cicd_work SET epoch = epoch + 1, lease_owner = ?1, lease_until = ?2
WHERE (tenant, kind, id) IN (
    SELECT tenant, kind, id FROM cicd_work
    WHERE due_at <= ?3 AND (lease_until IS NULL OR lease_until <= ?3)
    ORDER BY due_at, tenant, kind, id LIMIT ?4
)
RETURNING due_at, tenant, kind, id, epoch";

const RENEW: &str = "
UPDATE cicd_work SET lease_owner = ?1, lease_until = ?2
WHERE tenant = ?3 AND kind = ?4 AND id = ?5 AND epoch = ?6 AND lease_until > ?7";

const RELEASE: &str = "
UPDATE cicd_work SET lease_owner = NULL, lease_until = NULL, due_at = ?1
WHERE tenant = ?2 AND kind = ?3 AND id = ?4 AND epoch = ?5 AND lease_until > ?6";

const ACK: &str = "
UPDATE cicd_work SET lease_owner = NULL, lease_until = NULL, due_at = committed_due_at
WHERE tenant = ?1 AND kind = ?2 AND id = ?3 AND epoch = ?4 AND lease_until > ?5";

const VOID: &str =
    "UPDATE cicd_work SET lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL";

/// Gives work that is due and unheld to the worker, the longest due first.
pub(crate) async fn claim(
    connection: &mut SqliteConnection,
    request: ClaimRequest,
    now: Timestamp,
) -> Result<Vec<Lease>, StoreError> {
    let until = now.plus_micros(request.lease_micros);
    let query = sqlx::query(CLAIM).bind(request.worker.0.to_string()).bind(until.as_micros());
    let query = query.bind(now.as_micros()).bind(i64::from(request.limit));
    let rows = query.fetch_all(connection).await.map_err(|error| store_error(&error))?;
    let mut claimed: Vec<(i64, Lease)> = Vec::with_capacity(rows.len());
    for row in &rows {
        let tenant: TenantId = parsed(row, 1)?;
        let (work, epoch) = (work_key(row, [2, 3])?, number(get(row, 4)?));
        claimed.push((get(row, 0)?, Lease { tenant, work, worker: request.worker, epoch, until, now }));
    }
    // RETURNING has no order of its own.
    claimed.sort_by(|(a_due, a), (b_due, b)| (a_due, &a.tenant, a.work).cmp(&(b_due, &b.tenant, b.work)));
    Ok(claimed.into_iter().map(|(_, lease)| lease).collect())
}

/// Holds the lease from now on, if it is the latest and holds.
pub(crate) async fn renew(
    connection: &mut SqliteConnection,
    lease: Lease,
    lease_micros: u64,
    now: Timestamp,
) -> Result<Lease, StoreError> {
    let until = now.plus_micros(lease_micros);
    let (kind, id) = work_columns(lease.work);
    let query = sqlx::query(RENEW).bind(lease.worker.0.to_string()).bind(until.as_micros());
    let query = query.bind(lease.tenant.as_str()).bind(kind).bind(id);
    let query = query.bind(integer(lease.epoch)).bind(now.as_micros());
    let done = query.execute(connection).await.map_err(|error| store_error(&error))?;
    if done.rows_affected() == 0 { Err(StoreError::LeaseLost) } else { Ok(Lease { until, now, ..lease }) }
}

/// Gives the lease up; the work is due when the holder asks, or else when the last commit said.
pub(crate) async fn give_up(
    connection: &mut SqliteConnection,
    lease: &Lease,
    asked: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (kind, id) = work_columns(lease.work);
    let query = match asked {
        Some(due) => sqlx::query(RELEASE).bind(due.as_micros()),
        None => sqlx::query(ACK),
    };
    let query = query.bind(lease.tenant.as_str()).bind(kind).bind(id);
    let query = query.bind(integer(lease.epoch)).bind(now.as_micros());
    let done = query.execute(connection).await.map_err(|error| store_error(&error))?;
    if done.rows_affected() == 0 { Err(StoreError::LeaseLost) } else { Ok(()) }
}

/// Voids every lease: whoever held one died with the process that held the file before.
pub(crate) async fn void(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query(VOID).execute(connection).await.map(drop)
}
