//! The timeline of one release.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::deployments::found;
use super::super::super::releases::found_release;
use super::{Engine, EngineError};
use crate::audit::{AuditEvent, Chain, StoredEvent, SubjectKind};
use crate::authz::{Action, Caller, Object};
use crate::id::{ReleaseId, TenantId};
use crate::page::Page;
use crate::port::{EventQuery, Load, Topic};
use crate::release::content::ArtifactOrigin;
use crate::release::state::{RollbackCause, State};
use crate::release::{Release, ReleaseKind};
use crate::service::Deployment;
use crate::timeline::{self, TimelineEntry, TimelineQuery, touches};

/// The most events of one thing that a release's timeline brings together.
const MOST_EVENTS: u16 = 1_000;

/// How many times it reads on in what happened to the deployment meanwhile, [`MOST_EVENTS`] each.
const MOST_READS: usize = 10;

type Events = BTreeMap<u64, StoredEvent>;

impl Engine {
    /// One page of the timeline of a release: the CI run that built what it brings, its votes, its rollout, the rollback that
    /// undid it or the release that it undid, and what changed meanwhile for its deployment: config, locks, freezes, floors.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn release_timeline(
        &self,
        caller: &Caller,
        id: ReleaseId,
        query: &TimelineQuery,
    ) -> Result<Page<TimelineEntry>, EngineError> {
        let snapshot = self.release_for(caller, id, Action::Read).await?;
        let release = found_release(&snapshot, id)?;
        self.release_entries(&caller.tenant, release, found(&snapshot, release.deployment())?, query).await
    }

    /// A release with its deployment, and what a reader of its timeline must be allowed to read.
    pub(in super::super::super) async fn release_of_timeline(
        &self,
        tenant: &TenantId,
        id: ReleaseId,
    ) -> Result<(Object, Release, Deployment), EngineError> {
        let snapshot = self.store().load(tenant, &Load::release(id)).await?;
        let release = found_release(&snapshot, id)?;
        let deployment = found(&snapshot, release.deployment())?;
        Ok((Object::deployment(deployment), release.clone(), deployment.clone()))
    }

    /// One page of a release's timeline. It asks for nobody's right.
    pub(in super::super::super) async fn release_entries(
        &self,
        tenant: &TenantId,
        release: &Release,
        deployment: &Deployment,
        query: &TimelineQuery,
    ) -> Result<Page<TimelineEntry>, EngineError> {
        let mut events = self.story(tenant, release).await?;
        self.meanwhile(tenant, release, deployment, &mut events).await?;
        let mut entries = timeline::fold(events.values())?;
        let environment = &deployment.spec.environment;
        let is_here = |entry: &TimelineEntry| {
            query
                .environment
                .as_ref()
                .is_none_or(|asked| asked == environment && entry.kind.split('.').next() != Some("ci_run"))
        };
        entries.retain(|entry| query.selects(entry) && is_here(entry));
        Ok(paged(entries, query))
    }

    /// The release, what it undid or was undone by, and the run that built it.
    async fn story(&self, tenant: &TenantId, release: &Release) -> Result<Events, EngineError> {
        let related = related(release);
        let mut events = Events::new();
        for release in &related {
            let query =
                EventQuery { release: Some(*release), limit: MOST_EVENTS, ..EventQuery::of(Chain::Ledger) };
            events.extend(numbered(self.store().events(tenant, &query).await?));
        }
        if let ArtifactOrigin::CiRun { run, .. } = &release.spec.content.artifact.origin {
            let query = EventQuery { run: Some(*run), limit: MOST_EVENTS, ..EventQuery::of(Chain::Ledger) };
            for stored in self.store().events(tenant, &query).await? {
                // Releases of the same artifact carry the run too, but they have timelines of their own.
                if stored.event()?.subject.release.is_none() {
                    events.insert(stored.seq, stored);
                }
            }
        }
        Ok(events)
    }

    /// What changed for the deployment from when the release was asked for until it was over.
    async fn meanwhile(
        &self,
        tenant: &TenantId,
        release: &Release,
        deployment: &Deployment,
        events: &mut Events,
    ) -> Result<(), EngineError> {
        let Some((first, last)) = lifetime(release, events)? else { return Ok(()) };
        let tiers = BTreeSet::from([deployment.spec.tier]);
        let mut query = EventQuery {
            about: vec![Topic::Deployment(deployment.id.clone()), Topic::Governance],
            after: Some(first),
            to: last,
            limit: MOST_EVENTS,
            ..EventQuery::of(Chain::Ledger)
        };
        for _ in 0..MOST_READS {
            let found = self.store().events(tenant, &query).await?;
            let is_last = found.len() < usize::from(MOST_EVENTS);
            query.after = found.last().map(|event| event.seq).or(query.after);
            for stored in found {
                let event = stored.event()?;
                if changes(&event) && touches(&event, &tiers) {
                    events.insert(stored.seq, stored);
                }
            }
            if is_last {
                break;
            }
        }
        Ok(())
    }
}

fn related(release: &Release) -> Vec<ReleaseId> {
    let mut related = vec![release.id()];
    if let ReleaseKind::Rollback { of, .. } = &release.spec.kind {
        related.push(*of);
    }
    if let State::RolledBack { cause: RollbackCause::UndoneBy { release }, .. } = &release.state {
        related.push(*release);
    }
    related
}

fn numbered(events: Vec<StoredEvent>) -> impl Iterator<Item = (u64, StoredEvent)> {
    events.into_iter().map(|event| (event.seq, event))
}

/// The sequence of the release's first event, and that of its last one when it is over.
fn lifetime(release: &Release, events: &Events) -> Result<Option<(u64, Option<u64>)>, EngineError> {
    let mut own = Vec::new();
    for stored in events.values() {
        if stored.event()?.subject.release == Some(release.id()) {
            own.push(stored.seq);
        }
    }
    let is_over = release.due().is_none() && release.state.execution().is_none();
    let ends = own.first().copied().zip(own.last().copied());
    Ok(ends.map(|(first, last)| (first, is_over.then_some(last))))
}

/// Whether it is a change of the deployment or of what governs it.
const fn changes(event: &AuditEvent) -> bool {
    matches!(
        event.subject.kind,
        SubjectKind::Deployment
            | SubjectKind::CdConfig
            | SubjectKind::PolicyFloor
            | SubjectKind::Freeze
            | SubjectKind::Lock
    )
}

/// The page that `query` asks for, of entries with the oldest one first.
fn paged(mut entries: Vec<TimelineEntry>, query: &TimelineQuery) -> Page<TimelineEntry> {
    if !query.oldest_first {
        entries.reverse();
    }
    if let Some(after) = query.after {
        entries.retain(|entry| if query.oldest_first { entry.seq > after } else { entry.seq < after });
    }
    let limit = usize::from(query.limit.get());
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| has_more).map(|entry| entry.seq.to_string());
    Page { items: entries, next }
}
