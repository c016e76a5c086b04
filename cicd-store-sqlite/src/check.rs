//! What a change relies on, read in one statement, and whether it still holds.

use std::collections::BTreeMap;

use cicd_core::audit::{Chain, ChainHead};
use cicd_core::ci::run::RunEvent;
use cicd_core::id::{RowVersion, TenantId};
use cicd_core::port::{
    ChangeSet, OUTCOME_KEPT_SECONDS, RecordKey, RecordKind, ResolvedRow, StoreError, StoredOutcome, Write,
};
use cicd_core::release::event::ReleaseEvent;
use cicd_core::time::Timestamp;
use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqliteConnection, SqliteRow};

use crate::error::{corrupt, invalid, store_error};
use crate::sql::{chain, get, head, integer, number, table, work_columns};

/// What the database held before the change, as far as the change asks.
#[derive(Debug)]
pub(crate) struct Before {
    pub(crate) ledger: ChainHead,
    pub(crate) security: ChainHead,
    pub(crate) governance_epoch: u64,
    outcome: Option<StoredOutcome>,
    lease_epoch: Option<u64>,
    versions: BTreeMap<RecordKey, RowVersion>,
}

impl Before {
    /// Whether the operation is new, the lease holds and governance has not moved.
    pub(crate) fn admit(&self, change: &ChangeSet) -> Result<(), StoreError> {
        if let Some(outcome) = &self.outcome {
            return Err(StoreError::Duplicate { outcome: Box::new(outcome.clone()) });
        }
        if change.lease().is_some_and(|(_, epoch)| self.lease_epoch != Some(epoch)) {
            return Err(StoreError::LeaseLost);
        }
        if change.governance_epoch().is_some_and(|epoch| epoch != self.governance_epoch) {
            return Err(StoreError::GovernanceMoved);
        }
        Ok(())
    }

    /// Whether every row that is written or was relied on has the version that was expected.
    pub(crate) fn check_versions(&self, change: &ChangeSet, rows: &[ResolvedRow]) -> Result<(), StoreError> {
        let written = rows.iter().map(|row| (&row.key, row.expected));
        let relied_on = change.relied_on().iter().map(|(key, version)| (key, *version));
        let moved = |(key, expected): &(&RecordKey, RowVersion)| {
            self.versions.get(*key).copied().unwrap_or(RowVersion::ABSENT) != *expected
        };
        if let Some((key, _)) = written.chain(relied_on).filter(moved).min() {
            return Err(StoreError::Stale { what: key.clone() });
        }
        match rows.windows(2).find(|pair| matches!(pair, [a, b] if a.key == b.key)) {
            Some([row, ..]) => Err(invalid(format!("{} is written twice", row.key))),
            _ => Ok(()),
        }
    }

    fn take(&mut self, row: &SqliteRow) -> Result<(), StoreError> {
        match get(row, 0)? {
            "head" => match chain(row, 1)? {
                Chain::Ledger => {
                    self.ledger = head(row, [2, 5, 3])?;
                    self.governance_epoch = number(get(row, 4)?);
                }
                Chain::Security => self.security = head(row, [2, 5, 3])?,
            },
            "outcome" => self.outcome = Some(outcome(row, 5)?),
            "lease" => self.lease_epoch = Some(number(get(row, 2)?)),
            part => {
                let kind = kind(part)?;
                let key = RecordKey { kind, id: get(row, 1)? };
                self.versions.insert(key, RowVersion(number(get(row, 2)?)));
            }
        }
        Ok(())
    }
}

/// The outcome that a column holds as JSON.
pub(crate) fn outcome(row: &SqliteRow, column: usize) -> Result<StoredOutcome, StoreError> {
    serde_json::from_str(get(row, column)?).map_err(|error| corrupt("an outcome", error))
}

fn kind(name: &str) -> Result<RecordKind, StoreError> {
    let found = RecordKind::ALL.iter().find(|kind| kind.as_str() == name);
    found.copied().ok_or_else(|| corrupt("a kind", name))
}

/// Outcomes from before this time are forgotten at `now`.
pub(crate) fn forgotten(now: Timestamp) -> i64 {
    now.as_micros().saturating_sub(integer(OUTCOME_KEPT_SECONDS.saturating_mul(1_000_000)))
}

