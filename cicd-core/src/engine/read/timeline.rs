//! Timelines, read from the ledger.

use std::collections::BTreeMap;

use super::super::deployments::found;
use super::super::releases::found_release;
use super::{Engine, EngineError, service_object};
use crate::audit::{Chain, StoredEvent};
use crate::authz::{Action, Caller, Object};
use crate::id::{ReleaseId, ServiceId, TenantId};
use crate::page::{Limit, Page};
use crate::port::{EventQuery, Load, Order};
use crate::release::content::ArtifactOrigin;
use crate::release::state::{RollbackCause, State};
use crate::release::{Release, ReleaseKind};
use crate::timeline::{self, TimelineEntry};

/// The most events of one thing that a release's timeline brings together.
const MOST_EVENTS: u16 = 1000;

impl Engine {
    /// One page of a service's timeline, newest first; `before` is the sequence that the last page ended with.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn service_timeline(
        &self,
        caller: &Caller,
        id: &ServiceId,
        before: Option<u64>,
        limit: Limit,
    ) -> Result<Page<TimelineEntry>, EngineError> {
        let load = Load::service(id.clone());
        self.look(caller, Action::Read, &load, |snapshot| service_object(snapshot, id)).await?;
        self.service_entries(&caller.tenant, id, before, limit).await
    }

    /// What a reader of a service's timeline must be allowed to read.
    pub(in super::super) async fn service_of_timeline(
        &self,
        tenant: &TenantId,
        id: &ServiceId,
    ) -> Result<Object, EngineError> {
        service_object(&self.store().load(tenant, &Load::service(id.clone())).await?, id)
    }

    /// One page of a service's timeline. It asks for nobody's right.
    pub(in super::super) async fn service_entries(
        &self,
        tenant: &TenantId,
        id: &ServiceId,
        before: Option<u64>,
        limit: Limit,
    ) -> Result<Page<TimelineEntry>, EngineError> {
        let query = EventQuery {
            order: Order::NewestFirst,
            after: before,
            service: Some(id.clone()),
            limit: limit.get().saturating_add(1),
            ..EventQuery::of(Chain::Ledger)
        };
        let mut events = self.store().events(tenant, &query).await?;
        let more = events.len() > usize::from(limit.get());
        events.truncate(usize::from(limit.get()));
        let next = events.last().filter(|_| more).map(|event| event.seq.to_string());
        Ok(Page { items: timeline::fold(&events)?, next })
    }

    /// The timeline of a release, oldest first: the CI run that built what it brings, its votes, its rollout, and the
    /// rollback that undid it or the release that it undid.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn release_timeline(
        &self,
        caller: &Caller,
        id: ReleaseId,
    ) -> Result<Vec<TimelineEntry>, EngineError> {
        let snapshot = self.release_for(caller, id, Action::Read).await?;
        self.release_entries(&caller.tenant, found_release(&snapshot, id)?).await
    }

    /// A release, and what a reader of its timeline must be allowed to read.
    pub(in super::super) async fn release_of_timeline(
        &self,
        tenant: &TenantId,
        id: ReleaseId,
    ) -> Result<(Object, Release), EngineError> {
        let snapshot = self.store().load(tenant, &Load::release(id)).await?;
        let release = found_release(&snapshot, id)?;
        Ok((Object::deployment(found(&snapshot, release.deployment())?), release.clone()))
    }

    /// The timeline of a release. It asks for nobody's right.
    pub(in super::super) async fn release_entries(
        &self,
        tenant: &TenantId,
        release: &Release,
    ) -> Result<Vec<TimelineEntry>, EngineError> {
        let mut related = vec![release.id()];
        if let ReleaseKind::Rollback { of, .. } = &release.spec.kind {
            related.push(*of);
        }
        if let State::RolledBack { cause: RollbackCause::UndoneBy { release }, .. } = &release.state {
            related.push(*release);
        }
        let mut events: BTreeMap<u64, StoredEvent> = BTreeMap::new();
        for release in related {
            let query =
                EventQuery { release: Some(release), limit: MOST_EVENTS, ..EventQuery::of(Chain::Ledger) };
            self.gather(tenant, &query, &mut events).await?;
        }
        if let ArtifactOrigin::CiRun { run, .. } = &release.spec.content.artifact.origin {
            let query = EventQuery { run: Some(*run), limit: MOST_EVENTS, ..EventQuery::of(Chain::Ledger) };
            let mut built = BTreeMap::new();
            self.gather(tenant, &query, &mut built).await?;
            // Releases of the same artifact carry the run too, but they have timelines of their own.
            for (seq, event) in built {
                if event.event()?.subject.release.is_none() {
                    events.insert(seq, event);
                }
            }
        }
        Ok(timeline::fold(events.values())?)
    }

    async fn gather(
        &self,
        tenant: &TenantId,
        query: &EventQuery,
        into: &mut BTreeMap<u64, StoredEvent>,
    ) -> Result<(), EngineError> {
        let events = self.store().events(tenant, query).await?;
        into.extend(events.into_iter().map(|event| (event.seq, event)));
        Ok(())
    }
}
