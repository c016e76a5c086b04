//! What the functions take, read by hand: what serde derives for these types would more than double the module. The tests
//! hold these readers against what serde reads.

mod facts;
mod release;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::str::FromStr;

use cicd_core::id::Role;
use serde_json::Value;

pub(crate) use facts::{facts, permissions};
pub(crate) use release::release;

use crate::answer::Problem;

/// A value and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct At<'a>(pub(crate) &'a Value);

impl<'a> At<'a> {
    /// The problem of a place that does not hold what it should.
    pub(crate) fn none(pointer: &str) -> Problem {
        Problem(format!("`{pointer}` is missing or not what the api answers"))
    }

    /// What is at `pointer`; null where nothing is.
    pub(crate) fn value(self, pointer: &str) -> &'a Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The flag at `pointer`, where there is one.
    pub(crate) fn flag(self, pointer: &str) -> Result<Option<bool>, Problem> {
        self.optional(pointer).map(|at| at.0.as_bool().ok_or_else(|| Self::none(pointer))).transpose()
    }

    /// What is at `pointer`, unless it is absent or null.
    pub(crate) fn optional(self, pointer: &str) -> Option<Self> {
        self.0.pointer(pointer).filter(|value| !value.is_null()).map(Self)
    }

    /// What must be at `pointer`.
    pub(crate) fn at(self, pointer: &str) -> Result<Self, Problem> {
        self.optional(pointer).ok_or_else(|| Self::none(pointer))
    }

    /// The text that must be at `pointer`.
    pub(crate) fn text(self, pointer: &str) -> Result<&'a str, Problem> {
        self.at(pointer)?.0.as_str().ok_or_else(|| Self::none(pointer))
    }

    /// The text that must be at `pointer`, as a `T`.
    pub(crate) fn parsed<T: FromStr>(self, pointer: &str) -> Result<T, Problem> {
        self.text(pointer)?.parse().map_err(|_| Self::none(pointer))
    }

    /// The text at `pointer` as a `T`, where there is one.
    pub(crate) fn maybe<T: FromStr>(self, pointer: &str) -> Result<Option<T>, Problem> {
        self.optional(pointer).map(|_| self.parsed(pointer)).transpose()
    }

    /// The number that must be at `pointer`.
    pub(crate) fn number<T: TryFrom<u64>>(self, pointer: &str) -> Result<T, Problem> {
        let number = self.at(pointer)?.0.as_u64().and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| Self::none(pointer))
    }

    /// The number at `pointer`; `default` where there is none.
    pub(crate) fn number_or<T: TryFrom<u64>>(self, pointer: &str, default: T) -> Result<T, Problem> {
        self.optional(pointer).map_or(Ok(default), |_| self.number(pointer))
    }

    /// The entries of the list at `pointer`; none where there is no list.
    pub(crate) fn list_or_none<T>(
        self,
        pointer: &str,
        read: fn(Self) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        self.optional(pointer).map_or_else(|| Ok(Vec::new()), |_| self.list(pointer, read))
    }

    /// The entries of the list that must be at `pointer`.
    pub(crate) fn list<T>(
        self,
        pointer: &str,
        read: fn(Self) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let mut entries = Vec::new();
        for item in self.items(pointer)? {
            entries.push(read(Self(item))?);
        }
        Ok(entries)
    }

    fn items(self, pointer: &str) -> Result<&'a [Value], Problem> {
        self.at(pointer)?.0.as_array().map(Vec::as_slice).ok_or_else(|| Self::none(pointer))
    }

    /// The roles of the list that must be at `pointer`. One by one: what builds a set at once is larger than all else here.
    pub(crate) fn roles(self, pointer: &str) -> Result<BTreeSet<Role>, Problem> {
        let mut roles = BTreeSet::new();
        for item in self.items(pointer)? {
            roles.insert(Self(item).parsed("")?);
        }
        Ok(roles)
    }

    /// The texts of the list that must be at `pointer`.
    pub(crate) fn texts<T: FromStr>(self, pointer: &str) -> Result<Vec<T>, Problem> {
        self.list(pointer, |item| item.parsed(""))
    }
}