/// Reads what `change` relies on, at `now`.
pub(crate) async fn read(
    connection: &mut SqliteConnection,
    change: &ChangeSet,
    now: Timestamp,
) -> Result<Before, StoreError> {
    let mut before = Before {
        ledger: ChainHead::EMPTY,
        security: ChainHead::EMPTY,
        governance_epoch: 0,
        outcome: None,
        lease_epoch: None,
        versions: BTreeMap::new(),
    };
    let mut statement = statement(change, now);
    let rows = statement.build().fetch_all(connection).await.map_err(|error| store_error(&error))?;
    rows.iter().try_for_each(|row| before.take(row))?;
    Ok(before)
}

fn statement(change: &ChangeSet, now: Timestamp) -> QueryBuilder<Sqlite> {
    let tenant = change.tenant();
    let mut sql = QueryBuilder::new(
        "SELECT 'head', chain, seq, at, governance_epoch, hash FROM cicd_chain_head WHERE tenant = ",
    );
    sql.push_bind(tenant.to_string());
    if let Some((key, _)) = change.operation() {
        sql.push(" UNION ALL SELECT 'outcome', NULL, 0, 0, 0, outcome FROM cicd_outcome WHERE tenant = ");
        sql.push_bind(tenant.to_string()).push(" AND principal = ").push_bind(key.principal.to_string());
        sql.push(" AND operation = ").push_bind(key.operation.clone());
        sql.push(" AND key = ").push_bind(key.key.clone());
        sql.push(" AND at > ").push_bind(forgotten(now));
    }
    if let Some((work, _)) = change.lease() {
        let (kind, id) = work_columns(work);
        sql.push(" UNION ALL SELECT 'lease', NULL, epoch, 0, 0, NULL FROM cicd_work WHERE tenant = ");
        sql.push_bind(tenant.to_string())
            .push(" AND kind = ")
            .push_bind(kind)
            .push(" AND id = ")
            .push_bind(id);
        sql.push(" AND lease_until > ").push_bind(now.as_micros());
    }
    for (kind, ids) in keys(change) {
        versions(&mut sql, tenant, kind, &ids);
    }
    sql
}

fn versions(sql: &mut QueryBuilder<Sqlite>, tenant: &TenantId, kind: RecordKind, ids: &[String]) {
    sql.push(" UNION ALL SELECT '").push(kind.as_str());
    sql.push("', id, row_version, 0, 0, NULL FROM ").push(table(kind)).push(" WHERE tenant = ");
    sql.push_bind(tenant.to_string()).push(" AND id ");
    match ids {
        [id] => sql.push("= ").push_bind(id.clone()),
        // One shape for any number of ids, so that the statement is prepared once.
        ids => sql
            .push("IN (SELECT value FROM json_each(")
            .push_bind(serde_json::Value::from(ids).to_string())
            .push("))"),
    };
}

/// The rows that are written or were relied on. A write that can't be resolved has no key; it is refused in its turn.
fn keys(change: &ChangeSet) -> BTreeMap<RecordKind, Vec<String>> {
    let mut keys: BTreeMap<RecordKind, Vec<String>> = BTreeMap::new();
    let relied_on = change.relied_on().iter().map(|(key, _)| key.clone());
    for key in change.writes().iter().filter_map(written).chain(relied_on) {
        let ids = keys.entry(key.kind).or_default();
        if !ids.contains(&key.id) {
            ids.push(key.id);
        }
    }
    keys
}

fn written(write: &Write) -> Option<RecordKey> {
    match write {
        Write::Release { before: Some(before), .. } => Some(RecordKey::new(RecordKind::Release, before.id())),
        Write::Release { before: None, events } => match events.first() {
            Some(ReleaseEvent::Created { release, .. }) => {
                Some(RecordKey::new(RecordKind::Release, release.id))
            }
            _ => None,
        },
        Write::CiRun { before: Some(before), .. } => Some(RecordKey::new(RecordKind::CiRun, before.id)),
        Write::CiRun { before: None, events } => match events.first() {
            Some(RunEvent::Triggered { run }) => Some(RecordKey::new(RecordKind::CiRun, run.id)),
            _ => None,
        },
        Write::Put(record) => Some(record.key()),
        Write::Delete { key, .. } => Some(key.clone()),
    }
}
