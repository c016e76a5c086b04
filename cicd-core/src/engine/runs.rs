//! CI runs, as callers see them.

use super::carry_out::{Command, Needed, Step};
use super::change::By;
use super::error::EngineError;
use super::{Engine, Options, Outcome};
use crate::authz::{Action, Caller, Object};
use crate::ci::run::{CiRun, RunCommand, RunDraft, decide};
use crate::id::{CiRunId, RowVersion, ServiceId};
use crate::port::{Load, Record, RecordKey, RecordKind, Snapshot};

impl Engine {
    /// Triggers a CI run by hand; its trigger type is always `manual`.
    ///
    /// # Errors
    /// [`EngineError::TriggerBlocked`] by the trigger policy; [`EngineError::NotFound`] without service or CI config;
    /// [`EngineError::Denied`].
    pub async fn trigger_run(
        &self,
        caller: &Caller,
        service: &ServiceId,
        draft: &RunDraft,
        options: &Options,
    ) -> Result<Outcome<CiRun>, EngineError> {
        let by = By::caller(caller);
        self.carry_out(Command {
            caller,
            name: "ci_run.trigger",
            load: Load::service(service.clone()),
            options,
            need: &|snapshot| match &snapshot.service {
                Some(_) => Ok(Needed::to(Action::TriggerRun, Object::service(service.clone()))),
                None => Err(EngineError::not_found("service", service)),
            },
            decide: &|snapshot, _| {
                let config = snapshot.ci_config.as_ref();
                let config = config.ok_or_else(|| EngineError::not_found("ci config of service", service))?;
                let id = CiRunId::from_uuid(self.0.ids.uuid(snapshot.now));
                let trigger = draft.clone().by(caller.principal.clone());
                let events = CiRun::create(id, config, trigger, None).map_err(EngineError::TriggerBlocked)?;
                let mut change = by.run(None, service, id, events)?;
                change.rely_on(Record::CiConfig(config.clone()).key(), config.row_version);
                Ok(Step::commit(change, RecordKey::new(RecordKind::CiRun, id)))
            },
        })
        .await
    }

    /// Cancels a CI run: at once while it is queued, else as soon as its worker has stopped it.
    ///
    /// # Errors
    /// [`EngineError::RunRefused`] when it is over; [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn cancel_run(
        &self,
        caller: &Caller,
        id: CiRunId,
        options: &Options,
    ) -> Result<Outcome<CiRun>, EngineError> {
        let by = By::caller(caller);
        self.carry_out(Command {
            caller,
            name: "ci_run.cancel",
            load: Load::run(id),
            options,
            need: &|snapshot| {
                Ok(Needed::to(Action::CancelRun, Object::service(found(snapshot, id)?.service.clone())))
            },
            decide: &|snapshot, _| {
                let run = found(snapshot, id)?;
                let events = decide(run, &RunCommand::Cancel { by: caller.principal.clone() })?;
                if events.is_empty() {
                    return Ok(Step::Unchanged(Box::new(Record::CiRun(run.clone()))));
                }
                let change = by.run(Some(run), &run.service, id, events)?;
                Ok(Step::commit(change, RecordKey::new(RecordKind::CiRun, id)))
            },
        })
        .await
    }
}

/// The run of the snapshot.
pub(super) fn found(snapshot: &Snapshot, id: CiRunId) -> Result<&CiRun, EngineError> {
    snapshot.run.as_ref().ok_or_else(|| EngineError::not_found("ci run", id))
}

/// The version of the run's row, absent ones too.
pub(super) fn relied_on(run: &CiRun) -> (RecordKey, RowVersion) {
    (RecordKey::new(RecordKind::CiRun, run.id), run.row_version)
}
