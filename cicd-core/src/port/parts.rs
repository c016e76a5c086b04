//! A snapshot put together from the rows of one compound statement, as a store on SQL reads it.

use std::sync::Arc;

use super::{Load, Record, RecordKind, RememberedGrants, Snapshot, StoreError};
use crate::authz::{Grant, PolicySnapshot};
use crate::id::TenantId;
use crate::release::{Release, ReleaseKind};
use crate::time::Timestamp;

/// A row of the statement.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// What it is: see [`SnapshotParts::take`].
    pub name: &'a str,
    /// Its numbers; zero where it has none.
    pub numbers: [i64; 3],
    /// Its text, mostly a row's JSON.
    pub body: Option<&'a str>,
}

/// What has been read so far.
#[derive(Debug, Default)]
pub struct SnapshotParts {
    snapshot: Snapshot,
    grants_seq: i64,
    grants: Vec<Grant>,
    waiting: Vec<(i64, Release)>,
    executing: Option<Other>,
    latest: Option<Other>,
    record: Option<RecordKind>,
}

/// A release; `None` stands for the one that was asked for.
type Other = Option<Release>;

impl SnapshotParts {
    /// Nothing yet of what `load` asks for.
    #[must_use]
    pub fn of(load: &Load) -> Self {
        Self { record: load.record.as_ref().map(|key| key.kind), ..Self::default() }
    }

    /// Takes a row. By names: `head` brings the ledger's sequence, the governance epoch and the sequence of the last change of
    /// grants; `lease` its epoch; `waiting` the sequence that the release came with; `last_cd` and `last_ci` a revision;
    /// `outcome` a [`StoredOutcome`](super::StoredOutcome) as JSON; every other one a row of the field of [`Snapshot`] that it
    /// is named after. An `executing` or `latest` release without a body is the one that was asked for.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a row that can't be read, or one of another name.
    pub fn take(&mut self, part: Part<'_>) -> Result<(), StoreError> {
        let snapshot = &mut self.snapshot;
        let [first, second, third] = part.numbers;
        match part.name {
            "head" => {
                snapshot.ledger_seq = unsigned(first)?;
                snapshot.policy.epoch = unsigned(second)?;
                self.grants_seq = third;
            }
            "grant" => self.grants.push(row(RecordKind::Grant, part)?),
            "outcome" => {
                let outcome = serde_json::from_str(part.body.unwrap_or_default());
                snapshot.outcome = Some(outcome.map_err(|error| corrupt("an outcome", error))?);
            }
            "lease" => snapshot.lease_epoch = unsigned(first)?,
            "run" => snapshot.run = Some(row(RecordKind::CiRun, part)?),
            "release" => snapshot.release = Some(row(RecordKind::Release, part)?),
            "undone" => snapshot.undone.push(row(RecordKind::Release, part)?),
            "deployment" => snapshot.deployment = Some(row(RecordKind::Deployment, part)?),
            "cd_config" => snapshot.cd_config = Some(row(RecordKind::CdConfig, part)?),
            "floor" => snapshot.floor = Some(row(RecordKind::PolicyFloor, part)?),
            "freeze" => snapshot.freezes.push(row(RecordKind::Freeze, part)?),
            "lock" => snapshot.locks.push(row(RecordKind::Lock, part)?),
            "executing" => self.executing = Some(other(part)?),
            "waiting" => self.waiting.push((first, row(RecordKind::Release, part)?)),
            "queue" => snapshot.queue = Some(row(RecordKind::Queue, part)?),
            "latest" => self.latest = Some(other(part)?),
            "last_cd" => snapshot.last_cd_revision = revision(first)?,
            "last_ci" => snapshot.last_ci_revision = revision(first)?,
            "ledger" => snapshot.ledger.push(row(RecordKind::LedgerEntry, part)?),
            "service" => snapshot.service = Some(row(RecordKind::Service, part)?),
            "ci_config" => snapshot.ci_config = Some(row(RecordKind::CiConfig, part)?),
            "record" => snapshot.record = self.record.map(|kind| record(kind, part)).transpose()?,
            name => return Err(corrupt("a part of a load", name)),
        }
        Ok(())
    }

    /// Puts in order what a compound statement gives in any order. `known` are the tenant's grants as they were remembered
    /// when the statement was sent; they are used where nothing has changed since, else those that were read are remembered.
    #[must_use]
    pub fn finish(
        self,
        tenant: &TenantId,
        now: Timestamp,
        remembered: &RememberedGrants,
        known: Option<(i64, Arc<[Grant]>)>,
    ) -> Snapshot {
        let Self { mut snapshot, grants_seq, mut grants, mut waiting, executing, latest, .. } = self;
        snapshot.now = now;
        snapshot.executing = executing.and_then(|other| other.or_else(|| snapshot.release.clone()));
        snapshot.latest_executed = latest.and_then(|other| other.or_else(|| snapshot.release.clone()));
        snapshot.freezes.sort_by_key(|freeze| freeze.id);
        snapshot.locks.sort_by_key(|lock| lock.id);
        waiting.sort_by_key(|(born, release)| (*born, release.id()));
        snapshot.waiting = waiting.into_iter().map(|(_, release)| release).collect();
        snapshot.undone = in_order(snapshot.release.as_ref(), snapshot.undone);
        let grants = match known {
            Some((seq, known)) if seq == grants_seq => known,
            _ => {
                grants.sort_by_key(Grant::key);
                let read: Arc<[Grant]> = grants.into();
                remembered.set(tenant, grants_seq, Arc::clone(&read));
                read
            }
        };
        snapshot.policy = PolicySnapshot { epoch: snapshot.policy.epoch, grants };
        snapshot
    }
}

fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|error| corrupt("a number", error))
}

fn revision(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|error| corrupt("a revision", error))
}

fn record(kind: RecordKind, part: Part<'_>) -> Result<Record, StoreError> {
    Record::from_body(kind, part.body.unwrap_or_default()).map_err(|error| corrupt(kind.as_str(), error))
}

fn row<T: TryFrom<Record>>(kind: RecordKind, part: Part<'_>) -> Result<T, StoreError> {
    T::try_from(record(kind, part)?).map_err(|_| corrupt("a row", kind.as_str()))
}

fn other(part: Part<'_>) -> Result<Other, StoreError> {
    part.body.map(|_| row(RecordKind::Release, part)).transpose()
}

/// The releases that `release` undoes, in the order in which it names them.
fn in_order(release: Option<&Release>, mut undone: Vec<Release>) -> Vec<Release> {
    if let Some(ReleaseKind::Rollback { undoes, .. }) = release.map(|release| &release.spec.kind) {
        undone.sort_by_key(|release| undoes.iter().position(|id| *id == release.id()));
    }
    undone
}

fn corrupt(what: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt { message: format!("{what}: {error}") }
}
