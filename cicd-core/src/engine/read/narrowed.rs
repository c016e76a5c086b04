//! Tokens, grants, sources, freezes and locks by more than a store's own filters.

use super::{Engine, EngineError, KnownDeployments, listed};
use crate::authz::{Caller, Grant, Token};
use crate::choice::choice;
use crate::gate::{Freeze, FreezeScope, Lock};
use crate::id::{DeploymentId, PrincipalId, Role, ServiceId, TenantId};
use crate::page::{Limit, Page};
use crate::port::{ListQuery, Load, Record};
use crate::service::{Deployment, Tier};
use crate::time::Timestamp;

/// How many times one page reads on.
pub(super) const MOST_READS: usize = 20;

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

/// Which grants to list; each member is a condition, absent ones are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantQuery {
    /// Only of this principal.
    pub principal: Option<PrincipalId>,
    /// Only of this role.
    pub role: Option<Role>,
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

impl GrantQuery {
    fn selects(&self, grant: &Grant) -> bool {
        self.principal.as_ref().is_none_or(|asked| *asked == grant.principal)
            && self.role.as_ref().is_none_or(|asked| *asked == grant.role)
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

    fn names_places(&self) -> bool {
        self.service.is_some() || self.deployment.is_some()
    }

    fn is_about(&self, deployment: &Deployment) -> bool {
        self.deployment.as_ref().is_none_or(|asked| *asked == deployment.id)
            && self.service.as_ref().is_none_or(|asked| *asked == deployment.spec.service)
            && self.tier.is_none_or(|asked| asked == deployment.spec.tier)
    }

    fn holds(&self, deployment: &DeploymentId, known: &KnownDeployments) -> bool {
        let is_narrowed = self.names_places() || self.tier.is_some();
        !is_narrowed || known.get(deployment).is_some_and(|row| self.is_about(row))
    }

    fn scope(&self, scope: &FreezeScope, known: &KnownDeployments) -> bool {
        let mut places = known.rows().filter(|row| self.is_about(row));
        match scope {
            FreezeScope::Deployment { deployment } => self.holds(deployment, known),
            FreezeScope::Tenant => !self.names_places() || places.next().is_some(),
            FreezeScope::Tier { tier } if self.names_places() => places.any(|row| row.spec.tier == *tier),
            FreezeScope::Tier { tier } => self.tier.is_none_or(|asked| asked == *tier),
        }
    }

    fn freeze(&self, freeze: &Freeze, known: &KnownDeployments, now: Timestamp) -> bool {
        self.scope(&freeze.scope, known) && self.is_in(now, Some(freeze.from), freeze.until)
    }

    fn lock(&self, lock: &Lock, known: &KnownDeployments, now: Timestamp) -> bool {
        self.holds(&lock.deployment, known) && self.is_in(now, None, lock.expires_at)
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
        let keep = |row: &Record, _: &_| matches!(row, Record::Token(token) if query.selects(token, now));
        let known = KnownDeployments::default();
        self.narrowed(&caller.tenant, &ListQuery::Tokens, (after, limit), known, keep).await
    }

    /// One page of grants. It looks at a bounded number of them; it may end before it is full, or be empty, and have a next one.
    ///
    /// # Errors
    /// As [`Engine::tokens`].
    pub async fn grants(
        &self,
        caller: &Caller,
        query: &GrantQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, EngineError> {
        self.may_list(caller, &ListQuery::Grants).await?;
        let keep = |row: &Record, _: &_| matches!(row, Record::Grant(grant) if query.selects(grant));
        let known = KnownDeployments::default();
        self.narrowed(&caller.tenant, &ListQuery::Grants, (after, limit), known, keep).await
    }

    /// One page of sources, of one service or of all. It looks at a bounded number of them; it may end before it is full, or be empty, and
    /// have a next one.
    ///
    /// # Errors
    /// As [`Engine::tokens`].
    pub async fn sources(
        &self,
        caller: &Caller,
        service: Option<&ServiceId>,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, EngineError> {
        self.may_list(caller, &ListQuery::Sources).await?;
        let keep = |row: &Record, _: &_| {
            service.is_none_or(|asked| matches!(row, Record::Source(source) if source.service == *asked))
        };
        let known = KnownDeployments::default();
        self.narrowed(&caller.tenant, &ListQuery::Sources, (after, limit), known, keep).await
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
        let known = self.gated(&caller.tenant, query).await?;
        let keep = |row: &Record, known: &_| matches!(row, Record::Freeze(freeze) if query.freeze(freeze, known, now));
        self.narrowed(&caller.tenant, &ListQuery::Freezes, (after, limit), known, keep).await
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
        let known = self.gated(&caller.tenant, query).await?;
        let keep =
            |row: &Record, known: &_| matches!(row, Record::Lock(lock) if query.lock(lock, known, now));
        self.narrowed(&caller.tenant, &ListQuery::Locks, (after, limit), known, keep).await
    }

    /// The store's time, for who may read the rows of `query`.
    async fn may_list(&self, caller: &Caller, query: &ListQuery) -> Result<Timestamp, EngineError> {
        let (action, object) = listed(query);
        Ok(self.look(caller, action, &Load::tenant(), |_| Ok(object.clone())).await?.now)
    }

    /// The deployments that may have to do with the freezes or locks that are asked for.
    async fn gated(&self, tenant: &TenantId, query: &GateQuery) -> Result<KnownDeployments, EngineError> {
        match (&query.deployment, &query.service, query.tier) {
            (Some(id), ..) => self.only_deployment(tenant, id).await,
            (None, None, None) => Ok(KnownDeployments::default()),
            (None, service, _) => self.deployments_of(tenant, service.as_ref()).await,
        }
    }

    /// One page of the rows of `query` that `keep` takes, given the deployments that it asked for, found in a bounded number of reads. It
    /// asks for nobody's right.
    pub(in super::super) async fn narrowed(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        (after, limit): (Option<&str>, Limit),
        mut known: KnownDeployments,
        keep: impl Fn(&Record, &KnownDeployments) -> bool + Send,
    ) -> Result<Page<Record>, EngineError> {
        let (mut items, mut after, mut left) = (Vec::new(), after.map(str::to_owned), limit);
        for _ in 0..MOST_READS {
            let page = self.rows(tenant, query, after.as_deref(), left).await?;
            self.learn(tenant, &mut known, &page.items).await?;
            items.extend(page.items.into_iter().filter(|row| keep(row, &known)));
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
