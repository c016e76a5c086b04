//! What came of a delivery, for the log of its source.

use serde::{Deserialize, Serialize};

use super::{IgnoreReason, SourceEvent};
use crate::choice::choice;
use crate::digest::Digest;
use crate::id::{CiRunId, DeliveryId, PrincipalId, RowVersion, ServiceId, SourceId};
use crate::time::Timestamp;

/// A delivery whose sender was verified. It is kept with what came of it; its body is not, but its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SourceDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Of which source.
    pub source: SourceId,
    /// For which service.
    pub service: ServiceId,
    /// The id that the sender gave it, where it gave one.
    pub sender_id: Option<String>,
    /// The event, as the sender names it.
    pub event: String,
    /// SHA-256 of the body.
    pub body: Digest,
    /// What it told, and what came of each part of it.
    pub changes: Vec<Change>,
    /// How often it was redelivered.
    pub redeliveries: u32,
    /// Who redelivered it last.
    pub redelivered_by: Option<PrincipalId>,
    /// When it came.
    pub received_at: Timestamp,
    /// The version of the row.
    pub row_version: RowVersion,
}

/// One part of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What happened; `None` where it starts nothing, whatever the policy.
    pub event: Option<SourceEvent>,
    /// What came of it.
    pub outcome: ChangeOutcome,
}

choice!(
    /// What came of a delivery.
    pub enum DeliveryOutcome {
        /// A run, at least one.
        Triggered = "triggered",
        /// Nothing.
        Ignored = "ignored",
    }
);

/// What came of one part of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ChangeOutcome {
    /// A run.
    Triggered {
        /// The run.
        run: CiRunId,
    },
    /// Nothing.
    Ignored {
        /// Why.
        reason: IgnoreReason,
        /// The same in words.
        message: String,
    },
}

impl From<IgnoreReason> for ChangeOutcome {
    fn from(reason: IgnoreReason) -> Self {
        Self::Ignored { message: reason.to_string(), reason }
    }
}

/// Says that a delivery was taken, by the id that its sender gave it or by its body: nothing can be marked twice, so that of
/// two that come at once one is the repeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryMark {
    /// The source and the digest of what is marked.
    pub key: String,
    /// The delivery.
    pub delivery: DeliveryId,
    /// When it was marked.
    pub marked_at: Timestamp,
    /// The version of the row.
    pub row_version: RowVersion,
}

impl SourceDelivery {
    /// What came of it, as it was asked of the trigger policy last.
    #[must_use]
    pub fn outcome(&self) -> DeliveryOutcome {
        let is_run = |change: &Change| matches!(change.outcome, ChangeOutcome::Triggered { .. });
        if self.changes.iter().any(is_run) { DeliveryOutcome::Triggered } else { DeliveryOutcome::Ignored }
    }

    /// The keys of its marks: one for its body, one for its sender's id.
    #[must_use]
    pub fn mark_keys(&self) -> Vec<String> {
        let by_id =
            self.sender_id.as_ref().map(|id| Digest::of_parts(&[b"cicd/delivery-id/v1\0", id.as_bytes()]));
        let by_body = Digest::of_parts(&[b"cicd/delivery-body/v1\0", self.body.as_bytes()]);
        [Some(by_body), by_id]
            .into_iter()
            .flatten()
            .map(|mark| format!("{}.{}", self.source, mark.hex()))
            .collect()
    }

    /// Whether there is anything that could be asked of the trigger policy again.
    #[must_use]
    pub fn can_be_redelivered(&self) -> bool {
        self.changes.iter().any(|change| change.event.is_some())
    }
}
