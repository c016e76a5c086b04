//! How many instances a rolling update may add or miss.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::Strategy;
use crate::violation::{Fields, Path, Violations, integer, wrong_type};

/// How many instances an amount may name.
pub const AMOUNT: RangeInclusive<u64> = 0..=10_000;
/// How many percent of the instances an amount may name.
pub const PERCENT: RangeInclusive<u8> = 0..=100;

/// A number of instances, written `2`, or a share of them, written `"25%"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many instances.
    Count(u32),
    /// So many percent of the wanted instances, 0 to 100.
    Percent(u8),
}

/// A text that is not a percentage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an amount; accepted: a whole number or a percentage from `0%` to `100%`")]
pub struct ParseAmountError(String);

impl Amount {
    /// What both amounts of a rolling update are unless the config says otherwise: `25%`.
    pub const DEFAULT: Self = Self::Percent(25);

    /// Whether it names no instance at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        matches!(self, Self::Count(0) | Self::Percent(0))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl FromStr for Amount {
    type Err = ParseAmountError;

    /// Reads a percentage; a number of instances is a JSON number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_suffix('%').unwrap_or_default();
        let percent = digits.parse().ok().filter(|percent: &u8| PERCENT.contains(percent));
        // One spelling: neither `+5%` nor `05%`.
        percent
            .filter(|percent| percent.to_string() == digits)
            .map(Self::Percent)
            .ok_or_else(|| ParseAmountError(text.chars().take(80).collect()))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u32(*count),
            Self::Percent(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => text.parse().map_err(serde::de::Error::custom),
            number => u32::deserialize(number).map(Self::Count).map_err(serde::de::Error::custom),
        }
    }
}

/// Reads the parameters of a rolling update.
pub(super) fn rolling(fields: &mut Fields<'_>, violations: &mut Violations) -> Option<Strategy> {
    let mut amount = |name| match fields.optional(name) {
        None => Some(Amount::DEFAULT),
        Some((value, path)) => read(value, &path, violations),
    };
    let max_surge = amount("max_surge");
    let max_unavailable = amount("max_unavailable");
    if max_surge.is_some_and(Amount::is_zero) && max_unavailable.is_some_and(Amount::is_zero) {
        let message = "`max_surge` and `max_unavailable` are both zero; accepted: at least one above zero";
        violations.push(fields.path().member("max_unavailable"), "both_zero", message);
    }
    Some(Strategy::Rolling { max_surge: max_surge?, max_unavailable: max_unavailable? })
}

fn read(value: &Value, path: &Path, violations: &mut Violations) -> Option<Amount> {
    match value {
        Value::Number(_) => {
            let count = integer(value, path, AMOUNT, violations)?;
            u32::try_from(count).ok().map(Amount::Count)
        }
        Value::String(text) => text
            .parse()
            .map_err(|error: ParseAmountError| violations.push(path, "out_of_range", error.to_string()))
            .ok(),
        other => {
            wrong_type(path, "a whole number or a percentage such as `\"25%\"`", other, violations);
            None
        }
    }
}
