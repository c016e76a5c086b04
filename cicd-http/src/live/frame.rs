//! Server-sent events as they are written: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.

use cicd_core::audit::{StoredEvent, Subject};
use cicd_core::authz::Actor;
use cicd_core::time::Timestamp;
use serde::Serialize;

/// What a stream tells of an event: enough to know what to read again, and not what only an auditor sees.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LiveEvent)]
pub(crate) struct Told<'a> {
    seq: u64,
    at: Timestamp,
    kind: &'a str,
    actor: &'a Actor,
    subject: &'a Subject,
}

/// An event of the ledger, whose id is its sequence.
///
/// # Errors
/// When its bytes were altered.
pub(super) fn event(stored: &StoredEvent) -> Result<(Vec<u8>, Subject), serde_json::Error> {
    let event = stored.event()?;
    let (seq, at) = (stored.seq, stored.at);
    let told = Told { seq, at, kind: &event.kind, actor: &event.actor, subject: &event.subject };
    let data = serde_json::to_string(&told)?;
    Ok((format!("id: {seq}\nevent: {}\ndata: {data}\n\n", event.kind).into_bytes(), event.subject))
}

/// Where a stream begins: everything after `seq` follows.
pub(super) fn ready(seq: u64) -> Vec<u8> {
    format!("id: {seq}\nevent: ready\ndata: {{\"seq\":{seq}}}\n\n").into_bytes()
}

/// What the client has seen can't be continued: it reads everything again, and hears what comes after `seq`.
pub(super) fn reset(seq: u64) -> Vec<u8> {
    format!("id: {seq}\nevent: reset\ndata: {{\"seq\":{seq}}}\n\n").into_bytes()
}

/// The stream ends and why; a client that may come back does so from the last id that it saw.
pub(super) fn end(reason: &str) -> Vec<u8> {
    format!("event: end\ndata: {{\"reason\":\"{reason}\"}}\n\n").into_bytes()
}

/// Says that the connection lives.
pub(super) fn heartbeat() -> Vec<u8> {
    b": \n\n".to_vec()
}
