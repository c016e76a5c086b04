//! The record for people: computed on read from audit events, never stored.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::audit::{AuditEvent, StoredEvent, SubjectKind};
use crate::authz::Actor;
use crate::ci::run::RunEvent;
use crate::id::{CiRunId, DeploymentId, ReleaseId, ServiceId};
use crate::release::event::ReleaseEvent;
use crate::time::Timestamp;

mod governs;
mod group;
mod query;
mod sentence;

pub use governs::touches;
pub use group::{TimelineGroup, group};
pub use query::TimelineQuery;

/// One line of a timeline. It links its audit event by sequence: `GET /audit-events/{seq}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// The sequence of its audit event in the tenant's ledger.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened, such as `release.approved`.
    pub kind: String,
    /// Who did it.
    pub actor: Actor,
    /// What happened, in a sentence.
    pub summary: String,
    /// The service that it belongs to.
    pub service: Option<ServiceId>,
    /// The deployment that it belongs to.
    pub deployment: Option<DeploymentId>,
    /// The release that it belongs to.
    pub release: Option<ReleaseId>,
    /// The CI run that it belongs to, or that built what the release brings.
    pub run: Option<CiRunId>,
    /// The release that caused it: a rollback, or a newer release.
    pub caused_by: Option<ReleaseId>,
}

/// Folds events into a timeline, in their order. An event that this version does not know is told by its kind.
///
/// # Errors
/// When the bytes of an event are not an event: the row was altered.
pub fn fold<'a>(
    events: impl IntoIterator<Item = &'a StoredEvent>,
) -> Result<Vec<TimelineEntry>, serde_json::Error> {
    events.into_iter().map(entry).collect()
}

/// One event as it is told.
///
/// # Errors
/// When the bytes are not an event: the row was altered.
pub fn entry(stored: &StoredEvent) -> Result<TimelineEntry, serde_json::Error> {
    let event = stored.event()?;
    let (summary, caused_by) = tell(&event);
    Ok(TimelineEntry {
        seq: stored.seq,
        at: stored.at,
        summary,
        caused_by,
        kind: event.kind,
        actor: event.actor,
        service: event.subject.service,
        deployment: event.subject.deployment,
        release: event.subject.release,
        run: event.subject.run,
    })
}

fn tell(event: &AuditEvent) -> (String, Option<ReleaseId>) {
    let unknown = || (format!("{} {}", event.kind, event.subject.id), None);
    match event.subject.kind {
        SubjectKind::Release => match serde_json::from_value::<ReleaseEvent>(event.data.clone()) {
            Ok(release) => (sentence::release(&release), release.caused_by()),
            Err(_) => unknown(),
        },
        SubjectKind::CiRun => match serde_json::from_value::<RunEvent>(event.data.clone()) {
            Ok(run) => (sentence::run(&run), None),
            Err(_) => unknown(),
        },
        _ => (sentence::other(&event.kind, &event.subject.id, reason(&event.data)), None),
    }
}

fn reason(data: &Value) -> Option<&str> {
    data.get("after")?.get("reason")?.as_str()
}
