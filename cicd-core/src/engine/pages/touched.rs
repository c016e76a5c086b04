//! Which heads a change touches.

use std::collections::BTreeSet;

use crate::port::{ChangeSet, HeadOf};

/// The heads of all that `change` touches; none for a denial, which no page shows.
pub(in crate::engine) fn touched(change: &ChangeSet) -> Vec<HeadOf> {
    let events = change.ledger_events();
    let mut touched: BTreeSet<HeadOf> = events
        .iter()
        .map(|event| event.subject.service.clone().map_or(HeadOf::Shared, HeadOf::Service))
        .collect();
    if !events.is_empty() {
        touched.insert(HeadOf::Tenant);
    }
    if change.is_governance() {
        touched.insert(HeadOf::Governance);
    }
    touched.into_iter().collect()
}
