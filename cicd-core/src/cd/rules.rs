//! What happens around a rollout: queueing, staleness, rollback.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Requirement;
use super::approval_policy::requirements;
use crate::choice::choice;
use crate::violation::{Fields, Path, Violations};

choice!(
    /// What becomes of approved releases that wait for the same deployment.
    #[derive(Default)]
    pub enum QueueRule {
        /// A newer approved release cancels older ones that have not started.
        #[default]
        Supersede = "supersede",
        /// They start one after the other, the oldest approval first.
        Wait = "wait",
        /// A new release is refused while another one waits or runs.
        Refuse = "refuse",
    }
);

choice!(
    /// What becomes of a release that has not started when its deployment or CD config gets a newer revision.
    #[derive(Default)]
    pub enum StaleRule {
        /// It is cancelled: it would ship by rules that are no longer in force.
        #[default]
        Cancel = "cancel",
        /// It keeps the revisions it was created with.
        KeepPinned = "keep-pinned",
    }
);

/// How a rollback is approved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RollbackRule {
    /// The votes that a rollback needs. Empty, the default: the right to roll back and a reason are enough, because the
    /// way back must be fast. The policy floor speaks of deploys and does not apply here.
    #[cfg_attr(feature = "openapi", schema(max_items = 20, default = json!([])))]
    pub approval: Vec<Requirement>,
}

/// Reads `{"approval": […]}`.
pub(super) fn rollback(value: &Value, path: &Path, violations: &mut Violations) -> Option<RollbackRule> {
    let mut fields = Fields::of(value, path, violations)?;
    let approval = requirements(&mut fields, "approval", violations);
    fields.finish(violations);
    Some(RollbackRule { approval: approval? })
}
