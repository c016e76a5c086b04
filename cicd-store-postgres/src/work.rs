//! Leases: they touch only the table of work, never state, and write no event. Each verb is one statement, at the server's
//! time.

use cicd_core::id::TenantId;
use cicd_core::port::{ClaimRequest, Lease, StoreError};
use cicd_core::time::Timestamp;

use crate::error::store_error;
use crate::sessions::Sessions;
use crate::sql::{get, integer, number, parsed, time, work_columns, work_key};

/// Workers pass over what another one is claiming or a commit is checking.
const CLAIM: &str = "
WITH clock (now) AS MATERIALIZED (SELECT cicd_now()),
due AS MATERIALIZED (
    SELECT tenant, kind, id FROM cicd_work
    WHERE due_at <= (SELECT now FROM clock) AND (lease_until IS NULL OR lease_until <= (SELECT now FROM clock))
    ORDER BY due_at, tenant, kind, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE cicd_work AS work SET epoch = work.epoch + 1, lease_owner = $1, lease_until = clock.now + $2
FROM due, clock WHERE (work.tenant, work.kind, work.id) = (due.tenant, due.kind, due.id)
RETURNING work.due_at, work.tenant, work.kind, work.id, work.epoch, clock.now";

const RENEW: &str = "
WITH clock (now) AS MATERIALIZED (SELECT cicd_now())
UPDATE cicd_work SET lease_owner = $1, lease_until = clock.now + $2 FROM clock
WHERE tenant = $3 AND kind = $4 AND id = $5 AND epoch = $6 AND lease_until > clock.now
RETURNING clock.now";

const RELEASE: &str = "
UPDATE cicd_work SET lease_owner = NULL, lease_until = NULL, due_at = $5
WHERE tenant = $1 AND kind = $2 AND id = $3 AND epoch = $4 AND lease_until > cicd_now()";

const ACK: &str = "
UPDATE cicd_work SET lease_owner = NULL, lease_until = NULL, due_at = committed_due_at
WHERE tenant = $1 AND kind = $2 AND id = $3 AND epoch = $4 AND lease_until > cicd_now()";

/// Gives work that is due and unheld to the worker, the longest due first.
pub(crate) async fn claim(sessions: &Sessions, request: ClaimRequest) -> Result<Vec<Lease>, StoreError> {
    let query = sqlx::query(CLAIM).bind(request.worker.0.to_string());
    let query = query.bind(integer(request.lease_micros)).bind(i64::from(request.limit));
    let rows = sessions.fetch_all(None, query).await.map_err(|error| store_error(&error))?;
    let mut claimed: Vec<(i64, Lease)> = Vec::with_capacity(rows.len());
    for row in &rows {
        let tenant: TenantId = parsed(row, 1)?;
        let (work, epoch, now) = (work_key(row, [2, 3])?, number(get(row, 4)?), time(row, 5)?);
        let until = now.plus_micros(request.lease_micros);
        claimed.push((get(row, 0)?, Lease { tenant, work, worker: request.worker, epoch, until, now }));
    }
    // RETURNING has no order of its own.
    claimed.sort_by(|(a_due, a), (b_due, b)| (a_due, &a.tenant, a.work).cmp(&(b_due, &b.tenant, b.work)));
    Ok(claimed.into_iter().map(|(_, lease)| lease).collect())
}

/// Holds the lease from now on, if it is the latest and holds.
pub(crate) async fn renew(sessions: &Sessions, lease: Lease, lease_micros: u64) -> Result<Lease, StoreError> {
    let (kind, id) = work_columns(lease.work);
    let query = sqlx::query(RENEW).bind(lease.worker.0.to_string()).bind(integer(lease_micros));
    let query = query.bind(lease.tenant.as_str()).bind(kind).bind(id).bind(integer(lease.epoch));
    let row =
        sessions.fetch_optional(Some(&lease.tenant), query).await.map_err(|error| store_error(&error))?;
    let now = time(&row.ok_or(StoreError::LeaseLost)?, 0)?;
    Ok(Lease { until: now.plus_micros(lease_micros), now, ..lease })
}

/// Gives the lease up; the work is due when the holder asks, or else when the last commit said.
pub(crate) async fn give_up(
    sessions: &Sessions,
    lease: &Lease,
    asked: Option<Timestamp>,
) -> Result<(), StoreError> {
    let (kind, id) = work_columns(lease.work);
    let query = sqlx::query(if asked.is_some() { RELEASE } else { ACK });
    let query = query.bind(lease.tenant.as_str()).bind(kind).bind(id).bind(integer(lease.epoch));
    let query = match asked {
        Some(due) => query.bind(due.as_micros()),
        None => query,
    };
    let done = sessions.execute(&lease.tenant, query).await.map_err(|error| store_error(&error))?;
    if done == 0 { Err(StoreError::LeaseLost) } else { Ok(()) }
}
