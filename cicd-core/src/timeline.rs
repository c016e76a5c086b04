//! The record for people: computed on read from audit events, never stored.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::audit::StoredEvent;
use crate::authz::{Actor, SystemActor};
use crate::id::{CiRunId, DeploymentId, ReleaseId, ServiceId};
use crate::time::Timestamp;

mod governs;
mod group;
mod query;
mod sentence;
#[cfg(test)]
mod tests;

use sentence::Told;

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
    let event: Value = serde_json::from_str(&stored.bytes)?;
    told(stored, Told(&event)).ok_or_else(|| serde::de::Error::custom("the bytes are not an audit event"))
}

fn told(stored: &StoredEvent, event: Told<'_>) -> Option<TimelineEntry> {
    let (kind, subject) = (event.text("/kind")?, event.text("/subject/kind")?);
    let data = event.below("/data")?;
    let sentence = match subject {
        "release" => sentence::release(data),
        "ci_run" => sentence::run(data),
        _ => Some(sentence::other(kind, event.text("/subject/id")?, data)),
    };
    let unknown = || Some(format!("{kind} {}", event.text("/subject/id")?));
    let caused_by = if subject == "release" { caused_by(data) } else { None };
    Some(TimelineEntry {
        seq: stored.seq,
        at: stored.at,
        kind: kind.to_owned(),
        actor: actor(event.below("/actor")?)?,
        summary: sentence.or_else(unknown)?,
        service: event.maybe("/subject/service")?,
        deployment: event.maybe("/subject/deployment")?,
        release: event.maybe("/subject/release")?,
        run: event.maybe("/subject/run")?,
        caused_by,
    })
}

/// Who did it. By hand, as all that is told: see [`sentence`].
fn actor(told: Told<'_>) -> Option<Actor> {
    Some(match told.text("/kind")? {
        "person" => Actor::Person { id: told.parsed("/id")?, token: told.maybe("/token")? },
        "service_account" => Actor::ServiceAccount { id: told.parsed("/id")?, token: told.maybe("/token")? },
        "attempt" => Actor::Attempt { id: told.parsed("/id")? },
        "source" => Actor::Source { id: told.parsed("/id")? },
        "system" => Actor::System {
            part: match told.text("/part")? {
                "worker" => SystemActor::Worker,
                "queue" => SystemActor::Queue,
                "bootstrap" => SystemActor::Bootstrap,
                "retention" => SystemActor::Retention,
                _ => return None,
            },
        },
        _ => return None,
    })
}

/// The release that caused what happened to a release: the newer one, or the rollback.
fn caused_by(told: Told<'_>) -> Option<ReleaseId> {
    let id = match (told.text("/kind")?, told.text("/reason/code"), told.text("/cause/code")) {
        ("release.cancelled", Some("superseded"), _) => told.text("/reason/by"),
        ("release.rolled_back", _, Some("undone_by")) => told.text("/cause/release"),
        _ => None,
    };
    id?.parse().ok()
}
