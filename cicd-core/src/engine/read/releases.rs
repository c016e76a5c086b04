//! Releases by more than a store's own filters.

use std::collections::BTreeSet;

use super::{Engine, EngineError};
use crate::audit::Chain;
use crate::authz::{Action, Caller, Object};
use crate::id::{DeploymentId, Environment, TenantId};
use crate::page::{Limit, Page};
use crate::port::{Born, ListQuery, Load, ReleaseFilter, StoreError};
use crate::release::Release;
use crate::time::Timestamp;
use crate::violation::Violations;

/// How many times one page reads on.
const MOST_READS: usize = 20;

/// Which releases to list; each member is a condition, absent ones are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReleaseQuery {
    /// What the store itself selects by.
    pub filter: ReleaseFilter,
    /// Only to deployments of this environment.
    pub environment: Option<Environment>,
    /// Only asked for from this time on.
    pub since: Option<Timestamp>,
    /// Only asked for before this time.
    pub until: Option<Timestamp>,
}

impl ReleaseQuery {
    /// What a reader must be allowed to read.
    pub(in super::super) fn object(&self) -> Object {
        Object { service: self.filter.service.clone(), ..Object::tenant() }
    }
}

impl Engine {
    /// The births between two times, for lists of what the ledger saw begin.
    ///
    /// # Errors
    /// When the store can't be reached.
    pub async fn born(
        &self,
        tenant: &TenantId,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
        oldest_first: bool,
    ) -> Result<Born, EngineError> {
        let (from, to) = self.span(tenant, Chain::Ledger, since, until).await?.ends();
        Ok(Born { from, to, oldest_first })
    }

    /// One page of releases. With an environment it looks at a bounded number of releases; it may end before it is full, or be
    /// empty, and have a next one.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when `after` is not the `next` of a page; [`EngineError::Denied`].
    pub async fn releases(
        &self,
        caller: &Caller,
        query: &ReleaseQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Release>, EngineError> {
        self.look(caller, Action::Read, &Load::tenant(), |_| Ok(query.object())).await?;
        self.releases_found(&caller.tenant, query, after, limit).await
    }

    /// One page of releases. It asks for nobody's right.
    pub(in super::super) async fn releases_found(
        &self,
        tenant: &TenantId,
        query: &ReleaseQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Release>, EngineError> {
        let born = self.born(tenant, query.since, query.until, query.filter.born.oldest_first).await?;
        let list = ListQuery::Releases(ReleaseFilter { born, ..query.filter.clone() });
        let places = match &query.environment {
            Some(environment) => Some(self.places(tenant, query, environment).await?),
            None => None,
        };
        let (mut items, mut after, mut limit) = (Vec::new(), after.map(str::to_owned), limit);
        for _ in 0..MOST_READS {
            let page = self.store().list(tenant, &list, after.as_deref(), limit).await;
            let page = page.map_err(cursor)?;
            let releases = page.items.into_iter().filter_map(|record| Release::try_from(record).ok());
            let here =
                |release: &Release| places.as_ref().is_none_or(|known| known.contains(release.deployment()));
            let before = items.len();
            items.extend(releases.filter(here));
            after = page.next;
            let left = u64::from(limit.get())
                .saturating_sub(u64::try_from(items.len().saturating_sub(before)).unwrap_or(0));
            match Limit::new(left) {
                Some(left) if after.is_some() => limit = left,
                _ => break,
            }
        }
        Ok(Page { items, next: after })
    }

    async fn places(
        &self,
        tenant: &TenantId,
        query: &ReleaseQuery,
        environment: &Environment,
    ) -> Result<BTreeSet<DeploymentId>, EngineError> {
        let all = self.deployments_of(tenant, query.filter.service.as_ref()).await?;
        Ok(all.into_iter().filter(|row| row.spec.environment == *environment).map(|row| row.id).collect())
    }
}

fn cursor(error: StoreError) -> EngineError {
    match error {
        StoreError::Invalid { message } => Violations::one("/after", "cursor", message).into(),
        error => error.into(),
    }
}
