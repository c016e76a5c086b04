//! Who may hear of what is committed: asked once for an event, answered for any number of callers.

use super::{Engine, EngineError};
use crate::audit::{Chain, StoredEvent, Subject, SubjectKind};
use crate::authz::{Action, Caller, Object, PolicySnapshot, Verdict};
use crate::id::TenantId;
use crate::port::{EventQuery, Load};

/// The right to hear of one event, under the grants of the moment at which it was asked for.
#[derive(Clone, Debug)]
pub struct Audience {
    tenant: TenantId,
    action: Action,
    object: Object,
    policy: PolicySnapshot,
}

impl Engine {
    /// Who may hear of what happened to `subject`: whoever may read it, and of grants, tokens and sources whoever
    /// manages them.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub async fn audience(&self, tenant: &TenantId, subject: &Subject) -> Result<Audience, EngineError> {
        let action = match subject.kind {
            SubjectKind::Grant => Action::ManageRoles,
            SubjectKind::Token => Action::ManageTokens,
            SubjectKind::Source => Action::ManageSources,
            _ => Action::Read,
        };
        let load = subject.deployment.clone().map_or_else(Load::tenant, Load::deployment);
        let snapshot = self.store().load(tenant, &load).await?;
        let object = match (&snapshot.deployment, &subject.service) {
            (Some(deployment), _) => Object::deployment(deployment),
            (None, Some(service)) => Object::service(service.clone()),
            (None, None) => Object::tenant(),
        };
        Ok(Audience { tenant: tenant.clone(), action, object, policy: snapshot.policy })
    }

    /// Whether `caller` is in the audience. An authorizer that fails has denied.
    pub async fn may_hear(&self, caller: &Caller, audience: &Audience) -> bool {
        caller.tenant == audience.tenant
            && self.allows(caller, audience.action, &audience.object, &audience.policy).await
    }

    /// Whether `caller` may hear of anything at all; the denial is recorded.
    ///
    /// # Errors
    /// [`EngineError::Denied`], [`EngineError::Unavailable`].
    pub async fn may_listen(&self, caller: &Caller) -> Result<(), EngineError> {
        let snapshot = self.store().load(&caller.tenant, &Load::tenant()).await?;
        let grants = snapshot.policy.grants.iter().filter(|grant| grant.principal == caller.principal);
        for grant in grants {
            let scope = grant.scope.clone();
            let object = Object {
                service: scope.service,
                environment: scope.environment,
                tier: scope.tier,
                deployment: None,
            };
            if self.allows(caller, Action::Read, &object, &snapshot.policy).await {
                return Ok(());
            }
        }
        let reason = "no role that is held anywhere allows it".to_owned();
        Err(self.denied(caller, Action::Read, &Object::tenant(), reason, snapshot.now).await)
    }

    /// The tenant's governance epoch, which grows with every change of roles, tokens, policies, freezes and locks.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub async fn governance_epoch(&self, tenant: &TenantId) -> Result<u64, EngineError> {
        Ok(self.store().load(tenant, &Load::tenant()).await?.policy.epoch)
    }

    /// The sequence of the tenant's last ledger event; zero before the first.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub async fn ledger_seq(&self, tenant: &TenantId) -> Result<u64, EngineError> {
        Ok(self.store().head(tenant, Chain::Ledger).await?.seq)
    }

    /// Events of a chain, for the host itself: it asks nobody's permission.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub async fn events_after(
        &self,
        tenant: &TenantId,
        query: &EventQuery,
    ) -> Result<Vec<StoredEvent>, EngineError> {
        Ok(self.store().events(tenant, query).await?)
    }

    /// Whether `caller` may; nothing is recorded. An authorizer that fails has denied.
    pub(super) async fn allows(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object,
        policy: &PolicySnapshot,
    ) -> bool {
        match self.0.authorizer.check(caller, action, object, policy).await {
            Ok(verdict) => verdict == Verdict::Allow,
            Err(error) => {
                tracing::error!(%action, %error, "the authorizer failed, so the caller is denied");
                false
            }
        }
    }
}
