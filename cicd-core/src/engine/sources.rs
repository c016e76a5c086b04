//! Sources of events, as callers set them up.

use serde::Serialize;

use super::carry_out::{Command, Needed, Step};
use super::change::By;
use super::error::EngineError;
use super::read::KnownDeployments;
use super::{Engine, Options, Outcome};
use crate::audit::{Subject, SubjectKind};
use crate::authz::{Action, Caller, Object};
use crate::id::{DeliveryId, RowVersion, ServiceId, SourceId};
use crate::page::{Limit, Page};
use crate::port::{ListQuery, Load, Record, RecordKey, RecordKind, Snapshot};
use crate::source::{DeliveryOutcome, Source, SourceDelivery, SourceDraft};
use crate::time::Timestamp;
use crate::violation::Violations;

impl Engine {
    /// Sets up a source of events for a service.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] without the service; [`EngineError::Invalid`] where the host has no secrets;
    /// [`EngineError::Denied`].
    pub async fn create_source(
        &self,
        caller: &Caller,
        draft: &SourceDraft,
        options: &Options,
    ) -> Result<Outcome<Source>, EngineError> {
        self.carry_out(Command {
            caller,
            name: "source.create",
            load: Load::service(draft.service.clone()),
            options,
            need: &|snapshot| need(snapshot, &draft.service),
            decide: &|snapshot, _| {
                self.check_secrets()?;
                let id = SourceId::from_uuid(self.0.ids.uuid(snapshot.now));
                let source = sourced((id, Timestamp::EPOCH, RowVersion::ABSENT), draft, caller);
                put(&By::caller(caller), "source.created", source, None, draft)
            },
        })
        .await
    }

    /// Changes a source. Its service stays: another service has a source of its own.
    ///
    /// # Errors
    /// As [`Engine::create_source`], and [`EngineError::VersionMoved`].
    pub async fn put_source(
        &self,
        caller: &Caller,
        id: SourceId,
        draft: &SourceDraft,
        options: &Options,
    ) -> Result<Outcome<Source>, EngineError> {
        let service = self.source_row(caller, id).await?.service;
        self.carry_out(Command {
            caller,
            name: "source.put",
            load: Load { service: Some(service), ..Load::record(key(id)) },
            options,
            need: &|snapshot| need(snapshot, &found(snapshot, id)?.service),
            decide: &|snapshot, _| {
                let before = found(snapshot, id)?;
                if draft.service != before.service {
                    let message = format!("`{}`; accepted: `{}`, as it is", draft.service, before.service);
                    return Err(Violations::one("/service", "immutable", message).into());
                }
                let from = drafted(before);
                if from == *draft {
                    return Ok(Step::Unchanged(Box::new(Record::Source(before.clone()))));
                }
                let after = sourced((before.id, before.created_at, before.row_version), draft, caller);
                put(&By::caller(caller), "source.changed", after, Some(&from), draft)
            },
        })
        .await
    }

    /// Deletes a source: nothing that it sends is taken from then on. What it delivered stays until it is old.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`], [`EngineError::VersionMoved`].
    pub async fn delete_source(
        &self,
        caller: &Caller,
        id: SourceId,
        options: &Options,
    ) -> Result<Outcome<()>, EngineError> {
        let service = self.source_row(caller, id).await?.service;
        self.carry_out_delete(Command {
            caller,
            name: "source.delete",
            load: Load { service: Some(service), ..Load::record(key(id)) },
            options,
            need: &|snapshot| need(snapshot, &found(snapshot, id)?.service),
            decide: &|snapshot, _| {
                let before = found(snapshot, id)?;
                let gone = Record::Source(before.clone());
                let change =
                    By::caller(caller).delete("source.deleted", subject(before), &gone, &drafted(before))?;
                Ok(Step::commit(change, gone.key()))
            },
        })
        .await
    }

