//! HMAC-SHA256 of the body in hex, as most forges sign.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{Headers, MIN_SECRET_BYTES, Unverified, required};

/// Where a forge puts its signature.
pub(super) struct Place {
    header: &'static str,
    prefix: &'static str,
}

pub(super) const GITHUB: Place = Place { header: "x-hub-signature-256", prefix: "sha256=" };
pub(super) const BITBUCKET: Place = Place { header: "x-hub-signature", prefix: "sha256=" };
pub(super) const GITEA: Place = Place { header: "x-gitea-signature", prefix: "" };
pub(super) const FORGEJO: Place = Place { header: "x-forgejo-signature", prefix: "" };

pub(super) fn verify(
    place: &Place,
    secrets: &[&str],
    headers: &Headers,
    body: &[u8],
) -> Result<(), Unverified> {
    let text = required(headers, place.header)?;
    let form = Unverified::Form { name: place.header };
    let signature = text.strip_prefix(place.prefix).and_then(hex).ok_or(form)?;
    let mut usable = secrets.iter().filter(|secret| secret.len() >= MIN_SECRET_BYTES).peekable();
    if usable.peek().is_none() {
        return Err(Unverified::NoSecret);
    }
    // Every secret is tried, so that the time tells nothing of which one is right.
    let signed =
        usable.fold(false, |found, secret| is_signed(secret.as_bytes(), &[body], &signature) | found);
    if signed { Ok(()) } else { Err(Unverified::Mismatch) }
}

/// Whether `secret` makes `signature` of the parts, one after the other; compared in constant time.
pub(super) fn is_signed(secret: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    parts.iter().for_each(|part| mac.update(part));
    mac.verify_slice(signature).is_ok()
}

/// Exactly 64 lower-case hex digits.
fn hex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = pair.iter().try_fold(0_u8, |value, hex| Some(value << 4 | digit(hex)?))?;
    }
    Some(bytes)
}
