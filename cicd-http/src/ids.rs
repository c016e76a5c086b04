//! Ids and secrets from the operating system's randomness.

use std::num::{NonZeroU64, NonZeroU128};

use cicd_core::port::IdSource;
use cicd_core::time::Timestamp;
use uuid::{Builder, Uuid};

/// Draws UUIDv7 ids and secrets from the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn uuid(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.as_micros() / 1000).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &random()).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        random()
    }
}

/// An id for a request whose client brought none.
pub(crate) fn request_id() -> String {
    Builder::from_random_bytes(random()).into_uuid().as_simple().to_string()
}

/// The id of a new trace.
pub(crate) fn trace() -> NonZeroU128 {
    NonZeroU128::new(u128::from_ne_bytes(random())).unwrap_or(NonZeroU128::MIN)
}

/// The id of a new span.
pub(crate) fn span() -> NonZeroU64 {
    NonZeroU64::new(u64::from_ne_bytes(random())).unwrap_or(NonZeroU64::MIN)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the operating system gives no randomness");
        // Going on would hand out secrets that can be guessed.
        std::process::abort();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_the_stores_time_and_sort_by_it() {
        let at = Timestamp::from_micros(1_700_000_000_123_456);
        let id = RandomIds.uuid(at);
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_timestamp().unwrap().to_unix(), (1_700_000_000, 123_000_000));
        assert!(id < RandomIds.uuid(at.plus_seconds(1)));
    }

    #[test]
    fn nothing_is_drawn_twice() {
        assert_ne!(RandomIds.secret(), RandomIds.secret());
        assert_ne!(RandomIds.uuid(Timestamp::EPOCH), RandomIds.uuid(Timestamp::EPOCH));
        assert_ne!(request_id(), request_id());
    }
}
