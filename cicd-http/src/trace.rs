//! The trace that a request belongs to, after [W3C Trace Context](https://www.w3.org/TR/trace-context/).

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::ids::request_id;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
const TRACE_DIGITS: usize = 32;
const SPAN_DIGITS: usize = 16;

/// Where a request stands in a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trace {
    /// The id of the trace: 32 hex digits.
    pub(crate) id: String,
    flags: String,
}

impl Trace {
    /// The trace that a request names; a new one, not sampled, where it names none, two, or a malformed one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut named = headers.get_all(TRACEPARENT).iter();
        let only = named.next().filter(|_| named.next().is_none());
        let read = only.and_then(|value| value.to_str().ok()).and_then(read);
        read.unwrap_or_else(|| Self { id: request_id(), flags: "00".to_owned() })
    }

    /// Names this host as the one that goes on, for whoever handles the request. What vendors added to a trace that was
    /// malformed is dropped with it.
    pub(crate) fn continue_in(&self, headers: &mut HeaderMap) {
        let is_continued = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok()).and_then(read);
        if is_continued.as_ref() != Some(self) {
            headers.remove(TRACESTATE);
        }
        let span: String = request_id().chars().take(SPAN_DIGITS).collect();
        if let Ok(value) = HeaderValue::try_from(format!("00-{}-{span}-{}", self.id, self.flags)) {
            headers.insert(TRACEPARENT, value);
        }
    }
}

/// Reads `00-<trace>-<span>-<flags>`. A later version may have more after another `-`.
fn read(text: &str) -> Option<Trace> {
    let mut parts = text.split('-');
    let (version, id, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_whole = version != "00" || parts.next().is_none();
    let is_id = |text: &str, digits| is_hex(text, digits) && text.bytes().any(|byte| byte != b'0');
    let is_valid = is_hex(version, 2)
        && version != "ff"
        && is_whole
        && is_id(id, TRACE_DIGITS)
        && is_id(span, SPAN_DIGITS)
        && is_hex(flags, 2);
    // Of the flags only the first is known.
    let sampled = flags.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']);
    is_valid.then(|| Trace { id: id.to_owned(), flags: if sampled { "01" } else { "00" }.to_owned() })
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    fn trace(values: &[&str]) -> Trace {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACEPARENT, value.parse().unwrap());
        }
        Trace::of(&headers)
    }

    #[test]
    fn a_valid_trace_goes_on() {
        for (text, flags) in [
            (format!("00-{ID}-{SPAN}-01"), "01"),
            (format!("00-{ID}-{SPAN}-00"), "00"),
            (format!("00-{ID}-{SPAN}-ff"), "01"),
            (format!("cc-{ID}-{SPAN}-02-what-comes-later"), "00"),
        ] {
            assert_eq!(trace(&[&text]), Trace { id: ID.to_owned(), flags: flags.to_owned() }, "{text}");
        }
    }

    #[test]
    fn a_malformed_trace_is_replaced() {
        let zero = "0".repeat(TRACE_DIGITS);
        let good = format!("00-{ID}-{SPAN}-01");
        for text in [
            String::new(),
            format!("00-{ID}-{SPAN}"),
            format!("00-{ID}-{SPAN}-01-more"),
            format!("ff-{ID}-{SPAN}-01"),
            format!("0-{ID}-{SPAN}-01"),
            format!("00-{zero}-{SPAN}-01"),
            format!("00-{ID}-0000000000000000-01"),
            format!("00-{}-{SPAN}-01", ID.to_uppercase()),
            format!("00-{ID}x-{SPAN}-01"),
            format!("00-{ID}-{SPAN}-0g"),
        ] {
            let made = trace(&[&text]);
            assert!(
                made.id != ID && is_hex(&made.id, TRACE_DIGITS) && made.flags == "00",
                "{text}: {made:?}"
            );
        }
        assert_ne!(trace(&[&good, &good]).id, ID, "two are none");
    }

    #[test]
    fn who_handles_the_request_is_told_a_span_of_this_host() {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, format!("00-{ID}-{SPAN}-01").parse().unwrap());
        headers.insert(TRACESTATE, "vendor=1".parse().unwrap());
        Trace::of(&headers).continue_in(&mut headers);
        let told = headers[TRACEPARENT].to_str().unwrap().to_owned();
        assert!(
            told.starts_with(&format!("00-{ID}-")) && told.ends_with("-01") && !told.contains(SPAN),
            "{told}"
        );
        assert_eq!(headers[TRACESTATE], "vendor=1");
        headers.insert(TRACEPARENT, "nonsense".parse().unwrap());
        Trace::of(&headers).continue_in(&mut headers);
        assert!(read(headers[TRACEPARENT].to_str().unwrap()).is_some());
        assert!(!headers.contains_key(TRACESTATE));
    }
}
