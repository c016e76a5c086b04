//! One change, inside the writer's transaction: check, write, or leave nothing behind.

use cicd_core::audit::{AuditEvent, Chain, ChainHead, StoredEvent};
use cicd_core::id::TenantId;
use cicd_core::port::{
    ChangeSet, Committed, OperationKey, Record, RecordKey, Resolved, ResolvedRow, StoreError, StoredOutcome,
};
use cicd_core::release::Release;
use cicd_core::time::Timestamp;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use crate::check::{self, Before};
use crate::error::{invalid, is_constraint, store_error};
use crate::program;
use crate::sql::table;

const UNDO: &str = "ROLLBACK TO cicd_change; RELEASE cicd_change";
const EXECUTING: &str =
    "SELECT id FROM cicd_release WHERE tenant = ?1 AND deployment = ?2 AND status = 'executing'";

/// Everything that is written for one change.
pub(crate) struct Plan {
    pub(crate) at: Timestamp,
    /// The sequence of the ledger after the change.
    pub(crate) seq: u64,
    pub(crate) rows: Vec<ResolvedRow>,
    pub(crate) events: Vec<StoredEvent>,
    pub(crate) outcome: Option<(OperationKey, StoredOutcome)>,
}

/// Checks and writes `change`; refused, it leaves nothing behind.
pub(crate) async fn commit(
    connection: &mut SqliteConnection,
    change: &ChangeSet,
    now: Timestamp,
) -> Result<Committed, StoreError> {
    let before = check::read(connection, change, now).await?;
    before.admit(change)?;
    let head = if change.ledger_events().is_empty() { before.security } else { before.ledger };
    let at = now.max(head.at);
    let rows = change.resolve(at).map_err(invalid)?;
    before.check_versions(change, &rows)?;
    let plan = plan(connection, change, &before, at, rows).await?;
    let mut program = program::write(change, &plan)?;
    if let Err(error) = program.build().execute(&mut *connection).await {
        return Err(undo(connection, change.tenant(), &plan, error).await);
    }
    let governance_epoch = before.governance_epoch.saturating_add(u64::from(change.is_governance()));
    let put = |row: ResolvedRow| match row.row {
        Resolved::Put(record) => Some(record),
        Resolved::Delete => None,
    };
    let records = plan.rows.into_iter().filter_map(put).collect();
    Ok(Committed { at, seq: plan.seq, governance_epoch, records })
}

async fn plan(
    connection: &mut SqliteConnection,
    change: &ChangeSet,
    before: &Before,
    at: Timestamp,
    rows: Vec<ResolvedRow>,
) -> Result<Plan, StoreError> {
    let tenant = change.tenant();
    let mut events = Vec::with_capacity(change.ledger_events().len());
    let ledger = append(tenant, Chain::Ledger, before.ledger, change.ledger_events(), at, &mut events)?;
    append(tenant, Chain::Security, before.security, change.security_events(), at, &mut events)?;
    let outcome = match change.operation() {
        Some((key, about)) => {
            let body = outcome_body(connection, tenant, about, &rows).await?;
            let (fingerprint, record) = (key.fingerprint, about.clone());
            Some((key.clone(), StoredOutcome { fingerprint, record, body, seq: ledger.seq }))
        }
        None => None,
    };
    Ok(Plan { at, seq: ledger.seq, rows, events, outcome })
}

fn append(
    tenant: &TenantId,
    chain: Chain,
    head: ChainHead,
    events: &[AuditEvent],
    at: Timestamp,
    appended: &mut Vec<StoredEvent>,
) -> Result<ChainHead, StoreError> {
    events.iter().try_fold(head, |head, event| {
        let (stored, next) = head.append(tenant, chain, at, event.bytes().map_err(invalid)?);
        appended.push(stored);
        Ok(next)
    })
}

/// The JSON of the row that an operation is about, as the change leaves it; `null` where it is gone.
async fn outcome_body(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    about: &RecordKey,
    rows: &[ResolvedRow],
) -> Result<String, StoreError> {
    let null = || "null".to_owned();
    match rows.iter().find(|row| row.key == *about).map(|row| &row.row) {
        Some(Resolved::Put(record)) => Ok(record.body().map_err(invalid)?.to_string()),
        Some(Resolved::Delete) => Ok(null()),
        None => {
            let table = table(about.kind);
            let sql = AssertSqlSafe(format!("SELECT body FROM {table} WHERE tenant = ?1 AND id = ?2"));
            let body = sqlx::query_scalar(sql).bind(tenant.as_str()).bind(&about.id);
            let body = body.fetch_optional(connection).await.map_err(|error| store_error(&error))?;
            Ok(body.unwrap_or_else(null))
        }
    }
}

/// Takes the change back and says why it could not be written.
async fn undo(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    plan: &Plan,
    error: sqlx::Error,
) -> StoreError {
    if !is_constraint(&error) {
        // SQLite may have taken back the whole transaction by itself; the writer ends it.
        return StoreError::Unavailable { message: error.to_string() };
    }
    if let Err(error) = sqlx::raw_sql(UNDO).execute(&mut *connection).await {
        return StoreError::Unavailable { message: error.to_string() };
    }
    match occupied(connection, tenant, plan).await {
        Ok(Some(occupied)) => occupied,
        Ok(None) => store_error(&error),
        Err(error) => store_error(&error),
    }
}

/// Who has the slot that the change wanted; `None` when it was another constraint that refused it.
async fn occupied(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    plan: &Plan,
) -> Result<Option<StoreError>, sqlx::Error> {
    let starting: Vec<&Release> = plan.rows.iter().filter_map(executing).collect();
    for release in &starting {
        let query = sqlx::query_scalar(EXECUTING).bind(tenant.as_str()).bind(release.deployment().as_str());
        let found: Option<String> = query.fetch_optional(&mut *connection).await?;
        let holder = found.and_then(|id| id.parse().ok()).filter(|id| *id != release.id());
        // Two of one change want the same slot.
        let rival = || starting.iter().find(|other| is_rival(release, other)).map(|other| other.id());
        if let Some(release) = holder.or_else(rival) {
            return Ok(Some(StoreError::Occupied { release }));
        }
    }
    Ok(None)
}

fn is_rival(release: &Release, other: &Release) -> bool {
    other.id() != release.id() && other.deployment() == release.deployment()
}

/// The release that a row leaves executing.
pub(crate) fn executing(row: &ResolvedRow) -> Option<&Release> {
    match &row.row {
        Resolved::Put(Record::Release(release)) if release.state.execution().is_some() => Some(release),
        _ => None,
    }
}
