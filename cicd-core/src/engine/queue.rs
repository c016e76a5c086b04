//! The queue of a deployment, as a release that joins it or is approved changes it.

use super::change::By;
use super::error::EngineError;
use super::facts::{Roles, facts};
use crate::authz::{Actor, SystemActor};
use crate::cd::QueueRule;
use crate::port::{ChangeSet, Snapshot, Write};
use crate::release::command::Command;
use crate::release::decide::decide;
use crate::release::queue::Queue;
use crate::release::state::State;
use crate::release::{Release, ReleaseKind};
use crate::service::Deployment;

/// Adds to the change by which `release` joins the queue or is approved what it means for the queue: its row, and the
/// older releases that the approval supersedes.
pub(super) fn moved(
    change: &mut ChangeSet,
    by: &By,
    snapshot: &Snapshot,
    deployment: &Deployment,
    release: &Release,
    roles: Roles,
) -> Result<(), EngineError> {
    let row = Queue::after(snapshot.queue.as_ref(), release);
    change.write(Write::Put(Box::new(row.into())));
    if !matches!(release.state, State::Approved { .. }) || !supersedes(release) {
        return Ok(());
    }
    let engine = By { actor: Actor::System { part: SystemActor::Queue }, ..by.clone() };
    let facts = facts(snapshot, deployment, roles);
    for older in older_deploys(snapshot, release) {
        let events = decide(older, &Command::Supersede { by: release.id() }, &facts)?;
        change.merge(engine.release(Some(older), events)?);
    }
    Ok(())
}

fn supersedes(release: &Release) -> bool {
    release.spec.queue == QueueRule::Supersede && release.spec.kind == ReleaseKind::Deploy
}

/// The deploys that wait since before `release`: by the commits that made them, because a clock that was set back gives
/// many of them the same time.
fn older_deploys<'a>(snapshot: &'a Snapshot, release: &Release) -> impl Iterator<Item = &'a Release> {
    let id = release.id();
    let older = snapshot.waiting.iter().take_while(move |waiting| waiting.id() != id);
    older.filter(|waiting| waiting.spec.kind == ReleaseKind::Deploy)
}
