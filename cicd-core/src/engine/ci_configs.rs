//! CI configs.

use serde_json::Value;

use super::carry_out::{Command, Needed, Step};
use super::change::By;
use super::error::EngineError;
use super::{Engine, Options, Outcome};
use crate::audit::{Subject, SubjectKind};
use crate::authz::{Action, Caller, Object};
use crate::ci::{CiConfig, CiSpec};
use crate::id::{RowVersion, ServiceId};
use crate::port::{Load, Record, Snapshot};
use crate::time::Timestamp;
use crate::violation::Violations;

impl Engine {
    /// Sets the CI config of a service: a new revision, unless nothing changes.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] with every violation of the draft; [`EngineError::NotFound`], [`EngineError::Denied`],
    /// [`EngineError::VersionMoved`].
    pub async fn put_ci_config(
        &self,
        caller: &Caller,
        service: &ServiceId,
        draft: &Value,
        options: &Options,
    ) -> Result<Outcome<CiConfig>, EngineError> {
        let by = By::caller(caller);
        self.carry_out(Command {
            caller,
            name: "ci_config.put",
            load: Load::service(service.clone()),
            options,
            need: &|snapshot| need(snapshot, service),
            decide: &|snapshot, _| {
                let spec = self.ci_spec(draft)?;
                let before = snapshot.ci_config.as_ref();
                if let Some(same) = before.filter(|config| config.spec == spec) {
                    return Ok(Step::Unchanged(Box::new(Record::CiConfig(same.clone()))));
                }
                let after = CiConfig {
                    service: service.clone(),
                    revision: snapshot.last_ci_revision.saturating_add(1),
                    spec,
                    updated_at: Timestamp::EPOCH,
                    updated_by: caller.principal.clone(),
                    row_version: before.map_or(RowVersion::ABSENT, |config| config.row_version),
                };
                let record = Record::CiConfig(after.clone());
                let answer = record.key();
                let old = before.map(|config| &config.spec);
                Ok(Step::commit(
                    by.put("ci_config.changed", subject(service), record, old, &after.spec)?,
                    answer,
                ))
            },
        })
        .await
    }

    /// Deletes the CI config of a service. Its revisions stay; runs that began go on.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`], [`EngineError::VersionMoved`].
    pub async fn delete_ci_config(
        &self,
        caller: &Caller,
        service: &ServiceId,
        options: &Options,
    ) -> Result<Outcome<()>, EngineError> {
        let by = By::caller(caller);
        self.carry_out_delete(Command {
            caller,
            name: "ci_config.delete",
            load: Load::service(service.clone()),
            options,
            need: &|snapshot| need(snapshot, service),
            decide: &|snapshot, _| {
                let before = snapshot.ci_config.as_ref();
                let before = before.ok_or_else(|| EngineError::not_found("ci config of service", service))?;
                let gone = Record::CiConfig(before.clone());
                Ok(Step::commit(
                    by.delete("ci_config.deleted", subject(service), &gone, &before.spec)?,
                    gone.key(),
                ))
            },
        })
        .await
    }

    fn ci_spec(&self, draft: &Value) -> Result<CiSpec, Violations> {
        let spec = CiSpec::parse_with(draft, self.0.ci_rules)?;
        match self.0.ci_executors.get(&spec.executor) {
            Some(executor) => executor.violations(&spec).into_result(spec),
            None => {
                let names = self.0.ci_executors.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>();
                let message = format!("`{}` is unknown; accepted: {}", spec.executor, names.join(", "));
                Err(Violations::one("/executor", "unknown_executor", message))
            }
        }
    }
}

fn need(snapshot: &Snapshot, service: &ServiceId) -> Result<Needed, EngineError> {
    match &snapshot.service {
        Some(_) => Ok(Needed::to(Action::PutCiConfig, Object::service(service.clone()))),
        None => Err(EngineError::not_found("service", service)),
    }
}

fn subject(service: &ServiceId) -> Subject {
    Subject::new(SubjectKind::CiConfig, service.as_str()).of_service(service.clone())
}
