//! Chance that a seed repeats.

/// A small generator of random numbers, so that a seed repeats a run's pauses.
pub(crate) struct Dice(u64);

impl Dice {
    /// Those of one of the parties of a run.
    pub(crate) fn new(seed: u64, party: u64) -> Self {
        Self((seed ^ party.wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1))
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
