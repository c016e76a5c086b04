//! The statements that write one change, sent as one program: each trip to SQLite's thread costs more than a statement.

use cicd_core::audit::{Chain, StoredEvent};
use cicd_core::id::RowVersion;
use cicd_core::port::{
    ChangeSet, OperationKey, Record, RecordKind, Resolved, ResolvedRow, StoreError, StoredOutcome, WorkKey,
};
use cicd_core::time::Timestamp;
use sqlx::QueryBuilder;
use sqlx::sqlite::Sqlite;

use crate::check::forgotten;
use crate::commit::{Plan, executing};
use crate::error::invalid;
use crate::sql::{integer, table, work_columns};

type Sql = QueryBuilder<Sqlite>;

/// Writes all of `plan` inside a savepoint.
pub(crate) fn write(change: &ChangeSet, plan: &Plan) -> Result<Sql, StoreError> {
    let tenant = change.tenant().as_str();
    let mut sql = QueryBuilder::new("SAVEPOINT cicd_change;");
    for event in &plan.events {
        append(&mut sql, tenant, event);
    }
    // Whoever leaves a slot goes before whoever takes it.
    let (starting, others): (Vec<_>, Vec<_>) = plan.rows.iter().partition(|row| executing(row).is_some());
    for row in others.into_iter().chain(starting) {
        write_row(&mut sql, tenant, row, plan.seq)?;
    }
    if let Some((key, outcome)) = &plan.outcome {
        keep(&mut sql, tenant, key, outcome, plan)?;
    }
    advance(&mut sql, tenant, change, plan);
    sql.push(" RELEASE cicd_change");
    Ok(sql)
}

/// Appends an event; a trigger moves the head.
fn append(sql: &mut Sql, tenant: &str, event: &StoredEvent) {
    sql.push(" INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(tenant.to_owned()).push_bind(event.chain.as_str());
    values.push_bind(integer(event.seq)).push_bind(event.at.as_micros()).push_bind(event.bytes.clone());
    values.push_bind(event.previous.as_bytes().to_vec()).push_bind(event.hash.as_bytes().to_vec());
    sql.push(");");
}

fn write_row(sql: &mut Sql, tenant: &str, row: &ResolvedRow, seq: u64) -> Result<(), StoreError> {
    let table = table(row.key.kind);
    let Resolved::Put(record) = &row.row else {
        sql.push(" DELETE FROM ").push(table);
        where_key(sql, tenant, &row.key.id);
        return Ok(());
    };
    let body = record.body().map_err(invalid)?.to_string();
    let started = match record {
        Record::Release(release) => Some(release.state.has_started().then(|| integer(seq))),
        _ => None,
    };
    if let Some(revision) = record.revision() {
        keep_revision(sql, tenant, row, revision, body.clone());
    }
    if row.expected == RowVersion::ABSENT {
        insert(sql, tenant, row, record, seq, started, body);
    } else {
        sql.push(" UPDATE ").push(table);
        sql.push(" SET row_version = ").push_bind(integer(record.row_version().0));
        sql.push(", body = ").push_bind(body);
        if let Some(started) = started {
            sql.push(", started = coalesce(started, ").push_bind(started).push(")");
        }
        where_key(sql, tenant, &row.key.id);
    }
    if let Some(work) = work_of(record) {
        schedule(sql, tenant, work, record.due().map(Timestamp::as_micros));
    }
    Ok(())
}

fn insert(
    sql: &mut Sql,
    tenant: &str,
    row: &ResolvedRow,
    record: &Record,
    seq: u64,
    started: Option<Option<i64>>,
    body: String,
) {
    sql.push(" INSERT INTO ").push(table(row.key.kind)).push(" (tenant, id, row_version, born, ");
    sql.push(if started.is_some() { "started, body) VALUES (" } else { "body) VALUES (" });
    let mut values = sql.separated(", ");
    values.push_bind(tenant.to_owned()).push_bind(row.key.id.clone());
    values.push_bind(integer(record.row_version().0)).push_bind(integer(seq));
    if let Some(started) = started {
        values.push_bind(started);
    }
    values.push_bind(body);
    sql.push(");");
}

fn where_key(sql: &mut Sql, tenant: &str, id: &str) {
    sql.push(" WHERE tenant = ").push_bind(tenant.to_owned());
    sql.push(" AND id = ").push_bind(id.to_owned()).push(";");
}

fn keep_revision(sql: &mut Sql, tenant: &str, row: &ResolvedRow, revision: u32, body: String) {
    sql.push(" INSERT INTO cicd_revision (tenant, kind, id, revision, body) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(tenant.to_owned()).push_bind(row.key.kind.as_str()).push_bind(row.key.id.clone());
    values.push_bind(revision).push_bind(body);
    sql.push(") ON CONFLICT (tenant, kind, id, revision) DO UPDATE SET body = excluded.body;");
}

fn work_of(record: &Record) -> Option<WorkKey> {
    match record {
        Record::CiRun(run) => Some(WorkKey::CiRun(run.id)),
        Record::Release(release) => Some(WorkKey::Release(release.id())),
        _ => None,
    }
}

/// Says when the work is due; the lease stays as it is.
fn schedule(sql: &mut Sql, tenant: &str, work: WorkKey, due: Option<i64>) {
    let (kind, id) = work_columns(work);
    sql.push(" INSERT INTO cicd_work (tenant, kind, id, committed_due_at, due_at) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(tenant.to_owned()).push_bind(kind).push_bind(id).push_bind(due).push_bind(due);
    sql.push(
        ") ON CONFLICT (tenant, kind, id) DO UPDATE SET committed_due_at = excluded.committed_due_at, \
         due_at = excluded.due_at;",
    );
}

/// Keeps the outcome of the operation, and forgets those that are older than they are kept.
fn keep(
    sql: &mut Sql,
    tenant: &str,
    key: &OperationKey,
    outcome: &StoredOutcome,
    plan: &Plan,
) -> Result<(), StoreError> {
    sql.push(" DELETE FROM cicd_outcome WHERE tenant = ").push_bind(tenant.to_owned());
    sql.push(" AND at <= ").push_bind(forgotten(plan.at)).push(";");
    sql.push(" INSERT INTO cicd_outcome (tenant, principal, operation, key, at, outcome) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(tenant.to_owned()).push_bind(key.principal.to_string());
    values.push_bind(key.operation.clone()).push_bind(key.key.clone()).push_bind(plan.at.as_micros());
    values.push_bind(serde_json::to_string(outcome).map_err(invalid)?);
    sql.push(");");
    Ok(())
}

/// Moves on what stands in the ledger's head beside the chain.
fn advance(sql: &mut Sql, tenant: &str, change: &ChangeSet, plan: &Plan) {
    let grants = plan.rows.iter().any(|row| row.key.kind == RecordKind::Grant);
    if !change.is_governance() && !grants {
        return;
    }
    sql.push(" UPDATE cicd_chain_head SET governance_epoch = governance_epoch + ");
    sql.push_bind(i64::from(change.is_governance()));
    if grants {
        sql.push(", grants_seq = seq");
    }
    sql.push(" WHERE tenant = ").push_bind(tenant.to_owned());
    sql.push(" AND chain = '").push(Chain::Ledger.as_str()).push("';");
}
