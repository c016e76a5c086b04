//! What the end of a rollout means beyond the release itself: the stable ledger, what it undid, and holds.

use super::change::By;
use super::deployments::{found, subject};
use super::error::EngineError;
use super::facts::{Roles, facts};
use crate::audit::{Subject, SubjectKind};
use crate::port::{ChangeSet, Record, Snapshot};
use crate::release::Release;
use crate::release::command::Command as ReleaseCommand;
use crate::release::decide::decide;
use crate::release::event::ReleaseEvent;
use crate::release::ledger::LedgerEntry;
use crate::release::state::FailureCause;
use crate::service::{Deployment, Hold, HoldReason};

/// The change that `events` are on `release`, with all that an end among them brings with it.
pub(super) fn change(
    by: &By,
    snapshot: &Snapshot,
    release: &Release,
    events: Vec<ReleaseEvent>,
) -> Result<ChangeSet, EngineError> {
    let succeeded = events.contains(&ReleaseEvent::Succeeded);
    let hold = hold_reason(release, &events);
    let mut change = by.release(Some(release), events)?;
    if succeeded {
        add_to_ledger(&mut change, by, release)?;
        undo(&mut change, by, snapshot, release)?;
    }
    if let Some(reason) = hold {
        hold_deployment(&mut change, by, snapshot, release, reason)?;
    }
    Ok(change)
}

/// A rollback that did not succeed, and a rollout of which nobody knows what it left behind, hold their deployment.
fn hold_reason(release: &Release, events: &[ReleaseEvent]) -> Option<HoldReason> {
    events.iter().find_map(|event| match event {
        ReleaseEvent::Failed { cause: FailureCause::Unknown } => Some(HoldReason::ExecutorSilent),
        ReleaseEvent::Failed { .. } | ReleaseEvent::RolledBack { .. } if release.is_rollback() => {
            Some(HoldReason::RollbackFailed)
        }
        ReleaseEvent::Failed { cause: FailureCause::UndoFailed { .. } } => Some(HoldReason::UndoFailed),
        _ => None,
    })
}

fn ledger_subject(release: &Release) -> Subject {
    let mut subject = Subject::new(SubjectKind::LedgerEntry, release.id().to_string())
        .of_service(release.spec.service.clone())
        .of_deployment(release.deployment().clone());
    subject.release = Some(release.id());
    subject
}

fn add_to_ledger(change: &mut ChangeSet, by: &By, release: &Release) -> Result<(), EngineError> {
    let entry = LedgerEntry::of(release);
    let to = serde_json::json!({ "artifact": entry.artifact.digest, "version": entry.version });
    change.merge(by.put("ledger.added", ledger_subject(release), Record::LedgerEntry(entry), None, &to)?);
    Ok(())
}

fn undo(change: &mut ChangeSet, by: &By, snapshot: &Snapshot, release: &Release) -> Result<(), EngineError> {
    let deployment = found(snapshot, release.deployment())?;
    let facts = facts(snapshot, deployment, Roles::new());
    for undone in &snapshot.undone {
        // What a failed rollback before this one meant to undo may be undone already.
        if let Ok(events) = decide(undone, &ReleaseCommand::Undo { by: release.id() }, &facts) {
            change.merge(by.release(Some(undone), events)?);
        }
    }
    for entry in &snapshot.ledger {
        if release.spec.kind.undoes().contains(&entry.release) && entry.withdrawn_by.is_none() {
            let after = LedgerEntry { withdrawn_by: Some(release.id()), ..entry.clone() };
            let mut subject = ledger_subject(release);
            subject.id = entry.release.to_string();
            let to = serde_json::json!({ "withdrawn_by": release.id() });
            change.merge(by.put("ledger.withdrawn", subject, Record::LedgerEntry(after), None, &to)?);
        }
    }
    Ok(())
}

fn hold_deployment(
    change: &mut ChangeSet,
    by: &By,
    snapshot: &Snapshot,
    release: &Release,
    reason: HoldReason,
) -> Result<(), EngineError> {
    let before = found(snapshot, release.deployment())?;
    let hold = Hold { reason, release: release.id(), since: snapshot.now };
    let after = Deployment { hold: Some(hold), ..before.clone() };
    let to = serde_json::json!({ "reason": reason, "release": release.id() });
    change.merge(by.put("deployment.held", subject(before), Record::Deployment(after), None, &to)?);
    Ok(())
}
