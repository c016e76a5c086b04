//! Where work stands in a trace, after [W3C Trace Context Level 2](https://www.w3.org/TR/trace-context-2/).

use std::fmt;
use std::num::{NonZeroU64, NonZeroU128};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const ACCEPTED: &str =
    "`00-<trace>-<span>-<flags>` of 32, 16 and 2 hexadecimal digits in lower case, no id all zeros";

/// A text that is no `traceparent`. Who was sent one goes on as if there had been none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is not a traceparent; accepted: {ACCEPTED}")]
pub struct ParseTraceError {
    input: String,
}

/// The flags that the standard knows: `sampled` and `random-trace-id`. Others are not passed on.
const KNOWN_FLAGS: u8 = 0b11;

/// A span of a trace: what W3C calls `traceparent`.
///
/// ```
/// use cicd_core::trace::TraceParent;
/// let sent = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-07-of-a-later-version";
/// let parent: TraceParent = sent.parse()?;
/// assert_eq!(parent.to_string(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03");
/// # Ok::<(), cicd_core::trace::ParseTraceError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceParent {
    trace: NonZeroU128,
    span: NonZeroU64,
    flags: u8,
}

impl TraceParent {
    /// The first span of a trace whose id was drawn at random. Nobody has recorded it yet.
    #[must_use]
    pub const fn begun(trace: NonZeroU128, span: NonZeroU64) -> Self {
        Self { trace, span, flags: 0b10 }
    }

    /// The same trace, in another span of it.
    #[must_use]
    pub const fn within(self, span: NonZeroU64) -> Self {
        Self { span, ..self }
    }

    /// The id of the trace: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace)
    }
}

impl FromStr for TraceParent {
    type Err = ParseTraceError;

    fn from_str(text: &str) -> Result<Self, ParseTraceError> {
        read(text).ok_or_else(|| ParseTraceError { input: text.chars().take(80).collect() })
    }
}

/// Reads `00-<trace>-<span>-<flags>`. A later version may have more after another `-`.
fn read(text: &str) -> Option<TraceParent> {
    let mut parts = text.split('-');
    let version = hex(parts.next()?, 2)?;
    let trace = NonZeroU128::new(hex(parts.next()?, 32)?)?;
    let span = NonZeroU64::new(u64::try_from(hex(parts.next()?, 16)?).ok()?)?;
    let flags = u8::try_from(hex(parts.next()?, 2)?).ok()? & KNOWN_FLAGS;
    let is_whole = version != 0 || parts.next().is_none();
    (version != 0xff && is_whole).then_some(TraceParent { trace, span, flags })
}

fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (text.len() == digits && is_hex).then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, self.flags)
    }
}

impl fmt::Debug for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for TraceParent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TraceParent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn what_the_standard_takes_is_read() {
        for (text, flags) in [
            (format!("00-{TRACE}-{SPAN}-01"), "01"),
            (format!("00-{TRACE}-{SPAN}-00"), "00"),
            (format!("00-{TRACE}-{SPAN}-02"), "02"),
            (format!("00-{TRACE}-{SPAN}-ff"), "03"),
            (format!("00-{TRACE}-{SPAN}-fc"), "00"),
            (format!("01-{TRACE}-{SPAN}-01"), "01"),
            (format!("cc-{TRACE}-{SPAN}-06-what-comes-later"), "02"),
            (format!("cc-{TRACE}-{SPAN}-01-"), "01"),
        ] {
            let read: TraceParent = text.parse().unwrap();
            assert_eq!(read.to_string(), format!("00-{TRACE}-{SPAN}-{flags}"), "{text}");
            assert_eq!(read.trace_id(), TRACE);
        }
    }

    #[test]
    fn what_the_standard_refuses_is_refused() {
        let (no_trace, no_span) = ("0".repeat(32), "0".repeat(16));
        for text in [
            String::new(),
            "00".to_owned(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("0-{TRACE}-{SPAN}-01"),
            format!("000-{TRACE}-{SPAN}-01"),
            format!("00-{no_trace}-{SPAN}-01"),
            format!("00-{TRACE}-{no_span}-01"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{}-01", SPAN.to_uppercase()),
            format!("00-{TRACE}0-{SPAN}-01"),
            format!("00-+{}-{SPAN}-01", &TRACE[1..]),
            format!("00-{TRACE}-{SPAN}-0g"),
            format!("00-{TRACE}-{SPAN}-1"),
            format!(" 00-{TRACE}-{SPAN}-01"),
            format!("00_{TRACE}_{SPAN}_01"),
            format!("00-{TRACE}-{SPAN}-0\u{e9}"),
        ] {
            assert!(text.parse::<TraceParent>().is_err(), "`{text}`");
            assert!(serde_json::from_value::<TraceParent>(text.clone().into()).is_err(), "`{text}`");
        }
    }

    /// Texts that the standard takes, and such with one character that is another.
    fn nearly_right() -> impl Strategy<Value = String> {
        let right = "[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.{0,9})?";
        (right, any::<prop::sample::Index>(), prop::option::of("[0-9a-fA-F-]|.")).prop_map(
            |(text, place, other)| {
                let mut characters: Vec<_> = text.chars().map(String::from).collect();
                if let Some(other) = other {
                    *place.get_mut(&mut characters) = other;
                }
                characters.concat()
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(trace: u128, span: u64) {
            prop_assume!(trace != 0 && span != 0);
            let parent = TraceParent::begun(trace.try_into().unwrap(), span.try_into().unwrap());
            prop_assert_eq!(parent.to_string().parse(), Ok(parent));
            let json = serde_json::to_value(parent).unwrap();
            prop_assert_eq!(serde_json::from_value::<TraceParent>(json).unwrap(), parent);
        }

        #[test]
        fn whatever_is_read_is_written_as_the_standard_says(text in nearly_right()) {
            let lower = |range: std::ops::Range<usize>| {
                text.get(range).is_some_and(|part| part.bytes().all(|byte| b"0123456789abcdef".contains(&byte)))
            };
            let has_form = lower(0..2) && lower(3..35) && lower(36..52) && lower(53..55)
                && [2, 35, 52].iter().all(|dash| text.as_bytes()[*dash] == b'-');
            match text.parse::<TraceParent>() {
                Ok(parent) => {
                    prop_assert!(has_form, "{text}");
                    let told = parent.to_string();
                    prop_assert_eq!(&told[2..53], &text[2..53]);
                    prop_assert_eq!(told.parse(), Ok(parent));
                }
                Err(_) => {
                    let is_later = text.len() == 55 || !text.starts_with("00") && text.get(55..).is_some_and(|rest| rest.starts_with('-'));
                    let zeros = |range: std::ops::Range<usize>| text[range].bytes().all(|byte| byte == b'0');
                    let may_be = has_form && is_later && !text.starts_with("ff") && !zeros(3..35) && !zeros(36..52);
                    prop_assert!(!may_be, "{text}");
                }
            }
        }
    }
}
