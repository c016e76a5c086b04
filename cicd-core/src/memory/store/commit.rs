//! Commits: everything is checked and computed first, then written.

use std::collections::BTreeMap;

use super::events::NewEvent;
use super::tenant::{OperationId, Row, Tenant};
use crate::audit::{AuditEvent, Chain};
use crate::id::{DeploymentId, ReleaseId, RowVersion};
use crate::port::{
    ChangeSet, Committed, OUTCOME_KEPT_SECONDS, OperationKey, Record, RecordKey, Resolved, ResolvedRow,
    StoreError, StoredOutcome, WorkKey,
};
use crate::time::Timestamp;

/// A change that may be written.
struct Checked {
    at: Timestamp,
    rows: Vec<ResolvedRow>,
    slots: BTreeMap<DeploymentId, ReleaseId>,
    ledger: Vec<NewEvent>,
    security: Vec<NewEvent>,
    outcome: Option<(OperationId, StoredOutcome)>,
}

impl Tenant {
    pub(super) fn commit(&mut self, change: &ChangeSet, now: Timestamp) -> Result<Committed, StoreError> {
        let checked = self.check(change, now)?;
        Ok(self.write(change, checked))
    }

    fn check(&self, change: &ChangeSet, now: Timestamp) -> Result<Checked, StoreError> {
        if let Some((key, _)) = change.operation()
            && let Some(outcome) = self.outcome(key, now)
        {
            return Err(StoreError::Duplicate { outcome: Box::new(outcome.clone()) });
        }
        if let Some((work, epoch)) = change.lease()
            && self.work.get(&work).and_then(|work| work.epoch_at(now)) != Some(epoch)
        {
            return Err(StoreError::LeaseLost);
        }
        if change.governance_epoch().is_some_and(|epoch| epoch != self.governance_epoch) {
            return Err(StoreError::GovernanceMoved);
        }
        let head = if change.ledger_events().is_empty() { self.security.head() } else { self.ledger.head() };
        let at = now.max(head.at);
        let rows = change.resolve(at).map_err(|error| invalid(&error))?;
        self.check_versions(change, &rows)?;
        let slots = self.check_slots(&rows)?;
        let ledger = events(change.ledger_events())?;
        let security = events(change.security_events())?;
        let seq = last_seq(self.ledger.head().seq, ledger.len());
        let outcome = change.operation().map(|(key, row)| self.answer(key, row, &rows, seq)).transpose()?;
        Ok(Checked { at, rows, slots, ledger, security, outcome })
    }

    /// The outcome that is kept for the operation at `now`.
    pub(super) fn outcome(&self, key: &OperationKey, now: Timestamp) -> Option<&StoredOutcome> {
        let (at, outcome) = self.outcomes.get(&OperationId::from(key))?;
        (now < at.plus_seconds(OUTCOME_KEPT_SECONDS)).then_some(outcome)
    }

    fn check_versions(&self, change: &ChangeSet, rows: &[ResolvedRow]) -> Result<(), StoreError> {
        let written = rows.iter().map(|row| (&row.key, row.expected));
        let relied_on = change.relied_on().iter().map(|(key, version)| (key, *version));
        let mut expected: Vec<(&RecordKey, RowVersion)> = written.chain(relied_on).collect();
        expected.sort();
        if let Some((key, _)) = expected.iter().find(|(key, version)| self.version(key) != *version) {
            return Err(StoreError::Stale { what: (*key).clone() });
        }
        let twice = rows.windows(2).find(|pair| matches!(pair, [a, b] if a.key == b.key));
        match twice {
            Some([row, ..]) => Err(invalid(&format!("{} is written twice", row.key))),
            _ => Ok(()),
        }
    }

