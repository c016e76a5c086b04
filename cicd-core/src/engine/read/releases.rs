//! Releases by more than a store's own filters.

use super::{Engine, EngineError, KnownDeployments};
use crate::audit::Chain;
use crate::authz::{Action, Caller, Object};
use crate::id::{Environment, TenantId};
use crate::page::{Limit, Page};
use crate::port::{Born, ListQuery, Load, Record, ReleaseFilter};
use crate::release::Release;
use crate::time::Timestamp;

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
        let known = match query.environment {
            Some(_) => self.deployments_of(tenant, query.filter.service.as_ref()).await?,
            None => KnownDeployments::default(),
        };
        let is_there = |release: &Release, known: &KnownDeployments| {
            query.environment.as_ref().is_none_or(|asked| {
                known.get(release.deployment()).is_some_and(|row| row.spec.environment == *asked)
            })
        };
        let keep = |row: &Record, known: &_| matches!(row, Record::Release(found) if is_there(found, known));
        let page = self.narrowed(tenant, &list, (after, limit), known, keep).await?;
        let items = page.items.into_iter().filter_map(|record| Release::try_from(record).ok()).collect();
        Ok(Page { items, next: page.next })
    }
}
