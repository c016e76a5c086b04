//! What an admin asks of a deployment.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Tier, target};
use crate::id::{Environment, ExecutorName, ServiceId};
use crate::violation::{Fields, Path, Violations};

/// What a deployment is: an admin's to set, kept in revisions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeploymentSpec {
    /// The service that runs here.
    pub service: ServiceId,
    /// The environment, such as `staging`.
    pub environment: Environment,
    /// How much the environment matters.
    pub tier: Tier,
    /// The executor that rolls out here.
    pub executor: ExecutorName,
    /// What the executor needs to know: an object that has a canonical form and whose members the executor judges.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub target: Value,
}

impl DeploymentSpec {
    /// Reads `{"service": …, "environment": …, "tier": …, "executor": …, "target": {…}}`. What stands in the target
    /// is the executor's to judge; here it is only bounded and held to integers.
    ///
    /// # Errors
    /// Every violation of the draft.
    ///
    /// ```
    /// use cicd_core::service::{DeploymentSpec, Tier};
    /// let spec = DeploymentSpec::parse(&serde_json::json!({
    ///     "service": "shop", "environment": "eu", "tier": "production", "executor": "command",
    ///     "target": {"commands": {"apply": {"argv": ["./deploy"]}}},
    /// }))?;
    /// assert_eq!(spec.tier, Tier::Production);
    /// # Ok::<(), cicd_core::violation::Violations>(())
    /// ```
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::read(value, violations))
    }

    fn read(value: &Value, violations: &mut Violations) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let service = fields.parsed("service", "invalid_id", violations);
        let environment = fields.parsed("environment", "invalid_id", violations);
        let tier = fields.parsed("tier", "unknown_choice", violations);
        let executor = fields.parsed("executor", "invalid_id", violations);
        let target = fields.required("target", violations).and_then(|(value, path)| {
            target::check(value, &path, violations);
            value.is_object().then(|| value.clone())
        });
        fields.finish(violations);
        Some(Self {
            service: service?,
            environment: environment?,
            tier: tier?,
            executor: executor?,
            target: target?,
        })
    }
}
