//! Deployments: where services run, and what an admin sets there.

use super::carry_out::{Command, Needed, Step};
use super::change::By;
use super::error::EngineError;
use super::{Engine, Options, Outcome};
use crate::audit::{Subject, SubjectKind};
use crate::authz::{Action, Actor, Caller, Object, SystemActor};
use crate::cd::StaleRule;
use crate::id::{DeploymentId, RowVersion};
use crate::port::{ChangeSet, Load, Record, Snapshot};
use crate::release::command::Command as ReleaseCommand;
use crate::release::decide::decide;
use crate::service::{Capabilities, Deployment, DeploymentSpec};
use crate::time::Timestamp;
use crate::violation::Violations;

impl Engine {
    /// Registers a deployment, or makes a new revision of it. Releases that were voted on for the old one are cancelled
    /// in the same commit, unless their CD config pins them.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when the service or the executor is unknown, the service or environment changes, or the
    /// executor refuses the target; [`EngineError::Denied`]; [`EngineError::VersionMoved`].
    pub async fn put_deployment(
        &self,
        caller: &Caller,
        id: &DeploymentId,
        spec: &DeploymentSpec,
        options: &Options,
    ) -> Result<Outcome<Deployment>, EngineError> {
        let by = By::caller(caller);
        let capabilities = self.capabilities(spec);
        let load = Load { service: Some(spec.service.clone()), ..Load::deployment(id.clone()) };
        self.carry_out(Command {
            caller,
            name: "deployment.put",
            load,
            options,
            need: &|snapshot| Ok(Needed::to(Action::PutDeployment, object(snapshot, id, spec))),
            decide: &|snapshot, _| {
                let capabilities = check(snapshot, spec, capabilities.clone())?;
                let before = snapshot.deployment.as_ref();
                if let Some(same) = before.filter(|d| d.spec == *spec && d.capabilities == capabilities) {
                    return Ok(Step::Unchanged(Box::new(Record::Deployment(same.clone()))));
                }
                let after = revised(before, id, spec, capabilities, caller);
                let kind = if before.is_some() { "deployment.changed" } else { "deployment.registered" };
                let old = before.map(|deployment| &deployment.spec);
                let record = Record::Deployment(after.clone());
                let answer = record.key();
                let mut change = by.put(kind, subject(&after), record, old, spec)?;
                cancel_stale(&mut change, &by, snapshot)?;
                Ok(Step::commit(change, answer))
            },
        })
        .await
    }

    /// Lifts the hold of a deployment, so that releases start there again.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`], [`EngineError::VersionMoved`].
    pub async fn lift_hold(
        &self,
        caller: &Caller,
        id: &DeploymentId,
        reason: &str,
        options: &Options,
    ) -> Result<Outcome<Deployment>, EngineError> {
        let by = By::caller(caller);
        self.carry_out(Command {
            caller,
            name: "deployment.lift_hold",
            load: Load::deployment(id.clone()),
            options,
            need: &|snapshot| Ok(Needed::to(Action::LiftHold, Object::deployment(found(snapshot, id)?))),
            decide: &|snapshot, _| {
                let before = found(snapshot, id)?;
                let Some(hold) = &before.hold else {
                    return Ok(Step::Unchanged(Box::new(Record::Deployment(before.clone()))));
                };
                let after = Deployment { hold: None, ..before.clone() };
                let record = Record::Deployment(after);
                let answer = record.key();
                let to = serde_json::json!({ "hold": null, "reason": reason });
                let from = serde_json::json!({ "reason": hold.reason, "release": hold.release });
                let change = by.put("deployment.hold_lifted", subject(before), record, Some(&from), &to)?;
                Ok(Step::commit(change, answer))
            },
        })
        .await
    }

