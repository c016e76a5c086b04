//! Going back.

use super::carry_out::{Command, Needed, Step};
use super::change::{By, release_key};
use super::deployments::found;
use super::error::EngineError;
use super::facts::{facts, floor};
use super::releases::{created_change, found_release, surroundings};
use super::{Engine, Options, Outcome};
use crate::authz::{Action, Caller, Object};
use crate::id::ReleaseId;
use crate::port::Load;
use crate::release::Release;
use crate::release::command::Command as ReleaseCommand;
use crate::release::create::{self, Request};
use crate::release::decide::decide;
use crate::release::ledger::rollback_target;
use crate::release::state::FailureCause;
use crate::violation::Violations;

impl Engine {
    /// Asks to roll release `id` back: to `target`, by the release that made the entry of the stable ledger, or to the
    /// newest candidate. A release that still executes is aborted in the same commit; its rollback waits for the slot.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the candidates when there is no such way back; [`EngineError::Invalid`] without a
    /// reason; [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn rollback_release(
        &self,
        caller: &Caller,
        id: ReleaseId,
        target: Option<ReleaseId>,
        reason: &str,
        options: &Options,
    ) -> Result<Outcome<Release>, EngineError> {
        let by = By::caller(caller);
        self.carry_out(Command {
            caller,
            name: "release.rollback",
            load: Load::release(id),
            options,
            need: &|snapshot| {
                let source = found_release(snapshot, id)?;
                Ok(Needed::to(Action::Rollback, Object::deployment(found(snapshot, source.deployment())?)))
            },
            decide: &|snapshot, roles| {
                if !(1..=2000).contains(&reason.trim().chars().count()) {
                    let message = "a rollback needs a reason of 1 to 2000 characters";
                    return Err(Violations::one("/reason", "required", message).into());
                }
                let source = found_release(snapshot, id)?;
                let deployment = found(snapshot, source.deployment())?;
                let latest = snapshot.latest_executed.as_ref().map(Release::id);
                let entry = rollback_target(source, latest, &snapshot.ledger, target)?;
                let request = Request {
                    id: self.release_id(snapshot),
                    requester: caller.principal.clone(),
                    reason: Some(reason.to_owned()),
                    version: entry.version.clone(),
                    retry_of: None,
                };
                let answer = request.id;
                let floor = floor(snapshot, deployment.spec.tier);
                let around = surroundings(snapshot, deployment, &floor)?;
                let event = create::rollback(request, source, entry, around)?;
                let mut change = created_change(&by, snapshot, deployment, event, roles.clone())?;
                if source.state.execution().is_some() {
                    let abort =
                        ReleaseCommand::Abort { cause: FailureCause::RollbackRequested { by: answer } };
                    let events = decide(source, &abort, &facts(snapshot, deployment, roles))?;
                    if !events.is_empty() {
                        change.merge(by.release(Some(source), events)?);
                    }
                } else {
                    change.rely_on(release_key(id), source.row_version);
                }
                Ok(Step::commit(change, release_key(answer)))
            },
        })
        .await
    }
}
