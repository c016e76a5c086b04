//! Ids that come one after the other.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::{Builder, Uuid};

use crate::digest::Digest;
use crate::port::IdSource;
use crate::time::Timestamp;

/// Ids that count up, so that a run can be repeated to the byte.
///
/// **For tests and examples**: whoever knows the seed knows every secret. A host draws its own from the operating system.
#[derive(Debug, Default)]
pub struct SequentialIds {
    seed: u64,
    drawn: AtomicU64,
}

impl SequentialIds {
    /// The sequence of `seed`: other seeds give other secrets and ids.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }

    fn next(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }
}

impl IdSource for SequentialIds {
    fn uuid(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.as_micros() / 1_000).unwrap_or(0);
        let [_, _, s2, s3, s4, s5, s6, s7] = self.seed.to_be_bytes();
        let [.., n4, n5, n6, n7] = self.next().to_be_bytes();
        // Two fields of the layout lose their highest bits to version and variant; the counter stays clear of both.
        let random = [0, s2, 0, s3, s4 ^ s5, s6 ^ s7, n4, n5, n6, n7];
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        let parts: [&[u8]; 3] = [b"not a secret", &self.seed.to_be_bytes(), &self.next().to_be_bytes()];
        *Digest::of_parts(&parts).as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_rise() {
        let ids = SequentialIds::default();
        let now = Timestamp::from_micros(1_767_225_600_000_000);
        let drawn: Vec<_> = (0..1_000).map(|_| ids.uuid(now)).collect();
        assert!(drawn.iter().all(|id| id.get_version_num() == 7));
        assert!(drawn.is_sorted() && drawn.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(ids.uuid(now.plus_seconds(1)) > drawn[999]);
        assert_ne!(ids.secret(), ids.secret());
        assert_ne!(SequentialIds::seeded(1).secret(), SequentialIds::seeded(2).secret());
    }
}
