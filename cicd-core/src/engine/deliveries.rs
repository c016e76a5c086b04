//! What sources deliver. A delivery and the runs that it starts are one commit: who is answered knows that both are kept, a
//! crash before leaves nothing, and the sender comes again.

mod again;
mod forget;

use serde::Serialize;

use super::Engine;
use super::change::By;
use super::error::EngineError;
use super::sources::{found, key, subject};
use crate::authz::{Actor, Caller};
use crate::ci::CiRun;
use crate::ci::run::{RunSource, RunTrigger};
use crate::ci::trigger::TriggerType;
use crate::digest::Digest;
use crate::id::{CiRunId, DeliveryId, RowVersion, SourceId, TenantId};
use crate::port::{ChangeSet, Load, Record, RecordKey, RecordKind, Snapshot, StoreError, Write};
use crate::source::{
    Change, ChangeOutcome, DeliveryMark, Headers, IgnoreReason, Provider, Reading, Source, SourceDelivery,
    SourceEvent, is_of, read, verify,
};
use crate::time::Timestamp;
use crate::trace::TraceParent;

/// How often a delivery is decided again when it lost against others.
const ATTEMPTS: u32 = 20;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The delivery; the first one, where this one repeats it.
    pub delivery: DeliveryId,
    /// Whether it repeats one that was taken: by its sender's id, or by its body.
    pub is_duplicate: bool,
    /// Who sent it.
    pub provider: Provider,
}

/// Why a delivery was not taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DeliverError {
    /// There is no such source. A sender is told no more than of one that is not verified.
    #[error("there is no such source")]
    Unknown,
    /// Nothing shows that it comes from the source's sender. The reason is for the host's log; a sender is told no more than
    /// that it is so.
    #[error("the sender is not verified: {reason}")]
    Unverified {
        /// Why.
        reason: String,
    },
    /// Too many deliveries of the source wait.
    #[error("too many deliveries of the source wait; accepted: the same again later")]
    Busy {
        /// Who sent it.
        provider: Provider,
    },
    /// It could not be verified, decided or stored.
    #[error("{error}")]
    Engine {
        /// Who sent it, once that was verified.
        provider: Option<Provider>,
        /// Why.
        error: EngineError,
    },
}

impl From<EngineError> for DeliverError {
    fn from(error: EngineError) -> Self {
        Self::Engine { provider: None, error }
    }
}

/// What a delivery is known by, once it is verified and read.
struct Received {
    source: Source,
    sender_id: Option<String>,
    event: String,
    body: Digest,
    trace: Option<TraceParent>,
    readings: Vec<Reading>,
}

impl Engine {
    /// Takes what came to the address of a source: verifies it, reads it, and commits it with the runs that the service's
    /// trigger policy lets it start. `body` is what came, byte by byte.
    ///
    /// # Errors
    /// [`DeliverError`].
    pub async fn deliver(
        &self,
        tenant: &TenantId,
        source: SourceId,
        headers: &Headers,
        body: &[u8],
    ) -> Result<Delivered, DeliverError> {
        let snapshot =
            self.store().load(tenant, &Load::record(key(source))).await.map_err(EngineError::from)?;
        let unverified = |reason: String| DeliverError::Unverified { reason };
        let found = found(&snapshot, source).map_err(|_| DeliverError::Unknown)?;
        let secrets = self.signing(tenant, found).await?;
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        verify((found.provider, found.scheme), &secrets, headers, body, snapshot.now)
            .map_err(|error| unverified(error.to_string()))?;
        let received = received(found.clone(), headers, body).map_err(unverified)?;
        let provider = received.source.provider;
        let _place = self.0.waiting.enter(source).ok_or(DeliverError::Busy { provider })?;
        let taken = self.take(tenant, &received).await;
        taken.map_err(|error| DeliverError::Engine { provider: Some(provider), error })
    }

    /// The values of a source's secrets; those that can't be resolved are left out, with a word in the log.
    async fn signing(&self, tenant: &TenantId, source: &Source) -> Result<Vec<String>, EngineError> {
        let unavailable = |message: String| EngineError::Unavailable { message };
        let secrets = self.0.secrets.as_ref();
        let secrets = secrets.ok_or_else(|| unavailable("the host resolves no secrets".to_owned()))?;
        let mut values = Vec::with_capacity(source.secrets.len());
        for reference in &source.secrets {
            match secrets.resolve(tenant, reference.secret.as_str()).await {
                Ok(Some(value)) => values.push(value.expose().to_owned()),
                Ok(None) => {
                    tracing::warn!(source = %source.id, secret = %reference.secret, "there is no such secret");
                }
                Err(error) => tracing::warn!(source = %source.id, %error, "a secret can't be resolved"),
            }
        }
        if values.is_empty() {
            return Err(unavailable(format!("source `{}` has no secret that can be resolved", source.id)));
        }
        Ok(values)
    }

