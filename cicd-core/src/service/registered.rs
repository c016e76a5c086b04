//! A service and the draft that registers it.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{PrincipalId, RowVersion, ServiceId};
use crate::time::Timestamp;
use crate::violation::{Fields, Path, Violations, text};

/// How many characters the name of a service may have.
pub const NAME_LENGTH: RangeInclusive<usize> = 1..=100;
/// How many characters the description of a service may have.
pub const DESCRIPTION_LENGTH: RangeInclusive<usize> = 0..=2000;

/// What is built and shipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Service {
    /// Its id, chosen by the embedder.
    pub id: ServiceId,
    /// Its name, for people.
    pub name: String,
    /// What it is, for people; may be empty.
    pub description: String,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Who changed it last.
    pub updated_by: PrincipalId,
    /// When it was registered.
    pub created_at: Timestamp,
    /// The version of the row.
    pub row_version: RowVersion,
}

/// A service as a caller asks for it.
///
/// ```
/// use cicd_core::service::ServiceDraft;
/// let draft = ServiceDraft::parse(&serde_json::json!({"name": "Web shop"}))?;
/// assert_eq!(draft.description, "");
/// # Ok::<(), cicd_core::violation::Violations>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceDraft {
    /// The name, for people; [`NAME_LENGTH`] characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// What it is, for people; [`DESCRIPTION_LENGTH`] characters, empty when absent.
    #[cfg_attr(feature = "openapi", schema(max_length = 2000, default = ""))]
    pub description: String,
}

impl ServiceDraft {
    /// Reads `{"name": …, "description": …}`.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::read(value, violations))
    }

    fn read(value: &Value, violations: &mut Violations) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let name = fields.text("name", violations, NAME_LENGTH);
        let description = match fields.optional("description") {
            None => Some(String::new()),
            Some((value, path)) => text(value, &path, violations, DESCRIPTION_LENGTH),
        };
        fields.finish(violations);
        Some(Self { name: name?, description: description? })
    }
}
