//! A schema against what its migrations describe.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

/// The objects of a schema: each one's kind and name, such as ``index `cicd_release_slot` ``, and its definition.
pub type Objects = BTreeMap<String, String>;

/// How an object differs from what the migrations describe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Difference {
    /// The migrations describe it, the schema lacks it.
    Missing {
        /// The object.
        object: String,
    },
    /// The schema has it, the migrations know nothing of it.
    Extra {
        /// The object.
        object: String,
    },
    /// The schema has it in another form.
    Changed {
        /// The object.
        object: String,
        /// What the migrations describe.
        described: String,
        /// What the schema has.
        found: String,
    },
}

impl Difference {
    /// The object's kind and name.
    #[must_use]
    pub fn object(&self) -> &str {
        match self {
            Self::Missing { object } | Self::Extra { object } | Self::Changed { object, .. } => object,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { object } => write!(f, "{object} is missing"),
            Self::Extra { object } => write!(f, "{object} is not of the migrations"),
            Self::Changed { object, described, found } => {
                write!(f, "{object} has another definition: `{found}`, the migrations describe `{described}`")
            }
        }
    }
}

/// What the comparison of a live schema with its migrations found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The last step that was applied; zero for none.
    pub version: u32,
    /// How many objects the migrations describe.
    pub objects: usize,
    /// What differs; empty when the schema is as the migrations made it.
    pub differences: Vec<Difference>,
}

impl Verification {
    /// Compares what a schema at step `version` has with what the migrations describe.
    #[must_use]
    pub fn of(version: u32, described: &Objects, found: &Objects) -> Self {
        Self { version, objects: described.len(), differences: compare(described, found) }
    }
}

/// What differs between two schemas, in the order of the names of the objects.
#[must_use]
pub fn compare(described: &Objects, found: &Objects) -> Vec<Difference> {
    let names: BTreeSet<&String> = described.keys().chain(found.keys()).collect();
    let differ = names.into_iter().filter_map(|object| {
        let object = object.clone();
        match (described.get(&object), found.get(&object)) {
            (Some(described), Some(found)) if described != found => {
                let (described, found) = (described.clone(), found.clone());
                Some(Difference::Changed { object, described, found })
            }
            (Some(_), None) => Some(Difference::Missing { object }),
            (None, Some(_)) => Some(Difference::Extra { object }),
            _ => None,
        }
    });
    differ.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_named() {
        let objects = |all: &[(&str, &str)]| -> Objects {
            all.iter().map(|(name, form)| ((*name).to_owned(), (*form).to_owned())).collect()
        };
        let described = objects(&[("index `a`", "on x"), ("table `t`", ""), ("trigger `c`", "one")]);
        let found = objects(&[("index `b`", "on y"), ("table `t`", ""), ("trigger `c`", "two")]);
        let lines: Vec<_> = compare(&described, &found).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "index `a` is missing",
                "index `b` is not of the migrations",
                "trigger `c` has another definition: `two`, the migrations describe `one`",
            ]
        );
        assert!(compare(&described, &described).is_empty());
    }
}
