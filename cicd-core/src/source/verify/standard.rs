//! Standard Webhooks: `id.timestamp.body`, signed with HMAC-SHA256.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::body::is_signed;
use super::{Headers, Unverified, required};
use crate::time::Timestamp;

/// How far a timestamp may be from now, in seconds.
pub const TOLERANCE_SECONDS: u64 = 300;

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";
const MAX_ID_CHARACTERS: usize = 255;
const MAX_SIGNATURES: usize = 10;

pub(super) fn verify(
    secrets: &[&str],
    headers: &Headers,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Unverified> {
    let id = required(headers, ID)?;
    let timestamp = required(headers, TIMESTAMP)?;
    let signatures = required(headers, SIGNATURE)?;
    // A dot in the id could move the border between id and timestamp.
    let is_id = (1..=MAX_ID_CHARACTERS).contains(&id.len()) && !id.contains(['.', ' ']);
    if !is_id {
        return Err(Unverified::Form { name: ID });
    }
    let sent = seconds(timestamp).ok_or(Unverified::Form { name: TIMESTAMP })?;
    let signatures = listed(signatures).ok_or(Unverified::Form { name: SIGNATURE })?;
    let keys: Vec<_> = secrets.iter().filter_map(|secret| key(secret)).collect();
    if keys.is_empty() {
        return Err(Unverified::NoSecret);
    }
    if !is_near(sent, now) {
        return Err(Unverified::Timestamp);
    }
    let message = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let pairs = keys.iter().flat_map(|key| signatures.iter().map(move |signature| (key, signature)));
    let signed = pairs.fold(false, |found, (key, signature)| is_signed(key, &message, signature) | found);
    if signed { Ok(()) } else { Err(Unverified::Mismatch) }
}

fn is_near(sent: u64, now: Timestamp) -> bool {
    let now = u64::try_from(now.as_micros()).unwrap_or(0) / 1_000_000;
    sent.abs_diff(now) <= TOLERANCE_SECONDS
}

/// Seconds since 1970 in one spelling: digits, without a sign and without zeros before them.
fn seconds(text: &str) -> Option<u64> {
    let is_plain = (1..=12).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0');
    is_plain.then(|| text.parse().ok()).flatten()
}

/// The signatures of version 1. Other versions may stand beside them, but never instead.
fn listed(text: &str) -> Option<Vec<Vec<u8>>> {
    let all: Vec<_> = text.split(' ').collect();
    if all.len() > MAX_SIGNATURES {
        return None;
    }
    let known = all.into_iter().filter_map(|signature| signature.strip_prefix("v1,"));
    let read: Vec<_> = known.filter_map(|base64| STANDARD.decode(base64).ok()).collect();
    (!read.is_empty()).then_some(read)
}

/// `whsec_` and the base64 of 24 to 64 bytes.
fn key(secret: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    (24..=64).contains(&key.len()).then_some(key)
}
