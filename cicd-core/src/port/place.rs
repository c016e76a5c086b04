//! Where a page begins.

use std::fmt;
use std::str::FromStr;

use super::StoreError;

/// Where a row stands in its list: the number that the list is ordered by, and the row's id. A page's `next` is the place of
/// its last row, so that rows that come or go between two pages move no other row.
///
/// ```
/// use cicd_core::port::Place;
/// let place = Place { number: 7, id: "shop".to_owned() };
/// assert_eq!(place.to_string(), "7~shop");
/// assert_eq!("7~shop".parse(), Ok(place));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number that comes first in the order; zero where the id alone orders.
    pub number: u64,
    /// The id.
    pub id: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.number, self.id)
    }
}

impl FromStr for Place {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let parts = text.split_once('~').and_then(|(number, id)| Some((number.parse().ok()?, id)));
        let (number, id) = parts.ok_or_else(|| StoreError::Invalid {
            message: format!("`{text}` is not where a page begins; accepted: the `next` of a page"),
        })?;
        Ok(Self { number, id: id.to_owned() })
    }
}
