//! Timelines, read from the ledger.

use std::collections::BTreeSet;

use super::{Engine, EngineError, service_object};
use crate::audit::{Chain, StoredEvent};
use crate::authz::{Action, Caller, Object};
use crate::id::{DeploymentId, Environment, ServiceId, TenantId};
use crate::page::Page;
use crate::port::{EventQuery, Load, Order, Topic};
use crate::service::{Deployment, Tier};
use crate::timeline::{self, TimelineEntry, TimelineQuery, touches};

mod release;

/// What an environment's part of a service's timeline is about.
struct Places {
    tiers: BTreeSet<Tier>,
    /// The deployments; `None` for all of the service.
    only: Option<BTreeSet<DeploymentId>>,
}

impl Places {
    fn of(deployments: &[Deployment], environment: Option<&Environment>) -> Self {
        let within =
            |deployment: &&Deployment| environment.is_none_or(|asked| *asked == deployment.spec.environment);
        let tiers = deployments.iter().filter(within).map(|deployment| deployment.spec.tier).collect();
        let ids = || deployments.iter().filter(within).map(|deployment| deployment.id.clone()).collect();
        Self { tiers, only: environment.is_some().then(ids) }
    }

    fn topics(&self, service: &ServiceId) -> Vec<Topic> {
        let governed = (!self.tiers.is_empty()).then_some(Topic::Governance);
        let most = EventQuery::MAX_TOPICS.saturating_sub(1);
        let own = match &self.only {
            Some(deployments) if deployments.len() <= most => {
                deployments.iter().cloned().map(Topic::Deployment).collect()
            }
            _ => vec![Topic::Service(service.clone())],
        };
        own.into_iter().chain(governed).collect()
    }

    fn cover(&self, stored: &StoredEvent) -> Result<bool, EngineError> {
        let event = stored.event()?;
        let is_here = match (&self.only, &event.subject.deployment) {
            (Some(only), Some(deployment)) => only.contains(deployment),
            (Some(_), None) => event.subject.service.is_none(),
            (None, _) => true,
        };
        Ok(is_here && touches(&event, &self.tiers))
    }
}

impl Engine {
    /// One page of a service's timeline: its CI runs, releases, votes, rollouts and rollbacks, changes of its configs and
    /// deployments, and the freezes, locks and policy floors that touch one of its deployments.
    ///
    /// A page that filters looks at 10 000 events at most; it may end before it is full, or be empty, and have a next one.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn service_timeline(
        &self,
        caller: &Caller,
        id: &ServiceId,
        query: &TimelineQuery,
    ) -> Result<Page<TimelineEntry>, EngineError> {
        let load = Load::service(id.clone());
        self.look(caller, Action::Read, &load, |snapshot| service_object(snapshot, id)).await?;
        self.service_entries(&caller.tenant, id, query).await
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
        query: &TimelineQuery,
    ) -> Result<Page<TimelineEntry>, EngineError> {
        let deployments = self.deployments_of(tenant, Some(id)).await?.into_rows();
        let places = Places::of(&deployments, query.environment.as_ref());
        let about = places.topics(id);
        if about.is_empty() {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let events =
            EventQuery { about, after: query.after, order: order(query), ..EventQuery::of(Chain::Ledger) };
        let span = self.span(tenant, Chain::Ledger, query.since, query.until).await?;
        let keep = |event: &StoredEvent| {
            Ok(places.cover(event)? && (query.is_plain() || query.selects(&timeline::entry(event)?)))
        };
        let page = self.scan(tenant, span.narrow(events), query.limit.get(), keep).await?;
        Ok(Page { items: timeline::fold(&page.items)?, next: page.next })
    }
}

const fn order(query: &TimelineQuery) -> Order {
    if query.oldest_first { Order::OldestFirst } else { Order::NewestFirst }
}
