//! Senders that sign as GitHub does, made from SHA-256 alone: they don't ask the code that they test.

use crate::digest::Digest;

/// HMAC-SHA256 as RFC 2104 writes it.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let hashed = Digest::of(key);
    let short = if key.len() > 64 { hashed.as_bytes() } else { key };
    let padded = short.iter().copied().chain(std::iter::repeat(0)).take(64);
    let pad = |with: u8| padded.clone().map(|byte| byte ^ with).collect::<Vec<_>>();
    let inner = Digest::of_parts(&[&pad(0x36), message]);
    *Digest::of_parts(&[&pad(0x5c), inner.as_bytes()]).as_bytes()
}

/// The value of `X-Hub-Signature-256`.
#[must_use]
pub fn hub_signature(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", Digest::from_bytes(hmac_sha256(secret.as_bytes(), body)).hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_published_algorithm() {
        let expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert_eq!(hub_signature("It's a Secret to Everybody", b"Hello, World!"), expected);
    }
}
