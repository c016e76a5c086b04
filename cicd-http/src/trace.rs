//! The trace that a request belongs to, after [W3C Trace Context Level 2](https://www.w3.org/TR/trace-context-2/).

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use cicd_core::trace::TraceParent;

use crate::ids;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// A span of this host in the trace that a request names; in a new one, not sampled, where it names none, two, or a malformed one.
/// Whoever handles the request finds the span in its headers. What vendors added to a trace that doesn't go on is dropped with it.
pub(crate) fn go_on(headers: &mut HeaderMap) -> TraceParent {
    let named = named(headers);
    if named.is_none() {
        headers.remove(TRACESTATE);
    }
    let span = ids::span();
    let here = named.map_or_else(|| TraceParent::begun(ids::trace(), span), |named| named.within(span));
    if let Ok(value) = HeaderValue::try_from(here.to_string()) {
        headers.insert(TRACEPARENT, value);
    }
    here
}

fn named(headers: &HeaderMap) -> Option<TraceParent> {
    let mut named = headers.get_all(TRACEPARENT).iter();
    let only = named.next().filter(|_| named.next().is_none())?;
    only.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    /// Where a request with these headers goes on, and whether what vendors added does.
    fn gone_on(values: &[&str]) -> (TraceParent, bool) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACEPARENT, value.parse().unwrap());
        }
        headers.insert(TRACESTATE, "vendor=1".parse().unwrap());
        let here = go_on(&mut headers);
        let mut told = headers.get_all(TRACEPARENT).iter();
        assert_eq!((told.next().unwrap().to_str().unwrap(), told.next()), (&*here.to_string(), None));
        (here, headers.contains_key(TRACESTATE))
    }

    #[test]
    fn a_trace_goes_on_in_a_span_of_this_host() {
        for flags in ["00", "01", "02", "03"] {
            let (here, has_state) = gone_on(&[&format!("00-{ID}-{SPAN}-{flags}")]);
            let told = here.to_string();
            assert!(
                told.starts_with(&format!("00-{ID}-")) && told.ends_with(flags) && !told.contains(SPAN),
                "{told}"
            );
            assert!(has_state);
        }
    }

    #[test]
    fn where_none_is_named_a_new_one_begins() {
        let good = format!("00-{ID}-{SPAN}-01");
        let mut seen = std::collections::BTreeSet::from([ID.to_owned()]);
        for values in [&[][..], &[""], &["nonsense"], &[&good[1..]], &["\u{e9}"], &[&good, &good]] {
            let (here, has_state) = gone_on(values);
            assert!(here.to_string().ends_with("-02") && !has_state, "{values:?}: {here:?}");
            assert!(seen.insert(here.trace_id()), "{values:?}: {here:?} is known");
        }
    }
}
