//! How many deliveries of a source wait at once in this process for their commit.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::id::SourceId;

/// The most deliveries of one source that wait at once; its sender comes again with the next one later.
pub const MOST_WAITING: u32 = 32;

/// Counts those that wait, by source.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<HashMap<SourceId, u32>>);

/// The place of one that waits, until it is dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    waiting: &'a Waiting,
    source: SourceId,
}

impl Waiting {
    /// A place for one more delivery of `source`; `None` where there are too many.
    pub(super) fn enter(&self, source: SourceId) -> Option<Place<'_>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(source).or_default();
        if *count >= MOST_WAITING {
            return None;
        }
        *count = count.saturating_add(1);
        Some(Place { waiting: self, source })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut counts = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_and_come_back() {
        let (waiting, source) = (Waiting::default(), SourceId::from_uuid(uuid::Uuid::from_u128(1)));
        let mut places: Vec<_> = (0..MOST_WAITING).map(|_| waiting.enter(source).unwrap()).collect();
        assert!(waiting.enter(source).is_none());
        let other = waiting.enter(SourceId::from_uuid(uuid::Uuid::from_u128(2)));
        assert!(other.is_some(), "another source has its own places");
        places.pop();
        assert!(waiting.enter(source).is_some());
        drop((places, other));
        assert!(waiting.0.lock().unwrap().is_empty(), "nothing is kept of a source that waits for nothing");
    }
}
