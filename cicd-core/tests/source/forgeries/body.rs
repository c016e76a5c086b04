//! Forged signatures of bodies: GitHub, Bitbucket, Gitea and Forgejo.

use cicd_core::source::{Provider, Scheme, Unverified};

use super::assert_refused;
use crate::sender::{BODY, FORGES, SECRET, Sent, base64, hex, hmac, standard, standard_secret};

const OTHER: &str = "a-secret-of-another-shop";

fn good((_, header, prefix): (Provider, &str, &str)) -> Sent {
    Sent::new(&[(header, &format!("{prefix}{}", hex(&hmac(SECRET.as_bytes(), BODY))))], BODY)
}

#[test]
fn a_true_signature_is_taken() {
    for forge in FORGES {
        let by = (forge.0, Scheme::Signature);
        assert_eq!(good(forge).check(by, &[SECRET]), Ok(()), "{by:?}");
        assert_eq!(good(forge).check(by, &[OTHER, SECRET]), Ok(()), "{by:?}: while a secret is replaced");
        assert_eq!(good(forge).check(by, &["short", SECRET]), Ok(()), "{by:?}");
        let long = "s".repeat(200);
        let sent = Sent::new(&[(forge.1, &format!("{}{}", forge.2, hex(&hmac(long.as_bytes(), b""))))], b"");
        assert_eq!(sent.check(by, &[&long]), Ok(()), "{by:?}: a long secret, no body");
    }
}

#[test]
fn a_source_without_a_usable_secret_takes_nothing() {
    for forge in FORGES {
        for secrets in [&[][..], &[""], &["fifteen-bytes-!"]] {
            let key = secrets.first().copied().unwrap_or_default();
            let value = format!("{}{}", forge.2, hex(&hmac(key.as_bytes(), BODY)));
            let sent = Sent::new(&[(forge.1, &value)], BODY);
            assert_eq!(sent.check((forge.0, Scheme::Signature), secrets), Err(Unverified::NoSecret));
        }
    }
}

#[test]
fn no_forgery_is_taken() {
    for forge in FORGES {
        let cases = [signatures(forge), bodies(forge), headers(forge)].concat();
        assert_refused((forge.0, Scheme::Signature), &[SECRET], &cases);
    }
}