    fn capabilities(&self, spec: &DeploymentSpec) -> Result<Capabilities, Violations> {
        match self.0.deploy_executors.get(&spec.executor) {
            Some(executor) => executor.capabilities(&spec.target).map_err(|violations| {
                let mut below = Violations::new();
                below.extend_below("/target", violations);
                below
            }),
            None => {
                let names =
                    self.0.deploy_executors.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>();
                let message = format!("`{}` is unknown; accepted: {}", spec.executor, names.join(", "));
                Err(Violations::one("/executor", "unknown_executor", message))
            }
        }
    }
}

/// The deployment of the snapshot.
pub(super) fn found<'a>(snapshot: &'a Snapshot, id: &DeploymentId) -> Result<&'a Deployment, EngineError> {
    snapshot.deployment.as_ref().ok_or_else(|| EngineError::not_found("deployment", id))
}

/// What a deployment's events are about.
pub(super) fn subject(deployment: &Deployment) -> Subject {
    Subject::new(SubjectKind::Deployment, deployment.id.as_str())
        .of_service(deployment.spec.service.clone())
        .of_deployment(deployment.id.clone())
}

/// What the change is to: what is there now, so that a grant on the new place does not open the old one.
fn object(snapshot: &Snapshot, id: &DeploymentId, spec: &DeploymentSpec) -> Object {
    snapshot.deployment.as_ref().map_or_else(
        || Object {
            service: Some(spec.service.clone()),
            deployment: Some(id.clone()),
            environment: Some(spec.environment.clone()),
            tier: Some(spec.tier),
        },
        Object::deployment,
    )
}

fn check(
    snapshot: &Snapshot,
    spec: &DeploymentSpec,
    capabilities: Result<Capabilities, Violations>,
) -> Result<Capabilities, EngineError> {
    let mut violations = Violations::new();
    if snapshot.service.is_none() {
        let message = format!("service `{}` is not registered; accepted: a registered service", spec.service);
        violations.push("/service", "unknown_service", message);
    }
    if let Some(before) = &snapshot.deployment {
        if before.spec.service != spec.service {
            let message = format!("a deployment keeps its service; accepted: `{}`", before.spec.service);
            violations.push("/service", "immutable", message);
        }
        if before.spec.environment != spec.environment {
            let message =
                format!("a deployment keeps its environment; accepted: `{}`", before.spec.environment);
            violations.push("/environment", "immutable", message);
        }
    }
    match capabilities {
        Ok(capabilities) => violations.into_result(capabilities).map_err(EngineError::from),
        Err(more) => {
            violations.extend_below("", more);
            Err(violations.into())
        }
    }
}

fn revised(
    before: Option<&Deployment>,
    id: &DeploymentId,
    spec: &DeploymentSpec,
    capabilities: Capabilities,
    caller: &Caller,
) -> Deployment {
    Deployment {
        id: id.clone(),
        revision: before.map_or(1, |deployment| deployment.revision.saturating_add(1)),
        spec: spec.clone(),
        capabilities,
        hold: before.and_then(|deployment| deployment.hold.clone()),
        created_at: before.map_or(Timestamp::EPOCH, |deployment| deployment.created_at),
        updated_at: Timestamp::EPOCH,
        updated_by: caller.principal.clone(),
        row_version: before.map_or(RowVersion::ABSENT, |deployment| deployment.row_version),
    }
}

/// Cancels, in the same commit, what waits for the deployment as it was.
pub(super) fn cancel_stale(change: &mut ChangeSet, by: &By, snapshot: &Snapshot) -> Result<(), EngineError> {
    let Some(deployment) = &snapshot.deployment else { return Ok(()) };
    let engine = By { actor: Actor::System { part: SystemActor::Queue }, ..by.clone() };
    for release in snapshot.waiting.iter().filter(|release| release.spec.when_stale == StaleRule::Cancel) {
        // The revision that this commit makes is not in the snapshot yet; zero stands for "another one".
        let facts = crate::release::facts::Facts {
            deployment_revision: 0,
            ..super::facts::facts(snapshot, deployment, super::facts::Roles::new())
        };
        let events = decide(release, &ReleaseCommand::MarkStale, &facts)?;
        change.merge(engine.release(Some(release), events)?);
    }
    Ok(())
}