    async fn take(&self, tenant: &TenantId, received: &Received) -> Result<Delivered, EngineError> {
        let actor = Actor::Source { id: received.source.id };
        let by = By { tenant: tenant.clone(), actor, request_id: None, trace: received.trace };
        let load =
            Load { service: Some(received.source.service.clone()), ..Load::record(key(received.source.id)) };
        let (provider, mut first) = (received.source.provider, None);
        for attempt in 0..ATTEMPTS {
            let snapshot = self.store().load(tenant, &load).await?;
            let began = *first.get_or_insert(snapshot.now);
            let (delivery, change) = self.decided_delivery(&by, &snapshot, received)?;
            match self.commit(change).await {
                Ok(_) => return Ok(Delivered { delivery, is_duplicate: false, provider }),
                Err(StoreError::Stale { what }) if what.kind == RecordKind::DeliveryMark => {
                    if let Some(first) = self.marked(tenant, &what).await? {
                        return Ok(Delivered { delivery: first, is_duplicate: true, provider });
                    }
                }
                Err(StoreError::Stale { .. } | StoreError::GovernanceMoved) => {
                    self.back_off(attempt, began, snapshot.now).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(EngineError::Contended)
    }

    /// The delivery that a mark is of; `None` where it was forgotten meanwhile.
    async fn marked(&self, tenant: &TenantId, mark: &RecordKey) -> Result<Option<DeliveryId>, EngineError> {
        Ok(match self.store().load(tenant, &Load::record(mark.clone())).await?.record {
            Some(Record::DeliveryMark(mark)) => Some(mark.delivery),
            _ => None,
        })
    }

    /// The delivery, its marks and its runs, as one change. That nothing is marked twice is what makes a repeat one.
    fn decided_delivery(
        &self,
        by: &By,
        snapshot: &Snapshot,
        received: &Received,
    ) -> Result<(DeliveryId, ChangeSet), EngineError> {
        // A source that was changed or deleted since its sender was verified decides anew.
        let source = found(snapshot, received.source.id)?;
        if source.row_version != received.source.row_version {
            return Err(EngineError::Contended);
        }
        let id = DeliveryId::from_uuid(self.0.ids.uuid(snapshot.now));
        let readings = received.readings.iter().cloned();
        let (changes, runs) = self.settled(by, snapshot, (source, id, None), readings)?;
        let delivery = SourceDelivery {
            id,
            source: source.id,
            service: source.service.clone(),
            sender_id: received.sender_id.clone(),
            event: received.event.clone(),
            body: received.body,
            changes,
            redeliveries: 0,
            redelivered_by: None,
            received_at: Timestamp::EPOCH,
            row_version: RowVersion::ABSENT,
        };
        let mut change = recorded(by, "source.delivered", source, &delivery)?;
        for mark in delivery.mark_keys() {
            let (marked_at, row_version) = (Timestamp::EPOCH, RowVersion::ABSENT);
            let mark = DeliveryMark { key: mark, delivery: id, marked_at, row_version };
            change.write(Write::Put(Box::new(mark.into())));
        }
        rely_on(&mut change, snapshot, source);
        runs.into_iter().for_each(|run| change.merge(run));
        Ok((id, change))
    }

    /// What comes of each reading, and the runs that begin.
    fn settled(
        &self,
        by: &By,
        snapshot: &Snapshot,
        on: (&Source, DeliveryId, Option<&Caller>),
        readings: impl Iterator<Item = Reading>,
    ) -> Result<(Vec<Change>, Vec<ChangeSet>), EngineError> {
        let (mut changes, mut runs) = (Vec::new(), Vec::new());
        for reading in readings {
            let event = match reading {
                Reading::Ignored(reason) => {
                    changes.push(Change { event: None, outcome: reason.into() });
                    continue;
                }
                Reading::Event(event) => *event,
            };
            let outcome = match self.triggered(by, snapshot, on, &event)? {
                Ok((run, change)) => {
                    runs.push(change);
                    ChangeOutcome::Triggered { run }
                }
                Err(reason) => reason.into(),
            };
            changes.push(Change { event: Some(event), outcome });
        }
        Ok((changes, runs))
    }

    /// The run that an event starts, or why it starts none.
    fn triggered(
        &self,
        by: &By,
        snapshot: &Snapshot,
        (source, delivery, redelivered_by): (&Source, DeliveryId, Option<&Caller>),
        event: &SourceEvent,
    ) -> Result<Result<(CiRunId, ChangeSet), IgnoreReason>, EngineError> {
        if !source.events.contains(&event.kind) {
            return Ok(Err(IgnoreReason::NotWanted { kind: event.kind }));
        }
        let Some(config) = &snapshot.ci_config else { return Ok(Err(IgnoreReason::NoCiConfig)) };
        if !is_of_config(source, event, config) {
            let repository = event.repositories.first().cloned().unwrap_or_default();
            return Ok(Err(IgnoreReason::OtherRepository { repository }));
        }
        let nobody = || EngineError::Internal { message: "a source without a principal".to_owned() };
        let trigger = RunTrigger {
            trigger_type: TriggerType::SourceEvent,
            actor: source.principal().ok_or_else(nobody)?,
            reason: redelivered_by.map(|caller| format!("redelivered by {}", caller.principal)),
            git_ref: event.git_ref.clone(),
            commit: event.commit.clone(),
            source: Some(Box::new(RunSource {
                source: source.id,
                delivery,
                author: event.author.clone(),
                link: event.link.clone(),
            })),
        };
        let id = CiRunId::from_uuid(self.0.ids.uuid(snapshot.now));
        match CiRun::create(id, config, trigger, event.changed_paths.clone()) {
            Ok(events) => Ok(Ok((id, by.run(None, &source.service, id, events)?))),
            Err(reason) => Ok(Err(IgnoreReason::Policy { reason })),
        }
    }
}

/// Whether the event is of the repository that the service is built from. Only senders of our own payload may leave it out.
fn is_of_config(source: &Source, event: &SourceEvent, config: &crate::ci::CiConfig) -> bool {
    let may_be_silent = source.provider == Provider::StandardWebhooks && event.repositories.is_empty();
    may_be_silent || event.repositories.iter().any(|sent| is_of(&config.spec.repository, sent))
}

fn received(source: Source, headers: &Headers, body: &[u8]) -> Result<Received, String> {
    let one = |name| headers.one(name).map_err(|error| error.to_string());
    let mut sender_id = None;
    for name in source.provider.delivery_headers(source.scheme) {
        if sender_id.is_none() {
            sender_id = one(name)?.filter(|id| (1..=255).contains(&id.len())).map(str::to_owned);
        }
    }
    let event = source.provider.event_header().map(one).transpose()?.flatten();
    let (event, readings) = read(source.provider, event, body);
    // A trace is nothing that a sender has to get right.
    let trace = headers.one("traceparent").ok().flatten().and_then(|text| text.parse().ok());
    Ok(Received { sender_id, event, body: Digest::of(body), trace, readings, source })
}

/// What the audit tells of a delivery: not the paths and the links, which its row has.
#[derive(Serialize)]
struct Audited<'a> {
    delivery: DeliveryId,
    sender_id: Option<&'a str>,
    event: &'a str,
    body: Digest,
    outcomes: Vec<&'a ChangeOutcome>,
}

fn recorded(
    by: &By,
    kind: &str,
    source: &Source,
    delivery: &SourceDelivery,
) -> Result<ChangeSet, EngineError> {
    let audited = Audited {
        delivery: delivery.id,
        sender_id: delivery.sender_id.as_deref(),
        event: &delivery.event,
        body: delivery.body,
        outcomes: delivery.changes.iter().map(|change| &change.outcome).collect(),
    };
    by.put(kind, subject(source), Record::SourceDelivery(delivery.clone()), None, &audited)
}

/// The source, the service's CI config, or that there is none.
fn rely_on(change: &mut ChangeSet, snapshot: &Snapshot, source: &Source) {
    let config = RecordKey::new(RecordKind::CiConfig, &source.service);
    let version = snapshot.ci_config.as_ref().map_or(RowVersion::ABSENT, |config| config.row_version);
    change.rely_on(config, version);
    if matches!(snapshot.record, Some(Record::Source(_))) {
        change.rely_on(key(source.id), source.row_version);
    }
}
