//! The forgery corpus: written by hand, at least [`FEWEST`] for each scheme, none taken.

mod body;
mod standard;
mod token;

use cicd_core::source::{Provider, Scheme};

use crate::sender::Sent;

/// The fewest cases of a scheme.
const FEWEST: usize = 60;

/// Asserts that none of the cases is taken, and that there are enough of them.
fn assert_refused(by: (Provider, Scheme), secrets: &[&str], cases: &[(&str, Sent)]) {
    let taken: Vec<_> =
        cases.iter().filter(|(_, sent)| sent.check(by, secrets).is_ok()).map(|(name, _)| name).collect();
    assert!(taken.is_empty(), "{by:?} takes {taken:?}");
    let names: std::collections::BTreeSet<_> = cases.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    assert!(cases.len() >= FEWEST, "{} cases", cases.len());
}
