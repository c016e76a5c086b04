//! Points in time, in microseconds, UTC. Nothing here reads a clock.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time with microsecond resolution, written as RFC 3339 in UTC.
///
/// ```
/// use cicd_core::time::Timestamp;
/// let at: Timestamp = "2026-11-22T10:00:00+01:00".parse()?;
/// assert_eq!(at.to_string(), "2026-11-22T09:00:00.000000Z");
/// # Ok::<(), cicd_core::time::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = DateTime))]
pub struct Timestamp(i64);

/// A text that is not a point in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a point in time; accepted: RFC 3339, such as `2026-11-22T09:00:00Z`")]
pub struct ParseTimestampError(String);

/// The latest point that RFC 3339 can write: the end of the year 9999.
const LATEST: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// Microseconds since 1970-01-01T00:00:00Z, held within the years 1970 to 9999.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(0, LATEST))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This point, `seconds` later; at most the end of the year 9999.
    #[must_use]
    pub fn plus_seconds(self, seconds: u64) -> Self {
        self.plus_micros(seconds.saturating_mul(1_000_000))
    }

    /// This point, `micros` microseconds later; at most the end of the year 9999.
    #[must_use]
    pub fn plus_micros(self, micros: u64) -> Self {
        Self::from_micros(self.0.saturating_add(i64::try_from(micros).unwrap_or(i64::MAX)))
    }

    /// Microseconds from `earlier` to this point; zero when `earlier` is later.
    #[must_use]
    pub fn micros_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::Micros, true)),
            None => write!(f, "{}us", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseTimestampError(text.chars().take(80).collect());
        let micros = DateTime::parse_from_rfc3339(text).map_err(|_| refuse())?.timestamp_micros();
        if (0..=LATEST).contains(&micros) { Ok(Self(micros)) } else { Err(refuse()) }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_microseconds() {
        let at = Timestamp::from_micros(1_700_000_000_123_456);
        assert_eq!(at.to_string().parse(), Ok(at));
    }

    #[test]
    fn refuses_other_texts() {
        for text in ["", "yesterday", "2026-11-22", "1969-12-31T23:59:59Z", "2026-11-22 09:00"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn arithmetic_saturates() {
        let last = Timestamp::from_micros(i64::MAX);
        assert_eq!(last.plus_seconds(u64::MAX), last);
        assert_eq!(Timestamp::default().micros_since(last), 0);
    }
}
