//! What a page of a timeline holds.

use cicd_core::timeline::{TimelineEntry, TimelineGroup};
use serde::Serialize;

/// One thing that happened, or what belongs together, as it was asked for.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub(crate) enum TimelineItem {
    /// One thing that happened.
    Entry(TimelineEntry),
    /// What happened to one release, or in one CI run.
    Group(TimelineGroup),
}
