//! What a host tells as it happens: its server-sent events.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;

/// The most bytes of one event. A host that sends more is not one of ours.
const EVENT_BYTES: usize = 1 << 20;

/// A stream of events.
pub(super) struct News {
    body: Incoming,
    rest: Vec<u8>,
}

/// What became of waiting for news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something happened to what was waited for.
    News,
    /// Nothing, for as long as was asked.
    Silence,
    /// The stream has ended.
    End,
}

impl News {
    pub(super) const fn of(body: Incoming) -> Self {
        Self { body, rest: Vec::new() }
    }

    /// Waits for an event that names `id`, at most `patience`.
    pub(super) async fn about(&mut self, id: &str, patience: Duration) -> Heard {
        let heard = async {
            loop {
                while let Some(event) = taken(&mut self.rest) {
                    if concerns(&event, id) {
                        return Heard::News;
                    }
                }
                let Some(Ok(frame)) = self.body.frame().await else { return Heard::End };
                if let Some(data) = frame.data_ref() {
                    self.rest.extend_from_slice(data);
                }
                if self.rest.len() > EVENT_BYTES {
                    return Heard::End;
                }
            }
        };
        tokio::time::timeout(patience, heard).await.unwrap_or(Heard::Silence)
    }
}

/// The first whole event; what follows it stays.
fn taken(rest: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = rest.windows(2).position(|two| two == b"\n\n")?;
    Some(rest.drain(..end.saturating_add(2)).collect())
}

/// Whether the event names `id`. After `reset` nobody knows what was missed.
fn concerns(event: &[u8], id: &str) -> bool {
    let text = String::from_utf8_lossy(event);
    let named = |line: &str| line.strip_prefix("data:").is_some_and(|data| data.contains(id));
    text.lines().any(|line| named(line) || line == "event: reset")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole_and_concern_what_they_name() {
        let mut rest =
            b": a comment\n\nid: 1\nevent: release.approved\ndata: {\"id\":\"r-1\"}\n\nid: 2\nda".to_vec();
        assert!(!concerns(&taken(&mut rest).unwrap(), "r-1"));
        let event = taken(&mut rest).unwrap();
        assert!(concerns(&event, "r-1") && !concerns(&event, "r-2"));
        assert!(taken(&mut rest).is_none(), "the last one is not whole yet");
        assert!(concerns(b"event: reset\ndata: {}\n\n", "r-1"));
    }
}
