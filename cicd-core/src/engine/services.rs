//! Services.

use super::carry_out::{Command, Needed, Step};
use super::change::By;
use super::{Engine, EngineError, Options, Outcome};
use crate::audit::{Subject, SubjectKind};
use crate::authz::{Action, Caller, Object};
use crate::id::{RowVersion, ServiceId};
use crate::port::Load;
use crate::service::{Service, ServiceDraft};
use crate::time::Timestamp;

impl Engine {
    /// Registers a service, or changes its name and description.
    ///
    /// # Errors
    /// [`EngineError::Denied`] and [`EngineError::VersionMoved`].
    pub async fn put_service(
        &self,
        caller: &Caller,
        id: &ServiceId,
        draft: &ServiceDraft,
        options: &Options,
    ) -> Result<Outcome<Service>, EngineError> {
        let by = By::caller(caller);
        self.carry_out(Command {
            caller,
            name: "service.put",
            load: Load::service(id.clone()),
            options,
            need: &|_| Ok(Needed::to(Action::PutService, Object::service(id.clone()))),
            decide: &|snapshot, _| {
                let before = snapshot.service.as_ref();
                let after = Service {
                    id: id.clone(),
                    name: draft.name.clone(),
                    description: draft.description.clone(),
                    updated_at: Timestamp::EPOCH,
                    updated_by: caller.principal.clone(),
                    created_at: before.map_or(Timestamp::EPOCH, |service| service.created_at),
                    row_version: before.map_or(RowVersion::ABSENT, |service| service.row_version),
                };
                let old =
                    before.map(|s| ServiceDraft { name: s.name.clone(), description: s.description.clone() });
                let kind = if before.is_some() { "service.changed" } else { "service.registered" };
                let subject = Subject::new(SubjectKind::Service, id.as_str()).of_service(id.clone());
                let record = crate::port::Record::Service(after);
                let answer = record.key();
                Ok(Step::commit(by.put(kind, subject, record, old.as_ref(), draft)?, answer))
            },
        })
        .await
    }
}