    /// The slots as the change leaves them.
    fn check_slots(&self, rows: &[ResolvedRow]) -> Result<BTreeMap<DeploymentId, ReleaseId>, StoreError> {
        let mut slots = self.slots.clone();
        let releases = || {
            rows.iter().filter_map(|row| match &row.row {
                Resolved::Put(Record::Release(release)) => Some(release),
                _ => None,
            })
        };
        slots.retain(|_, held| releases().all(|release| release.id() != *held));
        for release in releases().filter(|release| release.state.execution().is_some()) {
            if let Some(other) = slots.insert(release.deployment().clone(), release.id()) {
                return Err(StoreError::Occupied { release: other });
            }
        }
        Ok(slots)
    }

    /// What is stored as the outcome of the operation: the row as the change leaves it, `null` where it is gone.
    fn answer(
        &self,
        key: &OperationKey,
        about: &RecordKey,
        rows: &[ResolvedRow],
        seq: u64,
    ) -> Result<(OperationId, StoredOutcome), StoreError> {
        let record = match rows.iter().find(|row| row.key == *about).map(|row| &row.row) {
            Some(Resolved::Put(record)) => Some(record),
            Some(Resolved::Delete) => None,
            None => self.rows.get(about).map(|row| &row.record),
        };
        let body = match record {
            Some(record) => record.body().map_err(|error| invalid(&error))?.to_string(),
            None => "null".to_owned(),
        };
        let outcome = StoredOutcome { fingerprint: key.fingerprint, record: about.clone(), body, seq };
        Ok((OperationId::from(key), outcome))
    }

    fn write(&mut self, change: &ChangeSet, checked: Checked) -> Committed {
        let Checked { at, rows, slots, ledger, security, outcome } = checked;
        for event in ledger {
            self.ledger.append(change.tenant(), Chain::Ledger, at, event);
        }
        for event in security {
            self.security.append(change.tenant(), Chain::Security, at, event);
        }
        self.governance_epoch = self.governance_epoch.saturating_add(u64::from(change.is_governance()));
        self.slots = slots;
        self.outcomes.retain(|_, (kept, _)| at < kept.plus_seconds(OUTCOME_KEPT_SECONDS));
        self.outcomes.extend(outcome.map(|(key, outcome)| (key, (at, outcome))));
        let records = rows.into_iter().filter_map(|row| self.write_row(row)).collect();
        let seq = self.ledger.head().seq;
        Committed { at, seq, governance_epoch: self.governance_epoch, records }
    }

    fn write_row(&mut self, row: ResolvedRow) -> Option<Record> {
        let Resolved::Put(record) = row.row else {
            self.rows.remove(&row.key);
            return None;
        };
        if let Some(work) = work_key(&record) {
            self.work.entry(work).or_default().set_due(record.due());
        }
        if let Some(revision) = record.revision() {
            self.revisions.insert((row.key.clone(), revision), record.clone());
        }
        let has_started = matches!(&record, Record::Release(release) if release.state.has_started());
        let commit = self.ledger.head().seq;
        let kept = self.rows.entry(row.key).or_insert_with(|| Row {
            record: record.clone(),
            born: commit,
            started: None,
        });
        kept.record = record.clone();
        kept.started = kept.started.or(has_started.then_some(commit));
        Some(record)
    }
}

fn work_key(record: &Record) -> Option<WorkKey> {
    match record {
        Record::CiRun(run) => Some(WorkKey::CiRun(run.id)),
        Record::Release(release) => Some(WorkKey::Release(release.id())),
        _ => None,
    }
}

fn events(events: &[AuditEvent]) -> Result<Vec<NewEvent>, StoreError> {
    let stored = |event: &AuditEvent| {
        let bytes = event.bytes().map_err(|error| invalid(&error))?;
        Ok(NewEvent { bytes, event: event.clone() })
    };
    events.iter().map(stored).collect()
}

fn last_seq(before: u64, appended: usize) -> u64 {
    before.saturating_add(u64::try_from(appended).unwrap_or(u64::MAX))
}

fn invalid(error: &impl ToString) -> StoreError {
    StoreError::Invalid { message: error.to_string() }
}
