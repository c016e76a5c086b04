//! GitLab's token, which is sent as it is.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::body::is_signed;
use super::{Headers, MIN_SECRET_BYTES, Unverified, required};

const HEADER: &str = "x-gitlab-token";

pub(super) fn verify(secrets: &[&str], headers: &Headers) -> Result<(), Unverified> {
    let token = required(headers, HEADER)?;
    let mut usable = secrets.iter().filter(|secret| secret.len() >= MIN_SECRET_BYTES).peekable();
    if usable.peek().is_none() {
        return Err(Unverified::NoSecret);
    }
    let found = usable.fold(false, |found, secret| is_same(secret, token) | found);
    if found { Ok(()) } else { Err(Unverified::Mismatch) }
}

/// Compares what both make of one message, so that the time tells neither the place of a difference nor the length.
fn is_same(secret: &str, token: &str) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(HEADER.as_bytes());
    // Keys that differ only in zero bytes at their end make the same; a header has none.
    is_signed(token.as_bytes(), &[HEADER.as_bytes()], &mac.finalize().into_bytes())
}
