//! Bounded pages of a list.

use serde::{Deserialize, Serialize};

/// How many entries a page may hold: 1 to 200, 50 unless asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit(u16);

impl Limit {
    /// The most entries a page holds.
    pub const MAX: u16 = 200;

    /// Takes a number from 1 to [`Limit::MAX`]; `None` for any other.
    #[must_use]
    pub fn new(entries: u64) -> Option<Self> {
        let entries = u16::try_from(entries).ok()?;
        (1..=Self::MAX).contains(&entries).then_some(Self(entries))
    }

    /// The number of entries.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// One page of a list, and where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The entries, in the order of the list.
    pub items: Vec<T>,
    /// The key after which the next page begins; `None` on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The same page with every entry converted.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}
