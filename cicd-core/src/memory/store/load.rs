//! Loads: what a decision needs, of one moment.

use super::tenant::{Row, Tenant};
use crate::authz::PolicySnapshot;
use crate::id::{DeploymentId, ServiceId};
use crate::port::{Load, Record, RecordKey, RecordKind, Snapshot, WorkKey};
use crate::release::Release;
use crate::release::ledger::LedgerEntry;
use crate::time::Timestamp;

impl Tenant {
    pub(super) fn load(&self, load: &Load, now: Timestamp) -> Snapshot {
        let mut snapshot = Snapshot {
            now,
            ledger_seq: self.ledger.head().seq,
            policy: self.policy(),
            outcome: load.operation.as_ref().and_then(|key| self.outcome(key, now)).cloned(),
            record: load.record.as_ref().and_then(|key| self.rows.get(key)).map(|row| row.record.clone()),
            ..Snapshot::default()
        };
        if let Some(id) = load.run {
            snapshot.run = self.row(RecordKind::CiRun, id);
            snapshot.lease_epoch = self.lease_epoch(WorkKey::CiRun(id), now);
        }
        if let Some(id) = load.release {
            snapshot.release = self.row(RecordKind::Release, id);
            snapshot.lease_epoch = self.lease_epoch(WorkKey::Release(id), now);
            snapshot.undone = self.undone(snapshot.release.as_ref());
        }
        let goes_to = snapshot.release.as_ref().map(Release::deployment);
        if let Some(id) = load.deployment.as_ref().or(goes_to).cloned() {
            self.load_deployment(&id, now, &mut snapshot);
        }
        let of_deployment = snapshot.deployment.as_ref().map(|deployment| &deployment.spec.service);
        let of_run = snapshot.run.as_ref().map(|run| &run.service);
        if let Some(id) = load.service.as_ref().or(of_deployment).or(of_run).cloned() {
            self.load_service(&id, &mut snapshot);
        }
        snapshot
    }

    fn policy(&self) -> PolicySnapshot {
        let grants = self.of_kind(RecordKind::Grant).filter_map(|row| match &row.record {
            Record::Grant(grant) => Some(grant.clone()),
            _ => None,
        });
        PolicySnapshot { epoch: self.governance_epoch, grants: grants.collect() }
    }

    fn lease_epoch(&self, work: WorkKey, now: Timestamp) -> u64 {
        self.work.get(&work).and_then(|work| work.epoch_at(now)).unwrap_or(0)
    }

    fn undone(&self, release: Option<&Release>) -> Vec<Release> {
        let ids = release.map_or(&[][..], |release| release.spec.kind.undoes());
        ids.iter().filter_map(|id| self.row(RecordKind::Release, id)).collect()
    }

    fn load_service(&self, id: &ServiceId, snapshot: &mut Snapshot) {
        snapshot.service = self.row(RecordKind::Service, id);
        snapshot.ci_config = self.row(RecordKind::CiConfig, id);
        snapshot.last_ci_revision = self.last_revision(RecordKind::CiConfig, id);
    }

    /// The highest revision of the row that was ever kept; zero without any.
    fn last_revision(&self, kind: RecordKind, id: impl ToString) -> u32 {
        let key = RecordKey::new(kind, id);
        let kept = self.revisions.range((key.clone(), 0)..=(key, u32::MAX));
        kept.last().map_or(0, |((_, revision), _)| *revision)
    }

    fn load_deployment(&self, id: &DeploymentId, now: Timestamp, snapshot: &mut Snapshot) {
        snapshot.deployment = self.row(RecordKind::Deployment, id);
        snapshot.cd_config = self.row(RecordKind::CdConfig, id);
        snapshot.last_cd_revision = self.last_revision(RecordKind::CdConfig, id);
        let tier = snapshot.deployment.as_ref().map(|deployment| deployment.spec.tier);
        snapshot.floor = tier.and_then(|tier| self.row(RecordKind::PolicyFloor, tier.as_str()));
        snapshot.freezes = self
            .of_kind(RecordKind::Freeze)
            .filter_map(|row| match &row.record {
                Record::Freeze(freeze) if now < freeze.until => Some(freeze.clone()),
                _ => None,
            })
            .collect();
        snapshot.locks = self
            .of_kind(RecordKind::Lock)
            .filter_map(|row| match &row.record {
                Record::Lock(lock) if lock.deployment == *id && lock.holds(now) => Some(lock.clone()),
                _ => None,
            })
            .collect();
        snapshot.executing = self.slots.get(id).and_then(|id| self.row(RecordKind::Release, id));
        snapshot.waiting = self.waiting(id);
        snapshot.queue = self.row(RecordKind::Queue, id);
        snapshot.latest_executed = self.latest_executed(id);
        snapshot.ledger = self.ledger_of(id).take(Snapshot::MOST_LEDGER_ENTRIES).cloned().collect();
    }

    fn releases_to<'a>(&'a self, id: &'a DeploymentId) -> impl Iterator<Item = (&'a Row, &'a Release)> {
        self.of_kind(RecordKind::Release).filter_map(move |row| match &row.record {
            Record::Release(release) if release.deployment() == id => Some((row, release)),
            _ => None,
        })
    }

    fn waiting(&self, id: &DeploymentId) -> Vec<Release> {
        let unstarted = self.releases_to(id).filter(|(_, release)| release.state.is_unstarted());
        let mut waiting: Vec<_> = unstarted.collect();
        waiting.sort_by_key(|(row, release)| (row.born, release.id()));
        waiting.into_iter().map(|(_, release)| release.clone()).collect()
    }

    fn latest_executed(&self, id: &DeploymentId) -> Option<Release> {
        let standing = self.releases_to(id).filter(|(_, release)| release.state.standing_since().is_some());
        let started = standing.filter_map(|(row, release)| Some((row.started?, release)));
        started.max_by_key(|(started, _)| *started).map(|(_, release)| release.clone())
    }

    /// The deployment's stable ledger, newest first.
    pub(super) fn ledger_of(&self, id: &DeploymentId) -> impl Iterator<Item = &LedgerEntry> {
        let mut entries: Vec<_> = self
            .of_kind(RecordKind::LedgerEntry)
            .filter_map(|row| match &row.record {
                Record::LedgerEntry(entry) if entry.deployment == *id => Some((row.born, entry)),
                _ => None,
            })
            .collect();
        entries.sort_by_key(|(born, entry)| std::cmp::Reverse((*born, entry.release)));
        entries.into_iter().map(|(_, entry)| entry)
    }
}
