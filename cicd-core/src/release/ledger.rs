//! The stable ledger: what ran well on a deployment, and so what a rollback may bring back.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content::Artifact;
use super::refusal::Refusal;
use super::state::State;
use super::{Release, ReleaseKind};
use crate::id::{DeploymentId, ReleaseId, RowVersion};
use crate::time::Timestamp;

/// One success on a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The release that succeeded: the entry's key.
    pub release: ReleaseId,
    /// Where.
    pub deployment: DeploymentId,
    /// What ran.
    pub artifact: Artifact,
    /// Its label.
    pub version: String,
    /// The executor's parameters with which it ran.
    pub target: Value,
    /// The revision of the deployment with which it ran.
    pub deployment_revision: u32,
    /// When it was added.
    pub added_at: Timestamp,
    /// The rollback that took it away: it is no target any more.
    pub withdrawn_by: Option<ReleaseId>,
    /// The version of the row.
    pub row_version: RowVersion,
}

impl LedgerEntry {
    /// The entry that the success of `release` adds; the store stamps its time.
    #[must_use]
    pub fn of(release: &Release) -> Self {
        Self {
            release: release.id(),
            deployment: release.deployment().clone(),
            artifact: release.spec.content.artifact.clone(),
            version: release.spec.version.clone(),
            target: release.spec.target.clone(),
            deployment_revision: release.spec.content.deployment_revision,
            added_at: release.updated_at,
            withdrawn_by: None,
            row_version: RowVersion::ABSENT,
        }
    }

    fn runs_the_same(&self, other: &Self) -> bool {
        self.artifact.digest == other.artifact.digest && self.target == other.target
    }
}

/// What a rollback of `source` may bring back, newest first. `ledger` holds the deployment's entries, newest first.
///
/// What was withdrawn, and what is undone, does not come back by an older entry that runs the same.
#[must_use]
pub fn candidates<'a>(source: &Release, ledger: &'a [LedgerEntry]) -> Vec<&'a LedgerEntry> {
    let undone = undoes(source);
    let is_gone = |entry: &LedgerEntry| entry.withdrawn_by.is_some() || undone.contains(&entry.release);
    let mut gone: Vec<&LedgerEntry> = Vec::new();
    let mut stable = Vec::new();
    for entry in ledger {
        if is_gone(entry) {
            gone.push(entry);
        } else if !gone.iter().any(|newer| entry.runs_the_same(newer)) {
            stable.push(entry);
        }
    }
    stable
}

/// The release that makes the waiting `rollback` pointless: the deployment's latest executed one, where it started after
/// the rollback was asked for.
#[must_use]
pub fn overtaken_by(rollback: &Release, latest_executed: Option<&Release>) -> Option<ReleaseId> {
    let latest = latest_executed.filter(|latest| latest.id() != rollback.id())?;
    let undone = rollback.spec.kind.undoes().contains(&latest.id());
    let later = latest.state.standing_since()? >= rollback.created_at;
    (later && !undone).then(|| latest.id())
}

/// What a rollback of `source` undoes: the source, and what the source meant to undo where it is a rollback that failed.
#[must_use]
pub fn undoes(source: &Release) -> Vec<ReleaseId> {
    let mut undone = vec![source.id()];
    if let (ReleaseKind::Rollback { undoes, .. }, false) =
        (&source.spec.kind, matches!(source.state, State::Succeeded { .. }))
    {
        undone.extend(undoes.iter().copied());
    }
    undone
}

/// The entry that a rollback of `source` brings back: `target`, or the newest candidate.
///
/// # Errors
/// [`Refusal::NoRollback`] with the candidates, when `source` is not the deployment's latest executed release, can't be
/// rolled back in its state, or `target` is no candidate.
pub fn rollback_target<'a>(
    source: &Release,
    latest_executed: Option<ReleaseId>,
    ledger: &'a [LedgerEntry],
    target: Option<ReleaseId>,
) -> Result<&'a LedgerEntry, Refusal> {
    let candidates = candidates(source, ledger);
    let refuse = |reason: String| Refusal::NoRollback {
        reason,
        candidates: candidates.iter().map(|entry| entry.release).collect(),
    };
    check_state(source).map_err(&refuse)?;
    if latest_executed != Some(source.id()) {
        let latest = latest_executed.map_or_else(|| "none".to_owned(), |id| format!("`{id}`"));
        return Err(refuse(format!("`{}` is not the latest executed release, {latest}", source.id())));
    }
    match target {
        Some(target) => candidates
            .iter()
            .find(|entry| entry.release == target)
            .copied()
            .ok_or_else(|| refuse(format!("`{target}` is not stable on this deployment, or runs now"))),
        None => candidates
            .first()
            .copied()
            .ok_or_else(|| refuse("nothing else was ever stable on this deployment".to_owned())),
    }
}

/// Why `source` can't be rolled back in its state, whatever the ledger says.
pub(crate) fn check_state(source: &Release) -> Result<(), String> {
    if matches!(source.state, State::Succeeded { .. } | State::Failed { .. } | State::Executing(_)) {
        Ok(())
    } else {
        Err(format!("release `{}` is `{}`", source.id(), source.state.name()))
    }
}