type Cases = Vec<(&'static str, Sent)>;

/// The body is the sender's, the signature is not.
fn signatures(forge: (Provider, &str, &str)) -> Cases {
    let (_, header, prefix) = forge;
    let mac = hmac(SECRET.as_bytes(), BODY);
    let right = hex(&mac);
    let sent = |value: &[u8]| good(forge).with(header, value);
    let prefixed = |value: &str| sent(format!("{prefix}{value}").as_bytes());
    let of = |key: &str, message: &[u8]| prefixed(&hex(&hmac(key.as_bytes(), message)));
    let mut last = right.clone();
    let flipped = if last.pop() == Some('0') { '1' } else { '0' };
    vec![
        ("no header", good(forge).without(header)),
        ("an empty header", sent(b"")),
        ("a space", sent(b" ")),
        ("only the prefix", sent(b"sha256=")),
        ("sha1", sent(format!("sha1={}", &right[..40]).as_bytes())),
        ("sha1 with 64 digits", sent(format!("sha1={right}").as_bytes())),
        ("sha512", sent(format!("sha512={right}{right}").as_bytes())),
        ("another prefix", sent(format!("hmac={right}").as_bytes())),
        ("the prefix in upper case", sent(format!("SHA256={right}").as_bytes())),
        ("the prefix twice", sent(format!("sha256=sha256={right}").as_bytes())),
        ("a colon in place of the sign", sent(format!("sha256:{right}").as_bytes())),
        ("a space after the sign", sent(format!("sha256= {right}").as_bytes())),
        (
            "the other forges' form",
            match prefix {
                "" => sent(format!("sha256={right}").as_bytes()),
                _ => sent(right.as_bytes()),
            },
        ),
        ("upper-case hex", prefixed(&right.to_uppercase())),
        ("one digit less", prefixed(&right[..63])),
        ("two digits less", prefixed(&right[..62])),
        ("half of it", prefixed(&right[..32])),
        ("eight digits", prefixed(&right[..8])),
        ("two digits more", prefixed(&format!("{right}00"))),
        ("twice", prefixed(&format!("{right}{right}"))),
        ("two with a comma", prefixed(&format!("{right},{right}"))),
        ("two with a space", prefixed(&format!("{right} {right}"))),
        ("a space behind", prefixed(&format!("{right} "))),
        ("a space before", sent(format!(" {prefix}{right}").as_bytes())),
        ("a tab behind", prefixed(&format!("{right}\t"))),
        ("a zero byte behind", prefixed(&format!("{right}\0"))),
        ("a line break behind", prefixed(&format!("{right}\r\n"))),
        ("quoted", prefixed(&format!("\"{right}\""))),
        ("0x", prefixed(&format!("0x{}", &right[2..]))),
        ("wide digits", prefixed(&right.replace('a', "\u{ff41}").replace('0', "\u{ff10}"))),
        ("a letter that is no digit", prefixed(&format!("{}g", &right[..63]))),
        ("the last digit flipped", prefixed(&format!("{last}{flipped}"))),
        ("reversed", prefixed(&right.chars().rev().collect::<String>())),
        ("zeros", prefixed(&"0".repeat(64))),
        ("all ones", prefixed(&"f".repeat(64))),
        ("base64", prefixed(&base64(&mac))),
        ("the bytes themselves", sent(&[prefix.as_bytes(), &mac].concat())),
        ("bytes that are no text", sent(&[0xff; 64])),
        ("64 KiB", prefixed(&"a".repeat(65_536))),
        ("the secret itself", prefixed(SECRET)),
        ("another secret's", of(OTHER, BODY)),
        ("no secret's", of("", BODY)),
        ("the secret with a line break", of("it-is-a-secret-of-the-shop\n", BODY)),
        ("the secret in upper case", of(&SECRET.to_uppercase(), BODY)),
        ("the secret's beginning", of(&SECRET[..16], BODY)),
        ("secret and body exchanged", prefixed(&hex(&hmac(BODY, SECRET.as_bytes())))),
        ("of no body", of(SECRET, b"")),
        ("of another body", of(SECRET, b"{}")),
        ("a hash without a key", prefixed(&cicd_core::digest::Digest::of(BODY).hex())),
        (
            "a hash of secret and body",
            prefixed(&cicd_core::digest::Digest::of_parts(&[SECRET.as_bytes(), BODY]).hex()),
        ),
        ("of the signature", of(SECRET, right.as_bytes())),
    ]
}

/// The signature is the sender's, the body is not.
fn bodies(forge: (Provider, &str, &str)) -> Cases {
    let text = std::str::from_utf8(BODY).unwrap();
    let sent = |body: &[u8]| good(forge).body(body);
    let parsed: serde_json::Value = serde_json::from_slice(BODY).unwrap();
    vec![
        ("no body", sent(b"")),
        ("another ref", sent(text.replace("main", "evil").as_bytes())),
        ("another commit", sent(text.replace("2fd4", "3fd4").as_bytes())),
        ("written anew", sent(&serde_json::to_vec(&parsed).unwrap())),
        ("written anew with spaces", sent(&serde_json::to_vec_pretty(&parsed).unwrap())),
        ("an escape resolved", sent(text.replace("\\u00e4", "\u{e4}").as_bytes())),
        (
            "in latin1",
            sent(
                &text
                    .replace("\\u00e4", "?")
                    .bytes()
                    .map(|b| if b == b'?' { 0xe4 } else { b })
                    .collect::<Vec<_>>(),
            ),
        ),
        ("a line break behind the body", sent(&[BODY, b"\n"].concat())),
        ("a zero byte behind the body", sent(&[BODY, b"\0"].concat())),
        ("a byte order mark", sent(&[b"\xef\xbb\xbf", BODY].concat())),
        ("as a form", sent(format!("payload={text}").as_bytes())),
        ("cut", sent(&BODY[..BODY.len() - 1])),
        ("without its first byte", sent(&BODY[1..])),
        ("the body twice", sent(&[BODY, BODY].concat())),
        ("a member twice", sent(text.replacen('{', r#"{"ref":"refs/heads/evil","#, 1).as_bytes())),
        ("in utf-16", sent(&text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())),
        ("as gzip would begin", sent(&[b"\x1f\x8b\x08", BODY].concat())),
    ]
}

/// Other headers can't do what this one must.
fn headers(forge: (Provider, &str, &str)) -> Cases {
    let (_, header, prefix) = forge;
    let right = hex(&hmac(SECRET.as_bytes(), BODY));
    let wrong = format!("{prefix}{}", "0".repeat(64));
    let others = || {
        FORGES
            .iter()
            .filter(|(_, other, _)| *other != header)
            .fold(good(forge).without(header), |sent, (_, other, prefix)| {
                sent.and(other, format!("{prefix}{right}"))
            })
    };
    let (key, _) = standard_secret("shop");
    vec![
        ("the signature twice", good(forge).and(header, format!("{prefix}{right}"))),
        ("a wrong one before", Sent::new(&[(header, &wrong), (header, &format!("{prefix}{right}"))], BODY)),
        ("a wrong one behind", good(forge).and(header, &wrong)),
        ("a wrong one behind, in lower case", good(forge).and(&header.to_ascii_lowercase(), &wrong)),
        ("every other forge's header", others()),
        ("every other forge's header beside a wrong one", others().and(header, &wrong)),
        ("gitlab's token", good(forge).without(header).and("X-Gitlab-Token", SECRET)),
        (
            "the old header of github",
            good(forge).without(header).and("X-Hub-Signature-1", format!("sha1={}", &right[..40])),
        ),
        ("a standard signature", standard(&key, "m1", "1700000000", BODY)),
        ("an authorization", good(forge).without(header).and("Authorization", format!("Bearer {SECRET}"))),
        (
            "a header whose name has a space",
            good(forge).without(header).and(&format!("{header} "), format!("{prefix}{right}")),
        ),
        (
            "a header with underscores",
            good(forge).without(header).and(&header.replace('-', "_"), format!("{prefix}{right}")),
        ),
    ]
}
