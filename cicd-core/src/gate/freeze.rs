//! Freezes: intervals in which nothing new ships.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{DeploymentId, FreezeId, PrincipalId, RowVersion};
use crate::service::Tier;
use crate::time::Timestamp;
use crate::violation::{Fields, Path, Violations};

/// What a freeze holds back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FreezeScope {
    /// Every deployment of the tenant.
    Tenant,
    /// Every deployment of a tier.
    Tier {
        /// The tier.
        tier: Tier,
    },
    /// One deployment.
    Deployment {
        /// The deployment.
        deployment: DeploymentId,
    },
}

/// An interval in UTC in which no deploy starts. Rollbacks are not held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Freeze {
    /// Its id.
    pub id: FreezeId,
    /// What it holds back.
    pub scope: FreezeScope,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends; this instant is no longer frozen.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who set it.
    pub created_by: PrincipalId,
    /// When it was set.
    pub created_at: Timestamp,
    /// The version of the row.
    pub row_version: RowVersion,
}

impl Freeze {
    /// Whether the freeze holds back a deploy to `deployment` at `now`.
    #[must_use]
    pub fn covers(&self, deployment: &DeploymentId, tier: Tier, now: Timestamp) -> bool {
        let in_scope = match &self.scope {
            FreezeScope::Tenant => true,
            FreezeScope::Tier { tier: frozen } => *frozen == tier,
            FreezeScope::Deployment { deployment: frozen } => frozen == deployment,
        };
        in_scope && self.from <= now && now < self.until
    }
}

/// A freeze as a caller asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreezeDraft {
    /// What to hold back.
    pub scope: FreezeScope,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Why, 1 to 500 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    pub reason: String,
}

impl FreezeDraft {
    /// Reads `{"scope": {"kind": "tenant"}, "from": …, "until": …, "reason": …}`.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::read(value, violations))
    }

    fn read(value: &Value, violations: &mut Violations) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let scope =
            fields.required("scope", violations).and_then(|(value, path)| scope(value, &path, violations));
        let from: Option<Timestamp> = fields.parsed("from", "timestamp", violations);
        let until: Option<Timestamp> = fields.parsed("until", "timestamp", violations);
        let reason = fields.text("reason", violations, 1..=500);
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            violations.push(
                "/until",
                "out_of_range",
                format!("`{until}`; accepted: later than `from`, {from}"),
            );
        }
        fields.finish(violations);
        Some(Self { scope: scope?, from: from?, until: until?, reason: reason? })
    }
}

fn scope(value: &Value, path: &Path, violations: &mut Violations) -> Option<FreezeScope> {
    let mut fields = Fields::of(value, path, violations)?;
    let kind = fields.text("kind", violations, 1..=20)?;
    let scope = match kind.as_str() {
        "tenant" => Some(FreezeScope::Tenant),
        "tier" => fields.parsed("tier", "unknown_choice", violations).map(|tier| FreezeScope::Tier { tier }),
        "deployment" => fields
            .parsed("deployment", "deployment", violations)
            .map(|deployment| FreezeScope::Deployment { deployment }),
        other => {
            let message = format!("`{other}` is unknown; accepted: `tenant`, `tier`, `deployment`");
            violations.push(path.member("kind"), "unknown_choice", message);
            return None;
        }
    };
    fields.finish(violations);
    scope
}
