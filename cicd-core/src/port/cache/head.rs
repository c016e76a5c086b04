//! Heads: the last sequence of the ledger that touched something, as far as a cache knows.

use super::ServiceId;

/// What a head is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeadOf {
    /// Whatever happens in the tenant.
    Tenant,
    /// What belongs to no service, such as policy floors, freezes and roles.
    Shared,
    /// What changes who may do what: roles, tokens, policies, freezes and locks.
    Governance,
    /// What happens to a service, its deployments, runs and releases.
    Service(ServiceId),
}

/// A moment of a cache's own clock, in microseconds from a beginning of its own. Two caches' moments can't be compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    /// The moment `micros` microseconds later.
    #[must_use]
    pub const fn plus(self, micros: u64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

/// What a cache knew at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// The sequences, in the order that was asked for; `None` for a head that is not known.
    pub seqs: Vec<Option<u64>>,
    /// When that was.
    pub looked_at: Moment,
}

impl Heads {
    /// That none of `count` heads is known. Nothing is learned from a look at such a moment.
    #[must_use]
    pub fn unknown(count: usize) -> Self {
        Self { seqs: vec![None; count], looked_at: Moment::default() }
    }
}

/// A head in a cache: what `learn` and `raise` do to it. Caches that keep heads themselves keep these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The highest sequence that was told.
    seq: u64,
    /// Until when it may be given to readers; in the past when no reader taught it.
    known_until: Moment,
    /// Until when lower sequences are refused, after which all of it may be forgotten.
    kept_until: Moment,
}

impl Head {
    /// The sequence, where it may be given to a reader at `now`.
    #[must_use]
    pub fn known(&self, now: Moment) -> Option<u64> {
        (now < self.known_until).then_some(self.seq)
    }

    /// Whether nothing is left of it at `now`.
    #[must_use]
    pub fn is_over(&self, now: Moment) -> bool {
        now >= self.kept_until
    }

    /// The head after a reader that looked at `since` found `seq`, for heads that live `life` microseconds.
    #[must_use]
    pub fn learned(before: Option<Self>, seq: u64, since: Moment, now: Moment, life: u64) -> Option<Self> {
        let before = before.filter(|head| !head.is_over(now));
        let until = since.plus(life);
        match before {
            _ if now >= until => before,
            Some(head) if seq < head.seq => Some(head),
            Some(head) if seq == head.seq => Some(Self {
                seq,
                known_until: head.known_until.max(until),
                kept_until: head.kept_until.max(until),
            }),
            Some(head) => Some(Self { seq, known_until: until, kept_until: head.kept_until.max(until) }),
            None => Some(Self { seq, known_until: until, kept_until: until }),
        }
    }

    /// The head after a commit that ended with `seq`.
    #[must_use]
    pub fn raised(before: Option<Self>, seq: u64, now: Moment, life: u64) -> Self {
        let fresh = Self { seq, known_until: Moment::default(), kept_until: now.plus(life) };
        match before.filter(|head| !head.is_over(now)) {
            Some(head) => Self {
                seq: seq.max(head.seq),
                known_until: head.known_until,
                kept_until: head.kept_until.max(fresh.kept_until),
            },
            None => fresh,
        }
    }
}
