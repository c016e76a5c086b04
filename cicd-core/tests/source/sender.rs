//! Senders that sign as their providers do. The signatures are made here from SHA-256 alone, so that the tests don't ask the
//! code that they test.

use cicd_core::digest::Digest;
use cicd_core::source::{Headers, Provider, Scheme, Unverified, verify};
use cicd_core::time::Timestamp;

pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const SECRET: &str = "it-is-a-secret-of-the-shop";
pub(crate) const BODY: &[u8] =
    br#"{"ref":"refs/heads/main","after":"2fd4e1c67a2d28fced849ee1bb76e7391b93eb12","n":"k\u00e4se"}"#;

/// HMAC-SHA256 as RFC 2104 writes it.
pub(crate) fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(Digest::of(key).as_bytes());
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Digest::of_parts(&[&pad(0x36), message]);
    *Digest::of_parts(&[&pad(0x5c), inner.as_bytes()]).as_bytes()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= chunk.len() { digit as char } else { '=' });
        }
    }
    text
}

/// What comes to a source.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) fn new(headers: &[(&str, &str)], body: &[u8]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
        Self { headers: headers.collect(), body: body.to_vec() }
    }

    /// The same with another value of a header; every other one of that name is gone.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
        self.and(name, value)
    }

    /// The same with one more header.
    pub(crate) fn and(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    /// Whether a source with these secrets takes it.
    pub(crate) fn check(&self, by: (Provider, Scheme), secrets: &[&str]) -> Result<(), Unverified> {
        self.check_at(by, secrets, NOW)
    }

    fn check_at(&self, by: (Provider, Scheme), secrets: &[&str], seconds: i64) -> Result<(), Unverified> {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        verify(by, secrets, &Headers::new(headers), &self.body, Timestamp::from_micros(seconds * 1_000_000))
    }
}

/// Where a forge that signs the body puts its signature.
pub(crate) const FORGES: [(Provider, &str, &str); 4] = [
    (Provider::Github, "X-Hub-Signature-256", "sha256="),
    (Provider::Bitbucket, "X-Hub-Signature", "sha256="),
    (Provider::Gitea, "X-Gitea-Signature", ""),
    (Provider::Forgejo, "X-Forgejo-Signature", ""),
];

/// The 32 bytes of a Standard Webhooks secret, and the secret.
pub(crate) fn standard_secret(seed: &str) -> ([u8; 32], String) {
    let key = *Digest::of(seed.as_bytes()).as_bytes();
    (key, format!("whsec_{}", base64(&key)))
}

/// The signature of version 1.
pub(crate) fn v1(key: &[u8], id: &str, at: &str, body: &[u8]) -> String {
    let message = [id.as_bytes(), b".", at.as_bytes(), b".", body].concat();
    format!("v1,{}", base64(&hmac(key, &message)))
}

pub(crate) fn standard(key: &[u8], id: &str, at: &str, body: &[u8]) -> Sent {
    let signature = v1(key, id, at, body);
    Sent::new(&[("webhook-id", id), ("webhook-timestamp", at), ("webhook-signature", &signature)], body)
}

#[test]
fn the_algorithms_are_the_published_ones() {
    // RFC 4231, test case 2, and RFC 4648.
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(hex(&hmac(b"Jefe", b"what do ya want for nothing?")), expected);
    for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
        assert_eq!(base64(bytes.as_bytes()), text);
    }
    // The example of GitHub's documentation, whose secret is long enough for us too.
    let sent = Sent::new(
        &[("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")],
        b"Hello, World!",
    );
    assert_eq!(sent.check((Provider::Github, Scheme::Signature), &["It's a Secret to Everybody"]), Ok(()));
    // The vector of the Standard Webhooks libraries.
    let at = 1_614_265_330;
    let sent = Sent::new(
        &[
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ],
        br#"{"test": 2432232314}"#,
    );
    let by = (Provider::StandardWebhooks, Scheme::Signature);
    assert_eq!(sent.check_at(by, &["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], at), Ok(()));
}
