//! The hash chain. A stranger can verify it with SHA-256 and the rows alone.

use serde::{Deserialize, Serialize};

use super::{Chain, ChainError, StoredEvent};
use crate::digest::Digest;
use crate::id::TenantId;
use crate::json;
use crate::time::Timestamp;

/// What every hash begins with: format and version.
pub const TAG: &[u8] = b"cicd-audit-v1";

/// The end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// The sequence of the last event; zero before the first.
    pub seq: u64,
    /// The hash of the last event; [`Digest::ZERO`] before the first.
    pub hash: Digest,
    /// The time of the last event; it never goes back.
    pub at: Timestamp,
}

impl ChainHead {
    /// The head of a chain without events.
    pub const EMPTY: Self = Self { seq: 0, hash: Digest::ZERO, at: Timestamp::EPOCH };

    /// Appends `bytes` at `now`: the event as it is stored, and the new head.
    #[must_use]
    pub fn append(
        &self,
        tenant: &TenantId,
        chain: Chain,
        now: Timestamp,
        bytes: String,
    ) -> (StoredEvent, Self) {
        let (seq, at) = (self.seq.saturating_add(1), now.max(self.at));
        let hash = hash(tenant, chain, self.hash, seq, at, bytes.as_bytes());
        let head = Self { seq, hash, at };
        (StoredEvent { chain, seq, at, bytes, previous: self.hash, hash }, head)
    }
}

/// `SHA-256(tag ‖ chain ‖ previous ‖ seq ‖ at ‖ bytes)`: the tag [`TAG`]; the chain as `/<tenant>/<ledger|security>` and a
/// zero byte; 32 bytes of the previous hash; the sequence as u64 and the time in microseconds as i64, both big-endian; the
/// stored bytes.
#[must_use]
pub fn hash(
    tenant: &TenantId,
    chain: Chain,
    previous: Digest,
    seq: u64,
    at: Timestamp,
    bytes: &[u8],
) -> Digest {
    Digest::of_parts(&[
        TAG,
        b"/",
        tenant.as_str().as_bytes(),
        b"/",
        chain.as_str().as_bytes(),
        b"\0",
        previous.as_bytes(),
        &seq.to_be_bytes(),
        &at.as_micros().to_be_bytes(),
        bytes,
    ])
}

/// Verifies that `events` follow `from` without a gap, and gives the head that they lead to.
///
/// # Errors
/// The first [`ChainError`].
pub fn verify<'a>(
    tenant: &TenantId,
    chain: Chain,
    from: ChainHead,
    events: impl IntoIterator<Item = &'a StoredEvent>,
) -> Result<ChainHead, ChainError> {
    events.into_iter().try_fold(from, |head, event| {
        let seq = event.seq;
        if head.seq.checked_add(1) != Some(seq) {
            return Err(ChainError::Sequence { expected: head.seq.saturating_add(1), found: seq });
        }
        if event.previous != head.hash {
            return Err(ChainError::Previous { seq });
        }
        if event.at < head.at {
            return Err(ChainError::Time { seq });
        }
        if hash(tenant, chain, head.hash, seq, event.at, event.bytes.as_bytes()) != event.hash {
            return Err(ChainError::Hash { seq });
        }
        if !json::is_canonical(&event.bytes) {
            return Err(ChainError::Canonical { seq });
        }
        Ok(ChainHead { seq, hash: event.hash, at: event.at })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTOR: [&str; 2] = [
        "20853408ebf8aa7a7bd6599b21f5778a2056ee76a85a2144778ff69604cdd41a",
        "c102ac13fe73a4c038ad67df35c84ad69379a87bce1cea7a408444186c85e69a",
    ];

    fn chain(count: i64) -> (TenantId, Vec<StoredEvent>, ChainHead) {
        let tenant: TenantId = "acme".parse().unwrap();
        let (mut head, mut events) = (ChainHead::EMPTY, Vec::new());
        for number in 0..count {
            let now = Timestamp::from_micros(1_000 + number);
            let (event, next) = head.append(&tenant, Chain::Ledger, now, format!("{{\"n\":{number}}}"));
            head = next;
            events.push(event);
        }
        (tenant, events, head)
    }

    #[test]
    fn the_published_vector() {
        let (_, events, _) = chain(2);
        let hashes: Vec<_> = events.iter().map(|event| event.hash.hex()).collect();
        // Computed from the documented formula with another SHA-256.
        assert_eq!(hashes, VECTOR);
    }

    #[test]
    fn verification_names_the_first_bad_event() {
        let (tenant, events, head) = chain(4);
        let check = |events: &[StoredEvent]| verify(&tenant, Chain::Ledger, ChainHead::EMPTY, events);
        assert_eq!(check(&events), Ok(head));

        let mut altered = events.clone();
        altered[1].bytes = "{}".into();
        assert_eq!(check(&altered), Err(ChainError::Hash { seq: 2 }));
        let mut deleted = events.clone();
        deleted.remove(1);
        assert_eq!(check(&deleted), Err(ChainError::Sequence { expected: 2, found: 3 }));
        let mut backdated = events.clone();
        backdated[2].at = Timestamp::EPOCH;
        assert_eq!(check(&backdated), Err(ChainError::Time { seq: 3 }));
        let mut relinked = events.clone();
        relinked[3].previous = Digest::ZERO;
        assert_eq!(check(&relinked), Err(ChainError::Previous { seq: 4 }));
        let mut loose = events.clone();
        let (event, _) = ChainHead { seq: 1, hash: events[0].hash, at: events[0].at }.append(
            &tenant,
            Chain::Ledger,
            events[1].at,
            "{ }".into(),
        );
        loose[1] = event;
        assert_eq!(check(&loose), Err(ChainError::Canonical { seq: 2 }));
        let other = "globex".parse().unwrap();
        assert_eq!(
            verify(&other, Chain::Ledger, ChainHead::EMPTY, &events),
            Err(ChainError::Hash { seq: 1 })
        );
    }

    #[test]
    fn time_never_goes_back() {
        let (tenant, _, head) = chain(3);
        let (event, _) = head.append(&tenant, Chain::Ledger, Timestamp::EPOCH, "{}".into());
        assert_eq!(event.at, head.at);
    }
}
