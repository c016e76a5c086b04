//! Forged tokens: GitLab without a signing secret.

use cicd_core::source::{Provider, Scheme, Unverified};

use super::assert_refused;
use crate::sender::{BODY, FORGES, SECRET, Sent, base64, hex, hmac, standard, standard_secret};

const BY: (Provider, Scheme) = (Provider::Gitlab, Scheme::Token);
const HEADER: &str = "X-Gitlab-Token";

fn good() -> Sent {
    Sent::new(&[(HEADER, SECRET)], BODY)
}

#[test]
fn the_token_is_taken() {
    assert_eq!(good().check(BY, &[SECRET]), Ok(()));
    assert_eq!(good().check(BY, &["another-token-of-the-shop", SECRET]), Ok(()));
    assert_eq!(good().without(HEADER).and("x-gitlab-token", SECRET).check(BY, &[SECRET]), Ok(()));
    let long = "t".repeat(300);
    assert_eq!(good().with(HEADER, &long).check(BY, &[&long]), Ok(()));
}

#[test]
fn a_source_without_a_usable_token_takes_nothing() {
    for secrets in [&[][..], &[""], &["fifteen-bytes-!"]] {
        let token = secrets.first().copied().unwrap_or_default();
        assert_eq!(good().with(HEADER, token).check(BY, secrets), Err(Unverified::NoSecret));
    }
}

#[test]
fn no_forgery_is_taken() {
    assert_refused(BY, &[SECRET], &[values(), headers()].concat());
}

type Cases = Vec<(&'static str, Sent)>;

fn values() -> Cases {
    let sent = |value: &str| good().with(HEADER, value);
    let mut typo = SECRET.to_owned();
    typo.replace_range(3..4, "x");
    vec![
        ("no header", good().without(HEADER)),
        ("empty", sent("")),
        ("a space", sent(" ")),
        ("a wrong one", sent("it-is-a-secret-of-another")),
        ("one letter other", sent(&typo)),
        ("the first letter other", sent(&format!("I{}", &SECRET[1..]))),
        ("the last letter other", sent(&format!("{}P", &SECRET[..SECRET.len() - 1]))),
        ("the first letter missing", sent(&SECRET[1..])),
        ("the last letter missing", sent(&SECRET[..SECRET.len() - 1])),
        ("the beginning", sent(&SECRET[..16])),
        ("one letter", sent(&SECRET[..1])),
        ("upper case", sent(&SECRET.to_uppercase())),
        ("title case", sent("It-Is-A-Secret-Of-The-Shop")),
        ("a letter more", sent(&format!("{SECRET}x"))),
        ("a letter before", sent(&format!("x{SECRET}"))),
        ("twice", sent(&format!("{SECRET}{SECRET}"))),
        ("two with a comma", sent(&format!("{SECRET},{SECRET}"))),
        ("two with a comma and a space", sent(&format!("wrong, {SECRET}"))),
        ("a space behind", sent(&format!("{SECRET} "))),
        ("a space before", sent(&format!(" {SECRET}"))),
        ("spaces for hyphens", sent(&SECRET.replace('-', " "))),
        ("underscores for hyphens", sent(&SECRET.replace('-', "_"))),
        ("without hyphens", sent(&SECRET.replace('-', ""))),
        ("long hyphens", sent(&SECRET.replace('-', "\u{2010}"))),
        ("a tab behind", sent(&format!("{SECRET}\t"))),
        ("a zero byte behind", sent(&format!("{SECRET}\0"))),
        ("many zero bytes behind", sent(&format!("{SECRET}{}", "\0".repeat(38)))),
        ("a zero byte before", sent(&format!("\0{SECRET}"))),
        ("a line break behind", sent(&format!("{SECRET}\n"))),
        ("a carriage return behind", sent(&format!("{SECRET}\r\n"))),
        ("quoted", sent(&format!("\"{SECRET}\""))),
        ("percent-encoded", sent(&SECRET.replace('-', "%2D"))),
        ("a wildcard", sent("*")),
        ("a percent sign", sent("%")),
        ("true", sent("true")),
        ("null", sent("null")),
        ("a regular expression", sent("^.*$")),
        ("sql", sent("' OR '1'='1")),
        ("reversed", sent(&SECRET.chars().rev().collect::<String>())),
        ("a look-alike letter", sent(&SECRET.replace('e', "\u{435}"))),
        ("in base64", sent(&base64(SECRET.as_bytes()))),
        ("in hex", sent(&hex(SECRET.as_bytes()))),
        ("its hash", sent(&cicd_core::digest::Digest::of(SECRET.as_bytes()).hex())),
        (
            "its hash as bytes",
            good().with(HEADER, cicd_core::digest::Digest::of(SECRET.as_bytes()).as_bytes()),
        ),
        ("a signature with it", sent(&hex(&hmac(SECRET.as_bytes(), BODY)))),
        ("what is compared", sent(&hex(&hmac(SECRET.as_bytes(), b"x-gitlab-token")))),
        ("bearer", sent(&format!("Bearer {SECRET}"))),
        ("as the reference to it", sent(r#"{"secret": "shop-hook"}"#)),
        ("bytes that are no text", good().with(HEADER, [0xff; 26])),
        (
            "in utf-16",
            good().with(HEADER, SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
        ),
        ("64 KiB", sent(&"a".repeat(65_536))),
        ("zeros", sent(&"0".repeat(SECRET.len()))),
    ]
}

fn headers() -> Cases {
    let bare = || good().without(HEADER);
    let (key, _) = standard_secret("shop");
    let forges = FORGES.iter().fold(bare(), |sent, (_, header, prefix)| {
        sent.and(header, format!("{prefix}{}", hex(&hmac(SECRET.as_bytes(), BODY))))
    });
    vec![
        ("the token twice", good().and(HEADER, SECRET)),
        ("a wrong one before", Sent::new(&[(HEADER, "wrong"), (HEADER, SECRET)], BODY)),
        ("a wrong one behind", good().and(HEADER, "wrong")),
        ("a wrong one behind, in lower case", good().and("x-gitlab-token", "wrong")),
        ("every forge's signature", forges.clone()),
        ("every forge's signature beside a wrong token", forges.and(HEADER, "wrong")),
        ("a standard signature", standard(&key, "m1", "1700000000", BODY)),
        ("a standard signature with the token", standard(SECRET.as_bytes(), "m1", "1700000000", BODY)),
        ("an authorization", bare().and("Authorization", format!("Bearer {SECRET}"))),
        ("a private token", bare().and("PRIVATE-TOKEN", SECRET)),
        ("a job token", bare().and("JOB-TOKEN", SECRET)),
        ("a header with underscores", bare().and("X_Gitlab_Token", SECRET)),
        ("a header whose name has a space", bare().and("X-Gitlab-Token ", SECRET)),
        ("the token in the body", bare().body(format!("{{\"token\":\"{SECRET}\"}}"))),
    ]
}
