//! What can be wrong with a chain.

/// What is wrong with a chain, and with which event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A sequence is missing, or stands twice.
    #[error("event {found} stands where event {expected} should")]
    Sequence {
        /// The sequence that should stand there.
        expected: u64,
        /// The sequence that stands there.
        found: u64,
    },
    /// The event does not follow the one before it.
    #[error("event {seq} names another predecessor than event {} has", seq.saturating_sub(1))]
    Previous {
        /// The event.
        seq: u64,
    },
    /// The event is older than the one before it.
    #[error("event {seq} is older than event {}", seq.saturating_sub(1))]
    Time {
        /// The event.
        seq: u64,
    },
    /// The event was altered.
    #[error("event {seq} does not have the hash of its contents")]
    Hash {
        /// The event.
        seq: u64,
    },
    /// The event's bytes are not what this software writes, whatever their hash.
    #[error("the bytes of event {seq} are not canonical JSON")]
    Canonical {
        /// The event.
        seq: u64,
    },
    /// The event can't be read at all: a column does not hold what it should, or the file is damaged.
    #[error("event {seq} can't be read: {message}")]
    Unreadable {
        /// The event that should stand there.
        seq: u64,
        /// What the store says.
        message: String,
    },
    /// The chain does not end where its head says.
    #[error("the chain ends at event {found}, but its head says {expected}")]
    Head {
        /// Where the head says that it ends.
        expected: u64,
        /// Where it ends.
        found: u64,
    },
    /// The head names another hash or another time than the last event has.
    #[error("the head does not have the hash and the time of event {seq}, the last one")]
    HeadDiffers {
        /// The last event.
        seq: u64,
    },
    /// The event is not the one whose hash was kept elsewhere: history was written anew.
    #[error("event {seq} does not have the hash that was kept elsewhere")]
    Kept {
        /// The event.
        seq: u64,
    },
    /// The chain ends before an event that was kept elsewhere: its end was cut off, or an old copy was brought back.
    #[error("the chain ends at event {found}, but event {expected} was kept elsewhere")]
    Cut {
        /// The event that was kept.
        expected: u64,
        /// Where the chain ends.
        found: u64,
    },
}

impl ChainError {
    /// What is wrong, in a word for programs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Sequence { .. } => "sequence",
            Self::Previous { .. } => "previous",
            Self::Time { .. } => "time",
            Self::Hash { .. } => "hash",
            Self::Canonical { .. } => "canonical",
            Self::Unreadable { .. } => "unreadable",
            Self::Head { .. } => "head",
            Self::HeadDiffers { .. } => "head_differs",
            Self::Kept { .. } => "kept",
            Self::Cut { .. } => "cut",
        }
    }

    /// The first event that is not as it should be.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        match self {
            Self::Previous { seq }
            | Self::Time { seq }
            | Self::Hash { seq }
            | Self::Canonical { seq }
            | Self::Unreadable { seq, .. }
            | Self::HeadDiffers { seq }
            | Self::Kept { seq } => *seq,
            Self::Sequence { expected, .. } => *expected,
            Self::Head { expected, found } | Self::Cut { expected, found } => {
                let end = if *found < *expected { *found } else { *expected };
                end.saturating_add(1)
            }
        }
    }
}
