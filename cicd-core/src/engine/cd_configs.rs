//! CD configs.

use serde_json::Value;

use super::carry_out::{Command, Needed, Step};
use super::change::By;
use super::deployments::{cancel_stale, found};
use super::error::EngineError;
use super::facts::floor;
use super::{Engine, Options, Outcome};
use crate::audit::{Subject, SubjectKind};
use crate::authz::{Action, Caller, Object};
use crate::cd::{CdConfig, CdSpec};
use crate::id::{DeploymentId, RowVersion};
use crate::port::{Load, Record, Snapshot};
use crate::service::Deployment;
use crate::time::Timestamp;

impl Engine {
    /// Sets the CD config of a deployment: a new revision, unless nothing changes. Releases that were voted on under the
    /// old one are cancelled in the same commit, unless it pins them.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] with every violation of the draft; [`EngineError::NotFound`], [`EngineError::Denied`],
    /// [`EngineError::VersionMoved`].
    pub async fn put_cd_config(
        &self,
        caller: &Caller,
        id: &DeploymentId,
        draft: &Value,
        options: &Options,
    ) -> Result<Outcome<CdConfig>, EngineError> {
        let by = By::caller(caller);
        self.carry_out(Command {
            caller,
            name: "cd_config.put",
            load: Load::deployment(id.clone()),
            options,
            need: &|snapshot| need(snapshot, id),
            decide: &|snapshot, _| {
                let deployment = found(snapshot, id)?;
                let floor = floor(snapshot, deployment.spec.tier);
                let spec = CdSpec::parse(draft, &deployment.capabilities, &floor)?;
                let before = snapshot.cd_config.as_ref();
                if let Some(same) = before.filter(|config| config.spec == spec) {
                    return Ok(Step::Unchanged(Box::new(Record::CdConfig(same.clone()))));
                }
                let after = CdConfig {
                    deployment: id.clone(),
                    revision: snapshot.last_cd_revision.saturating_add(1),
                    spec,
                    updated_at: Timestamp::EPOCH,
                    updated_by: caller.principal.clone(),
                    row_version: before.map_or(RowVersion::ABSENT, |config| config.row_version),
                };
                let record = Record::CdConfig(after.clone());
                let answer = record.key();
                let old = before.map(|config| &config.spec);
                let mut change =
                    by.put("cd_config.changed", subject(deployment), record, old, &after.spec)?;
                change.rely_on(Record::Deployment(deployment.clone()).key(), deployment.row_version);
                cancel_stale(&mut change, &by, snapshot)?;
                Ok(Step::commit(change, answer))
            },
        })
        .await
    }

    /// Deletes the CD config of a deployment: nothing new is released there. Its revisions stay.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`], [`EngineError::VersionMoved`].
    pub async fn delete_cd_config(
        &self,
        caller: &Caller,
        id: &DeploymentId,
        options: &Options,
    ) -> Result<Outcome<()>, EngineError> {
        let by = By::caller(caller);
        self.carry_out_delete(Command {
            caller,
            name: "cd_config.delete",
            load: Load::deployment(id.clone()),
            options,
            need: &|snapshot| need(snapshot, id),
            decide: &|snapshot, _| {
                let deployment = found(snapshot, id)?;
                let before = snapshot.cd_config.as_ref();
                let before = before.ok_or_else(|| EngineError::not_found("cd config of deployment", id))?;
                let gone = Record::CdConfig(before.clone());
                let mut change = by.delete("cd_config.deleted", subject(deployment), &gone, &before.spec)?;
                cancel_stale(&mut change, &by, snapshot)?;
                Ok(Step::commit(change, gone.key()))
            },
        })
        .await
    }
}

fn need(snapshot: &Snapshot, id: &DeploymentId) -> Result<Needed, EngineError> {
    Ok(Needed::to(Action::PutCdConfig, Object::deployment(found(snapshot, id)?)))
}

fn subject(deployment: &Deployment) -> Subject {
    Subject::new(SubjectKind::CdConfig, deployment.id.as_str())
        .of_service(deployment.spec.service.clone())
        .of_deployment(deployment.id.clone())
}
