//! Tokens, freezes and locks by more than a store's own filters.

use std::collections::BTreeMap;

use super::{Engine, EngineError, listed};
use crate::authz::{Caller, Token};
use crate::choice::choice;
use crate::gate::{Freeze, FreezeScope, Lock};
use crate::id::{DeploymentId, PrincipalId, ServiceId, TenantId};
use crate::page::{Limit, Page};
use crate::port::{ListQuery, Load, Record};
use crate::service::Tier;
use crate::time::Timestamp;

/// How many times one page reads on.
const MOST_READS: usize = 20;

choice!(
    /// Whether a token works.
    pub enum TokenStatus {
        /// It does.
        Active = "active",
        /// Its time is over.
        Expired = "expired",
        /// Somebody ended it, whether its time is over or not.
        Revoked = "revoked",
    }
);
choice!(
    /// Where a freeze or a lock stands in time.
    pub enum GateStatus {
        /// It holds back later. Locks hold at once.
        Planned = "planned",
        /// It holds back now.
        Active = "active",
        /// It holds nothing back any more.
        Ended = "ended",
    }
);

/// Which tokens to list; each member is a condition, absent ones are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenQuery {
    /// Only of this principal.
    pub principal: Option<PrincipalId>,
    /// Only with this status.
    pub status: Option<TokenStatus>,
}

/// Which freezes or locks to list; each member is a condition, absent ones are none. A freeze of the tenant holds every deployment, one
/// of a tier every deployment there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateQuery {
    /// Only with this status.
    pub status: Option<GateStatus>,
    /// Only what holds this deployment.
    pub deployment: Option<DeploymentId>,
    /// Only what holds a deployment of this service.
    pub service: Option<ServiceId>,
    /// Only what holds this tier, or a deployment there.
    pub tier: Option<Tier>,
}

impl TokenQuery {
    fn selects(&self, token: &Token, now: Timestamp) -> bool {
        let status = match token.revoked_at {
            Some(_) => TokenStatus::Revoked,
            None if token.works(now) => TokenStatus::Active,
            None => TokenStatus::Expired,
        };
        self.principal.as_ref().is_none_or(|asked| *asked == token.principal)
            && self.status.is_none_or(|asked| asked == status)
    }
}

/// The deployments that a query is about.
struct Held {
    tier: Option<Tier>,
    /// `None` where none was named.
    places: Option<BTreeMap<DeploymentId, Tier>>,
    /// Whether a service or a deployment was named, not a tier alone.
    is_named: bool,
}

impl Held {
    fn deployment(&self, deployment: &DeploymentId) -> bool {
        self.places.as_ref().is_none_or(|places| places.contains_key(deployment))
    }

    fn scope(&self, scope: &FreezeScope) -> bool {
        match scope {
            FreezeScope::Tenant => {
                !self.is_named || self.places.as_ref().is_none_or(|places| !places.is_empty())
            }
            FreezeScope::Deployment { deployment } => self.deployment(deployment),
            FreezeScope::Tier { tier } => match &self.places {
                Some(places) if self.is_named => places.values().any(|place| place == tier),
                _ => self.tier.is_none_or(|asked| asked == *tier),
            },
        }
    }
}

impl GateQuery {
    fn is_in(&self, now: Timestamp, from: Option<Timestamp>, until: Timestamp) -> bool {
        let status = match from {
            _ if until <= now => GateStatus::Ended,
            Some(from) if now < from => GateStatus::Planned,
            _ => GateStatus::Active,
        };
        self.status.is_none_or(|asked| asked == status)
    }

    fn freeze(&self, freeze: &Freeze, held: &Held, now: Timestamp) -> bool {
        held.scope(&freeze.scope) && self.is_in(now, Some(freeze.from), freeze.until)
    }

    fn lock(&self, lock: &Lock, held: &Held, now: Timestamp) -> bool {
        held.deployment(&lock.deployment) && self.is_in(now, None, lock.expires_at)
    }
}

impl Engine {
    /// One page of tokens. It looks at a bounded number of them; it may end before it is full, or be empty, and have a next one.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when `after` is not the `next` of a page; [`EngineError::Denied`].
    pub async fn tokens(
        &self,
        caller: &Caller,
        query: &TokenQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, EngineError> {
        let now = self.may_list(caller, &ListQuery::Tokens).await?;
        let keep = |row: &Record| matches!(row, Record::Token(token) if query.selects(token, now));
        self.narrowed(&caller.tenant, &ListQuery::Tokens, (after, limit), keep).await
    }

    /// One page of freezes. It looks at a bounded number of them; it may end before it is full, or be empty, and have a next one.
    ///
    /// # Errors
    /// As [`Engine::tokens`].
    pub async fn freezes(
        &self,
        caller: &Caller,
        query: &GateQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, EngineError> {
        let now = self.may_list(caller, &ListQuery::Freezes).await?;
        let held = self.held(&caller.tenant, query).await?;
        let keep = |row: &Record| matches!(row, Record::Freeze(freeze) if query.freeze(freeze, &held, now));
        self.narrowed(&caller.tenant, &ListQuery::Freezes, (after, limit), keep).await
    }

    /// One page of locks. It looks at a bounded number of them; it may end before it is full, or be empty, and have a next one.
    ///
    /// # Errors
    /// As [`Engine::tokens`].
    pub async fn locks(
        &self,
        caller: &Caller,
        query: &GateQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, EngineError> {
        let now = self.may_list(caller, &ListQuery::Locks).await?;
        let held = self.held(&caller.tenant, query).await?;
        let keep = |row: &Record| matches!(row, Record::Lock(lock) if query.lock(lock, &held, now));
        self.narrowed(&caller.tenant, &ListQuery::Locks, (after, limit), keep).await
    }

    /// The store's time, for who may read the rows of `query`.
    async fn may_list(&self, caller: &Caller, query: &ListQuery) -> Result<Timestamp, EngineError> {
        let (action, object) = listed(query);
        Ok(self.look(caller, action, &Load::tenant(), |_| Ok(object.clone())).await?.now)
    }

    async fn held(&self, tenant: &TenantId, query: &GateQuery) -> Result<Held, EngineError> {
        let is_named = query.service.is_some() || query.deployment.is_some();
        let places = if is_named || query.tier.is_some() {
            let mut places = self.deployments_of(tenant, query.service.as_ref()).await?;
            places.retain(|row| {
                query.deployment.as_ref().is_none_or(|asked| *asked == row.id)
                    && query.tier.is_none_or(|asked| asked == row.spec.tier)
            });
            Some(places.into_iter().map(|row| (row.id, row.spec.tier)).collect())
        } else {
            None
        };
        Ok(Held { tier: query.tier, places, is_named })
    }

    /// One page of the rows of `query` that `keep` takes, found in a bounded number of reads. It asks for nobody's right.
    pub(in super::super) async fn narrowed(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        (after, limit): (Option<&str>, Limit),
        keep: impl Fn(&Record) -> bool + Send,
    ) -> Result<Page<Record>, EngineError> {
        let (mut items, mut after, mut left) = (Vec::new(), after.map(str::to_owned), limit);
        for _ in 0..MOST_READS {
            let page = self.rows(tenant, query, after.as_deref(), left).await?;
            items.extend(page.items.into_iter().filter(&keep));
            after = page.next;
            let found = u64::try_from(items.len()).unwrap_or(u64::MAX);
            match Limit::new(u64::from(limit.get()).saturating_sub(found)) {
                Some(rest) if after.is_some() => left = rest,
                _ => break,
            }
        }
        Ok(Page { items, next: after })
    }
}
