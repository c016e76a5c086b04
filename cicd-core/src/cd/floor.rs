//! The policy floor of a tier.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{PrincipalId, RowVersion};
use crate::service::Tier;
use crate::time::Timestamp;
use crate::violation::{Fields, Path, Violations};

/// How many votes a floor may ask for.
pub const MINIMUM_VOTES: RangeInclusive<u64> = 0..=20;

/// What no CD config of the tier can undercut: an admin's to set, per tenant and tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyFloor {
    /// The tier it holds for.
    pub tier: Tier,
    /// How many votes a deploy needs at least. The requester's own never counts.
    pub minimum_votes: u32,
    /// The version of the row; [`RowVersion::ABSENT`] for the default that nobody stored.
    pub row_version: RowVersion,
    /// When it last changed; `None` for the default.
    pub updated_at: Option<Timestamp>,
    /// Who changed it last; `None` for the default.
    pub updated_by: Option<PrincipalId>,
}

impl PolicyFloor {
    /// The floor of a tier for which none is stored: one vote in production, none elsewhere.
    #[must_use]
    pub const fn default_for(tier: Tier) -> Self {
        let minimum_votes = match tier {
            Tier::Production => 1,
            Tier::Staging | Tier::Development => 0,
        };
        Self { tier, minimum_votes, row_version: RowVersion::ABSENT, updated_at: None, updated_by: None }
    }
}

/// A floor as an admin asks for it; the tier comes from the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FloorDraft {
    /// How many votes a deploy needs at least, within [`MINIMUM_VOTES`].
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 20))]
    pub minimum_votes: u32,
}

impl FloorDraft {
    /// Reads `{"minimum_votes": n}`.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::read(value, violations))
    }

    fn read(value: &Value, violations: &mut Violations) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let votes = fields.integer("minimum_votes", None, MINIMUM_VOTES, violations);
        fields.finish(violations);
        Some(Self { minimum_votes: u32::try_from(votes?).ok()? })
    }
}
