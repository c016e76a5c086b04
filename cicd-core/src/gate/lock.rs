//! Locks: one person keeps a deployment as it is.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{DeploymentId, LockId, PrincipalId, RowVersion};
use crate::time::Timestamp;
use crate::violation::{Fields, Path, Violations};

/// A deployment that its owner keeps as it is until the lock is lifted or expires. Rollbacks wait too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lock {
    /// Its id.
    pub id: LockId,
    /// What is locked.
    pub deployment: DeploymentId,
    /// Who holds it.
    pub owner: PrincipalId,
    /// Why.
    pub reason: String,
    /// When it ends by itself; this instant is no longer locked.
    pub expires_at: Timestamp,
    /// When it was taken.
    pub created_at: Timestamp,
    /// The version of the row.
    pub row_version: RowVersion,
}

impl Lock {
    /// Whether the lock still holds at `now`.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// A lock as a caller asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LockDraft {
    /// What to lock.
    pub deployment: DeploymentId,
    /// Why, 1 to 500 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    pub reason: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl LockDraft {
    /// Reads `{"deployment": …, "reason": …, "expires_at": …}`.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::read(value, violations))
    }

    fn read(value: &Value, violations: &mut Violations) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let deployment = fields.parsed("deployment", "deployment", violations);
        let reason = fields.text("reason", violations, 1..=500);
        let expires_at = fields.parsed("expires_at", "timestamp", violations);
        fields.finish(violations);
        Some(Self { deployment: deployment?, reason: reason?, expires_at: expires_at? })
    }
}
