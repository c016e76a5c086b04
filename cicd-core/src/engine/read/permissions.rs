//! What a principal may do, and why not.

use super::super::deployments::found;
use super::super::error::EngineError;
use super::{Engine, service_object};
use crate::authz::{Action, Caller, Object, Permission, Permissions, PrincipalKind, Verdict, WhoCanWhat};
use crate::id::{DeploymentId, PrincipalId, ServiceId};
use crate::port::{Load, Snapshot};

/// Where somebody's permissions are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PermissionScope {
    /// In the tenant as a whole.
    #[default]
    Tenant,
    /// On a service.
    Service(ServiceId),
    /// On a deployment.
    Deployment(DeploymentId),
}

impl Engine {
    /// What the caller may do, with the credential that was shown. Asking is nobody's privilege, and no denial is recorded.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn my_permissions(
        &self,
        caller: &Caller,
        on: &PermissionScope,
    ) -> Result<Permissions, EngineError> {
        let snapshot = self.store().load(&caller.tenant, &on.load()).await?;
        self.permissions_in(caller, on, &snapshot).await
    }

    /// What `principal` may do without the limits of a credential. Whoever may read the audit may ask.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn permissions_of(
        &self,
        caller: &Caller,
        principal: &PrincipalId,
        kind: PrincipalKind,
        on: &PermissionScope,
    ) -> Result<Permissions, EngineError> {
        let snapshot = self.look(caller, Action::ReadAudit, &on.load(), |_| Ok(Object::tenant())).await?;
        let subject = Caller { kind, ..Caller::person(caller.tenant.clone(), principal.clone()) };
        self.permissions_in(&subject, on, &snapshot).await
    }

    /// What each role allows in the caller's tenant, as far as the authorizer tells. Asking is nobody's privilege.
    ///
    /// # Errors
    /// [`EngineError::Internal`]: the authorizer could not tell.
    pub async fn who_can_what(&self, caller: &Caller) -> Result<WhoCanWhat, EngineError> {
        Ok(self.0.authorizer.who_can_what(&caller.tenant).await?)
    }

    async fn permissions_in(
        &self,
        subject: &Caller,
        on: &PermissionScope,
        snapshot: &Snapshot,
    ) -> Result<Permissions, EngineError> {
        let object = on.object(snapshot)?;
        let mut actions = Vec::with_capacity(Action::ALL.len());
        for &action in Action::ALL {
            let verdict = self.0.authorizer.check(subject, action, &object, &snapshot.policy).await?;
            actions.push(match verdict {
                Verdict::Allow => Permission { action, allowed: true, reason: None },
                Verdict::Deny { reason } => Permission { action, allowed: false, reason: Some(reason) },
            });
        }
        let roles = self.0.authorizer.roles(&subject.principal, &object, &snapshot.policy).await?;
        let (principal, governance_epoch) = (subject.principal.clone(), snapshot.policy.epoch);
        Ok(Permissions { principal, roles, governance_epoch, actions })
    }
}

impl PermissionScope {
    fn load(&self) -> Load {
        match self {
            Self::Tenant => Load::tenant(),
            Self::Service(id) => Load::service(id.clone()),
            Self::Deployment(id) => Load::deployment(id.clone()),
        }
    }

    fn object(&self, snapshot: &Snapshot) -> Result<Object, EngineError> {
        match self {
            Self::Tenant => Ok(Object::tenant()),
            Self::Service(id) => service_object(snapshot, id),
            Self::Deployment(id) => Ok(Object::deployment(found(snapshot, id)?)),
        }
    }
}
