//! Asking for releases.

use super::carry_out::{Command, Needed, Step};
use super::change::{By, release_key};
use super::deployments::found;
use super::error::EngineError;
use super::facts::{Roles, floor, relied_on};
use super::{Engine, Options, Outcome, queue};
use crate::authz::{Action, Caller, Object};
use crate::ci::run::RunStatus;
use crate::id::ReleaseId;
use crate::port::{ChangeSet, Load, Snapshot};
use crate::release::Release;
use crate::release::content::{Artifact, ArtifactOrigin};
use crate::release::create::{self, Request, Surroundings};
use crate::release::draft::{ArtifactSource, ReleaseDraft};
use crate::release::event::ReleaseEvent;
use crate::service::Deployment;
use crate::violation::Violations;

impl Engine {
    /// Asks for a release. Its content is fixed from here on.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when the artifact is no succeeded run's of this service or the CD config no longer fits;
    /// [`EngineError::Refused`] by the queue rule; [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn create_release(
        &self,
        caller: &Caller,
        draft: &ReleaseDraft,
        options: &Options,
    ) -> Result<Outcome<Release>, EngineError> {
        let _turn = self.0.turns.take(&caller.tenant, format!("deployment {}", draft.deployment)).await;
        let run = match draft.artifact {
            ArtifactSource::CiRun(run) => Some(run),
            ArtifactSource::External { .. } => None,
        };
        self.carry_out(Command {
            caller,
            name: "release.create",
            load: Load { run, ..Load::deployment(draft.deployment.clone()) },
            options,
            need: &|snapshot| {
                Ok(Needed::to(Action::CreateRelease, Object::deployment(found(snapshot, &draft.deployment)?)))
            },
            decide: &|snapshot, roles| {
                let deployment = found(snapshot, &draft.deployment)?;
                let artifact = chosen(snapshot, deployment, &draft.artifact)?;
                let request = Request {
                    id: self.release_id(snapshot),
                    requester: caller.principal.clone(),
                    reason: draft.reason.clone(),
                    version: draft.version.clone(),
                    retry_of: None,
                };
                created(&By::caller(caller), snapshot, deployment, request, artifact, roles)
            },
        })
        .await
    }

    /// Asks for a release of the same artifact as an earlier one, with votes of its own.
    ///
    /// # Errors
    /// As [`Engine::create_release`]; [`EngineError::Refused`] when the earlier one is not over, or was a rollback.
    pub async fn retry_release(
        &self,
        caller: &Caller,
        id: ReleaseId,
        reason: Option<&str>,
        options: &Options,
    ) -> Result<Outcome<Release>, EngineError> {
        self.carry_out(Command {
            caller,
            name: "release.retry",
            load: Load::release(id),
            options,
            need: &|snapshot| {
                let earlier = found_release(snapshot, id)?;
                Ok(Needed::to(Action::Retry, Object::deployment(found(snapshot, earlier.deployment())?)))
            },
            decide: &|snapshot, roles| {
                let earlier = found_release(snapshot, id)?;
                let deployment = found(snapshot, earlier.deployment())?;
                create::check_retry(earlier)?;
                let request = Request {
                    id: self.release_id(snapshot),
                    requester: caller.principal.clone(),
                    reason: reason.map(str::to_owned),
                    version: earlier.spec.version.clone(),
                    retry_of: Some(id),
                };
                let artifact = earlier.spec.content.artifact.clone();
                created(&By::caller(caller), snapshot, deployment, request, artifact, roles)
            },
        })
        .await
    }

    pub(super) fn release_id(&self, snapshot: &Snapshot) -> ReleaseId {
        ReleaseId::from_uuid(self.0.ids.uuid(snapshot.now))
    }
}

/// The release of the snapshot.
pub(super) fn found_release(snapshot: &Snapshot, id: ReleaseId) -> Result<&Release, EngineError> {
    snapshot.release.as_ref().ok_or_else(|| EngineError::not_found("release", id))
}

fn chosen(
    snapshot: &Snapshot,
    deployment: &Deployment,
    source: &ArtifactSource,
) -> Result<Artifact, EngineError> {
    let refuse =
        |code, message: String| EngineError::from(Violations::one("/artifact/ci_run", code, message));
    match source {
        ArtifactSource::External { digest, name, location } => Ok(Artifact {
            digest: *digest,
            name: name.clone(),
            origin: ArtifactOrigin::External { location: location.clone() },
        }),
        ArtifactSource::CiRun(id) => {
            let service = &deployment.spec.service;
            let run = snapshot.run.as_ref().filter(|run| run.service == *service).ok_or_else(|| {
                refuse(
                    "unknown_run",
                    format!("`{id}` is not a run of `{service}`; accepted: a succeeded one"),
                )
            })?;
            let RunStatus::Succeeded { artifact, .. } = &run.status else {
                let status = run.status.name();
                return Err(refuse(
                    "run_not_succeeded",
                    format!("`{id}` is `{status}`; accepted: a succeeded run"),
                ));
            };
            Ok(Artifact {
                digest: artifact.digest,
                name: artifact.name.to_string(),
                origin: ArtifactOrigin::CiRun { run: *id, commit: run.trigger.commit.to_string() },
            })
        }
    }
}

/// What a creation relies on, from what was loaded.
pub(super) fn surroundings<'a>(
    snapshot: &'a Snapshot,
    deployment: &'a Deployment,
    floor: &'a crate::cd::PolicyFloor,
) -> Result<Surroundings<'a>, EngineError> {
    let config = snapshot.cd_config.as_ref();
    Ok(Surroundings {
        deployment,
        config: config.ok_or_else(|| EngineError::not_found("cd config of deployment", &deployment.id))?,
        floor,
        executing: snapshot.executing.as_ref().map(Release::id),
        waiting: &snapshot.waiting,
    })
}

fn created(
    by: &By,
    snapshot: &Snapshot,
    deployment: &Deployment,
    request: Request,
    artifact: Artifact,
    roles: Roles,
) -> Result<Step, EngineError> {
    let id = request.id;
    let floor = floor(snapshot, deployment.spec.tier);
    let event = create::deploy(request, artifact, surroundings(snapshot, deployment, &floor)?)?;
    let change = created_change(by, snapshot, deployment, event, roles)?;
    Ok(Step::commit(change, release_key(id)))
}

/// The change that creates a release, with what that means for the queue.
pub(super) fn created_change(
    by: &By,
    snapshot: &Snapshot,
    deployment: &Deployment,
    event: ReleaseEvent,
    roles: Roles,
) -> Result<ChangeSet, EngineError> {
    let after = Release::apply(None, &event, snapshot.now)
        .map_err(|error| EngineError::Internal { message: error.to_string() })?;
    let mut change = by.release(None, vec![event])?;
    for (key, version) in relied_on(snapshot, deployment) {
        change.rely_on(key, version);
    }
    if let Some(run) = &snapshot.run {
        let (key, version) = super::runs::relied_on(run);
        change.rely_on(key, version);
    }
    queue::moved(&mut change, by, snapshot, deployment, &after, roles)?;
    Ok(change)
}
