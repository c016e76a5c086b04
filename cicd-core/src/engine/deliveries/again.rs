//! Redelivery: what was delivered is asked of the trigger policy again.

use super::{recorded, rely_on};
use crate::authz::{Action, Caller, Object};
use crate::engine::carry_out::{Command, Needed, Step};
use crate::engine::change::By;
use crate::engine::sources::{delivery_key, found_delivery, key};
use crate::engine::{Engine, EngineError, Options, Outcome};
use crate::id::{DeliveryId, SourceId};
use crate::port::Load;
use crate::source::{Reading, SourceDelivery};
use crate::violation::Violations;

impl Engine {
    /// Asks the trigger policy again about what a delivery told, as the CI config is now.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when the delivery told nothing that could start a run; [`EngineError::NotFound`],
    /// [`EngineError::Denied`].
    pub async fn redeliver(
        &self,
        caller: &Caller,
        source: SourceId,
        id: DeliveryId,
        options: &Options,
    ) -> Result<Outcome<SourceDelivery>, EngineError> {
        let source = self.source_row(caller, source).await?;
        let by = By::caller(caller);
        self.carry_out(Command {
            caller,
            name: "source.redeliver",
            load: Load { service: Some(source.service.clone()), ..Load::record(delivery_key(id)) },
            options,
            need: &|snapshot| {
                found_delivery(snapshot, source.id, id)?;
                Ok(Needed::to(Action::ManageSources, Object::service(source.service.clone())))
            },
            decide: &|snapshot, _| {
                let before = found_delivery(snapshot, source.id, id)?;
                if !before.can_be_redelivered() {
                    let message = "the delivery told nothing that could start a run; accepted: one that did";
                    return Err(Violations::one("", "nothing_to_redeliver", message).into());
                }
                let told = before.changes.iter().filter_map(|change| change.event.clone());
                let readings = told.map(|event| Reading::Event(Box::new(event)));
                let (changes, runs) = self.settled(&by, snapshot, (&source, id, Some(caller)), readings)?;
                let delivery = SourceDelivery {
                    changes,
                    redeliveries: before.redeliveries.saturating_add(1),
                    redelivered_by: Some(caller.principal.clone()),
                    ..before.clone()
                };
                let mut change = recorded(&by, "source.redelivered", &source, &delivery)?;
                rely_on(&mut change, snapshot, &source);
                change.rely_on(key(source.id), source.row_version);
                runs.into_iter().for_each(|run| change.merge(run));
                Ok(Step::commit(change, delivery_key(id)))
            },
        })
        .await
    }
}