    /// A source.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn source(&self, caller: &Caller, id: SourceId) -> Result<Source, EngineError> {
        let object = |snapshot: &Snapshot| Ok(Object::service(found(snapshot, id)?.service.clone()));
        let snapshot = self.look(caller, Action::Read, &Load::record(key(id)), object).await?;
        Ok(found(&snapshot, id)?.clone())
    }

    /// What a source delivered, the last one first.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`]; [`EngineError::Invalid`] when `after` is not the `next` of a page.
    pub async fn deliveries(
        &self,
        caller: &Caller,
        source: SourceId,
        outcome: Option<DeliveryOutcome>,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, EngineError> {
        self.source(caller, source).await?;
        let keep = |row: &Record, _: &_| {
            outcome.is_none_or(|asked| matches!(row, Record::SourceDelivery(row) if row.outcome() == asked))
        };
        self.narrowed(
            &caller.tenant,
            &ListQuery::Deliveries { source },
            (after, limit),
            KnownDeployments::default(),
            keep,
        )
        .await
    }

    /// One delivery of a source.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn delivery(
        &self,
        caller: &Caller,
        source: SourceId,
        id: DeliveryId,
    ) -> Result<SourceDelivery, EngineError> {
        self.source(caller, source).await?;
        let load = Load::record(delivery_key(id));
        Ok(found_delivery(&self.store().load(&caller.tenant, &load).await?, source, id)?.clone())
    }

    /// The row of a source, for what needs to be known before a command is loaded; the command asks for the right.
    pub(super) async fn source_row(&self, caller: &Caller, id: SourceId) -> Result<Source, EngineError> {
        found(&self.store().load(&caller.tenant, &Load::record(key(id))).await?, id).cloned()
    }

    fn check_secrets(&self) -> Result<(), Violations> {
        let message = "this host resolves no secrets; accepted: a host with `EngineBuilder::secrets`";
        self.0.secrets.as_ref().map(drop).ok_or_else(|| Violations::one("/secrets", "no_secrets", message))
    }
}

/// The row that `draft` asks for; id, time and version are those of the row before it.
fn sourced(
    (id, created_at, row_version): (SourceId, Timestamp, RowVersion),
    draft: &SourceDraft,
    caller: &Caller,
) -> Source {
    Source {
        id,
        name: draft.name.clone(),
        service: draft.service.clone(),
        provider: draft.provider,
        scheme: draft.scheme,
        secrets: draft.secrets.clone(),
        events: draft.events.clone(),
        updated_by: caller.principal.clone(),
        updated_at: Timestamp::EPOCH,
        created_at,
        row_version,
    }
}

fn put<T: Serialize>(
    by: &By,
    kind: &str,
    source: Source,
    from: Option<&T>,
    to: &T,
) -> Result<Step, EngineError> {
    let subject = subject(&source);
    let record = Record::Source(source);
    let answer = record.key();
    Ok(Step::commit(by.put(kind, subject, record, from, to)?, answer))
}

fn need(snapshot: &Snapshot, service: &ServiceId) -> Result<Needed, EngineError> {
    match &snapshot.service {
        Some(_) => Ok(Needed::to(Action::ManageSources, Object::service(service.clone()))),
        None => Err(EngineError::not_found("service", service)),
    }
}

fn drafted(source: &Source) -> SourceDraft {
    SourceDraft {
        name: source.name.clone(),
        service: source.service.clone(),
        provider: source.provider,
        scheme: source.scheme,
        secrets: source.secrets.clone(),
        events: source.events.clone(),
    }
}

pub(super) fn subject(source: &Source) -> Subject {
    Subject::new(SubjectKind::Source, source.id.to_string()).of_service(source.service.clone())
}

pub(super) fn key(id: SourceId) -> RecordKey {
    RecordKey::new(RecordKind::Source, id)
}

pub(super) fn delivery_key(id: DeliveryId) -> RecordKey {
    RecordKey::new(RecordKind::SourceDelivery, id)
}

pub(super) fn found(snapshot: &Snapshot, id: SourceId) -> Result<&Source, EngineError> {
    match &snapshot.record {
        Some(Record::Source(source)) => Ok(source),
        _ => Err(EngineError::not_found("source", id)),
    }
}

pub(super) fn found_delivery(
    snapshot: &Snapshot,
    source: SourceId,
    id: DeliveryId,
) -> Result<&SourceDelivery, EngineError> {
    match &snapshot.record {
        Some(Record::SourceDelivery(delivery)) if delivery.source == source => Ok(delivery),
        _ => Err(EngineError::not_found("delivery", id)),
    }
}
