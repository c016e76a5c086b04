//! What an action is done to.

use serde::{Deserialize, Serialize};

use crate::id::{DeploymentId, Environment, ServiceId};
use crate::service::{Deployment, Tier};

/// What an action is done to, with what grants may be scoped by. Everything `None` is the tenant itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Object {
    /// The service.
    pub service: Option<ServiceId>,
    /// The deployment.
    pub deployment: Option<DeploymentId>,
    /// The deployment's environment.
    pub environment: Option<Environment>,
    /// The deployment's tier.
    pub tier: Option<Tier>,
}

impl Object {
    /// The tenant.
    #[must_use]
    pub fn tenant() -> Self {
        Self::default()
    }

    /// A service.
    #[must_use]
    pub fn service(service: ServiceId) -> Self {
        Self { service: Some(service), ..Self::default() }
    }

    /// A deployment.
    #[must_use]
    pub fn deployment(deployment: &Deployment) -> Self {
        Self {
            service: Some(deployment.spec.service.clone()),
            deployment: Some(deployment.id.clone()),
            environment: Some(deployment.spec.environment.clone()),
            tier: Some(deployment.spec.tier),
        }
    }
}
