//! What tables hold, in a form that can be compared.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::digest::Digest;

/// The contents of each table, by its name.
pub type Tables = BTreeMap<String, Contents>;

/// How many rows a table holds, and a digest that depends on each of them and on their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// The number of rows.
    pub rows: u64,
    /// SHA-256 of the digest of the rows before and of the last row; [`Digest::ZERO`] for no row.
    pub digest: Digest,
}

impl Contents {
    /// No row.
    pub const EMPTY: Self = Self { rows: 0, digest: Digest::ZERO };

    /// Adds the next row, in whatever form keeps rows apart.
    pub fn add(&mut self, row: &[u8]) {
        self.rows += 1;
        self.digest = Digest::of_parts(&[self.digest.as_bytes(), row]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_its_place_and_its_bounds_count() {
        let of = |rows: &[&str]| {
            let mut contents = Contents::EMPTY;
            rows.iter().for_each(|row| contents.add(row.as_bytes()));
            contents
        };
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
        assert_ne!(of(&["ab", ""]).digest, of(&["a", "b"]).digest);
        assert_ne!(of(&["a"]).digest, of(&["a", ""]).digest);
        assert_eq!(of(&["a", "b"]).rows, 2);
    }
}
