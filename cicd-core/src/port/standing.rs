//! How things stand at deployments: for those who look at many at once.

use std::collections::BTreeMap;

use super::{Record, RecordKind, Snapshot, StoreError};
use crate::gate::Lock;
use crate::id::DeploymentId;
use crate::release::Release;
use crate::release::ledger::LedgerEntry;

/// What is under way at a deployment, and what runs there; nothing where there is no such deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The release that executes.
    pub executing: Option<Release>,
    /// The releases that wait for votes or gates, by the commits that made them, the first one first.
    pub waiting: Vec<Release>,
    /// The release that started last: of those that execute, succeeded or failed.
    pub latest_executed: Option<Release>,
    /// What runs: the newest entry of the stable ledger that was not withdrawn.
    pub running: Option<LedgerEntry>,
    /// The locks that have not expired, by their keys.
    pub locks: Vec<Lock>,
}

impl From<Snapshot> for Standing {
    fn from(snapshot: Snapshot) -> Self {
        Self {
            executing: snapshot.executing,
            waiting: snapshot.waiting,
            latest_executed: snapshot.latest_executed,
            running: snapshot.ledger.into_iter().find(|entry| entry.withdrawn_by.is_none()),
            locks: snapshot.locks,
        }
    }
}

/// A row of the compound statement by which a store on SQL reads standings.
#[derive(Clone, Copy, Debug)]
pub struct StandingPart<'a> {
    /// The deployment.
    pub deployment: &'a str,
    /// What it is: `executing`, `waiting`, `latest`, `running` or `lock`.
    pub name: &'a str,
    /// The sequence that a waiting release came with.
    pub born: i64,
    /// The row's JSON.
    pub body: &'a str,
}

/// Standings put together from such rows, which come in any order.
#[derive(Debug, Default)]
pub struct StandingParts(BTreeMap<String, (Standing, Vec<(i64, Release)>)>);

impl StandingParts {
    /// Takes a row.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a row that can't be read, or one of another name.
    pub fn take(&mut self, part: StandingPart<'_>) -> Result<(), StoreError> {
        let (standing, waiting) = self.0.entry(part.deployment.to_owned()).or_default();
        match part.name {
            "executing" => standing.executing = Some(row(RecordKind::Release, part)?),
            "waiting" => waiting.push((part.born, row(RecordKind::Release, part)?)),
            "latest" => standing.latest_executed = Some(row(RecordKind::Release, part)?),
            "running" => standing.running = Some(row(RecordKind::LedgerEntry, part)?),
            "lock" => standing.locks.push(row(RecordKind::Lock, part)?),
            name => return Err(corrupt("a part of a standing", name)),
        }
        Ok(())
    }

    /// One standing for each of `deployments`, in their order.
    #[must_use]
    pub fn finish(mut self, deployments: &[DeploymentId]) -> Vec<Standing> {
        let standing = |id: &DeploymentId| {
            let (mut standing, mut waiting) = self.0.remove(id.as_str()).unwrap_or_default();
            waiting.sort_by_key(|(born, release)| (*born, release.id()));
            standing.waiting = waiting.into_iter().map(|(_, release)| release).collect();
            standing.locks.sort_by_key(|lock| lock.id);
            standing
        };
        deployments.iter().map(standing).collect()
    }
}

fn row<T: TryFrom<Record>>(kind: RecordKind, part: StandingPart<'_>) -> Result<T, StoreError> {
    let record = Record::from_body(kind, part.body).map_err(|error| corrupt(kind.as_str(), error))?;
    T::try_from(record).map_err(|_| corrupt("a row", kind.as_str()))
}

fn corrupt(what: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt { message: format!("{what}: {why}") }
}
