//! Forged Standard Webhooks: GitLab with a signing secret, and any other sender.

use cicd_core::source::{Provider, Scheme, Unverified};

use super::assert_refused;
use crate::sender::{BODY, FORGES, NOW, SECRET, Sent, base64, hex, hmac, standard, standard_secret, v1};

const BOTH: [(Provider, Scheme); 2] =
    [(Provider::Gitlab, Scheme::Signature), (Provider::StandardWebhooks, Scheme::Signature)];
const ID: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
const AT: &str = "1700000000";

fn good() -> Sent {
    standard(&standard_secret("shop").0, ID, AT, BODY)
}

#[test]
fn a_true_signature_is_taken() {
    let (key, secret) = standard_secret("shop");
    let (_, other) = standard_secret("another shop");
    for by in BOTH {
        assert_eq!(good().check(by, &[&secret]), Ok(()));
        assert_eq!(good().check(by, &[&other, &secret]), Ok(()), "while a secret is replaced");
        let right = v1(&key, ID, AT, BODY);
        for beside in [format!("v1,AAAA {right}"), format!("v1a,AAAA v2,BBBB {right}"), format!("{right} x")]
        {
            assert_eq!(good().with("webhook-signature", &beside).check(by, &[&secret]), Ok(()), "{beside}");
        }
        for at in [NOW - 300, NOW - 1, NOW + 1, NOW + 300] {
            assert_eq!(standard(&key, ID, &at.to_string(), BODY).check(by, &[&secret]), Ok(()), "{at}");
        }
    }
}

#[test]
fn a_source_without_a_usable_secret_takes_nothing() {
    let key = |bytes: usize| format!("whsec_{}", base64(&vec![7; bytes]));
    let (seed, _) = standard_secret("shop");
    let without_prefix = base64(&seed);
    for (secret, bytes) in [
        ("", &b""[..]),
        ("whsec_", b""),
        (&key(23), &[7; 23]),
        (&key(65), &[7; 65]),
        ("whsec_not base64!", b"not base64!"),
        (&without_prefix, &seed),
        (SECRET, SECRET.as_bytes()),
    ] {
        for by in BOTH {
            assert_eq!(
                standard(bytes, ID, AT, BODY).check(by, &[secret]),
                Err(Unverified::NoSecret),
                "{secret}"
            );
            assert_eq!(standard(bytes, ID, AT, BODY).check(by, &[]), Err(Unverified::NoSecret), "{secret}");
        }
    }
}

#[test]
fn no_forgery_is_taken() {
    let (_, secret) = standard_secret("shop");
    let cases = [times(), ids(), signatures(), bodies(), headers()].concat();
    for by in BOTH {
        assert_refused(by, &[&secret], &cases);
    }
}

type Cases = Vec<(&'static str, Sent)>;

/// Signed with the right secret, at a time that is not now or not a time.
fn times() -> Cases {
    let (key, _) = standard_secret("shop");
    let at = |text: &str| standard(&key, ID, text, BODY);
    vec![
        ("301 s old", at(&(NOW - 301).to_string())),
        ("301 s ahead", at(&(NOW + 301).to_string())),
        ("a day old", at(&(NOW - 86_400).to_string())),
        ("a year ahead", at(&(NOW + 31_536_000).to_string())),
        ("1970", at("0")),
        ("one second", at("1")),
        ("negative", at(&format!("-{NOW}"))),
        ("with a sign", at(&format!("+{NOW}"))),
        ("a fraction", at(&format!("{NOW}.0"))),
        ("an exponent", at("1.7e9")),
        ("in milliseconds", at(&format!("{NOW}000"))),
        ("zeros before", at(&format!("0{NOW}"))),
        ("a space before the time", at(&format!(" {NOW}"))),
        ("a space behind the time", at(&format!("{NOW} "))),
        ("hexadecimal", at("0x6553f100")),
        ("a date", at("2023-11-14T22:13:20Z")),
        ("more than 64 bits", at("18446744073709551616")),
        ("64 bits and more than that", at(&format!("1844674407{NOW}"))),
        ("wide digits", at("\u{ff11}700000000")),
        ("an underscore", at("1_700_000_000")),
        ("empty time", at("")),
        ("not a number", at("NaN")),
        (
            "a moved border to the body",
            standard(&key, ID, "170000000", &[b"0.", BODY].concat()).with("webhook-timestamp", AT),
        ),
    ]
}

/// Signed with the right secret, for an id that is none.
fn ids() -> Cases {
    let (key, _) = standard_secret("shop");
    let id = |text: &str| standard(&key, text, AT, BODY);
    vec![
        ("an id with a dot", id("msg.1")),
        ("an id that ends with the time", id(&format!("{ID}.{AT}"))),
        ("an empty id", id("")),
        ("an id with a space", id("a b")),
        ("an id of 256 characters", id(&"a".repeat(256))),
        ("an id with a line break", id("a\nb")),
        ("an id that is no ascii", id("m\u{fc}")),
        ("another id", good().with("webhook-id", "msg_other")),
        ("the id in upper case", good().with("webhook-id", ID.to_uppercase())),
        (
            "a moved border",
            standard(&key, "a", AT, BODY).with("webhook-id", format!("a.{AT}")).with("webhook-timestamp", AT),
        ),
    ]
}

fn signatures() -> Cases {
    let (key, secret) = standard_secret("shop");
    let (other, _) = standard_secret("another shop");
    let message = [ID.as_bytes(), b".", AT.as_bytes(), b".", BODY].concat();
    let mac = hmac(&key, &message);
    let right = v1(&key, ID, AT, BODY);
    let bare = right.trim_start_matches("v1,").to_owned();
    let sent = |value: &str| good().with("webhook-signature", value);
    vec![
        ("no signature", good().without("webhook-signature")),
        ("an empty one", sent("")),
        ("a space", sent(" ")),
        ("only the version", sent("v1")),
        ("only the version and a comma", sent("v1,")),
        ("without a version", sent(&bare)),
        ("v1a alone", sent(&format!("v1a,{bare}"))),
        ("v2", sent(&format!("v2,{bare}"))),
        ("v0", sent(&format!("v0,{bare}"))),
        ("V1", sent(&format!("V1,{bare}"))),
        ("an equals sign", sent(&format!("v1={bare}"))),
        ("two commas", sent(&format!("v1,,{bare}"))),
        ("hex", sent(&format!("v1,{}", hex(&mac)))),
        ("without padding", sent(right.trim_end_matches('='))),
        ("more padding", sent(&format!("{right}="))),
        ("cut", sent(&format!("v1,{}", base64(&mac[..31])))),
        ("sixteen bytes", sent(&format!("v1,{}", base64(&mac[..16])))),
        ("a byte more", sent(&format!("v1,{}", base64(&[&mac[..], b"\0"].concat())))),
        ("zeros", sent(&format!("v1,{}", base64(&[0; 32])))),
        ("a tab between two", sent(&format!("v1,AAAA\t{right}"))),
        ("a comma between two", sent(&format!("v1,AAAA,{right}"))),
        ("fifty of them", sent(&vec![right.as_str(); 50].join(" "))),
        ("forty-nine wrong ones and the right one", sent(&format!("{}{right}", "v1,AAAA ".repeat(49)))),
        ("a space before the signature", sent(&format!(" {right}"))),
        ("a space behind the signature", sent(&format!("{right} "))),
        ("another secret's", sent(&v1(&other, ID, AT, BODY))),
        ("the secret's text as the key", sent(&v1(secret.as_bytes(), ID, AT, BODY))),
        ("the base64 as the key", sent(&v1(secret.trim_start_matches("whsec_").as_bytes(), ID, AT, BODY))),
        ("no key", sent(&v1(b"", ID, AT, BODY))),
        ("of the body alone", sent(&format!("v1,{}", base64(&hmac(&key, BODY))))),
        ("of time and body", sent(&format!("v1,{}", base64(&hmac(&key, &message[ID.len() + 1..]))))),
        ("of another time", sent(&v1(&key, ID, "1700000001", BODY))),
        ("the secret itself", sent(&format!("v1,{secret}"))),
    ]
}

fn bodies() -> Cases {
    let text = std::str::from_utf8(BODY).unwrap();
    let parsed: serde_json::Value = serde_json::from_slice(BODY).unwrap();
    vec![
        ("no body", good().body("")),
        ("another ref", good().body(text.replace("main", "evil"))),
        ("written anew", good().body(serde_json::to_vec(&parsed).unwrap())),
        ("a line break behind the body", good().body([BODY, b"\n"].concat())),
        ("as a form", good().body(format!("payload={text}"))),
    ]
}

fn headers() -> Cases {
    let (key, secret) = standard_secret("shop");
    let right = v1(&key, ID, AT, BODY);
    let forges = FORGES.iter().fold(good().without("webhook-signature"), |sent, (_, header, prefix)| {
        sent.and(header, format!("{prefix}{}", hex(&hmac(&key, BODY))))
    });
    let token = || Sent::new(&[("X-Gitlab-Token", &secret), ("X-Gitlab-Event", "Push Hook")], BODY);
    vec![
        ("gitlab's token alone", token()),
        (
            "gitlab's token beside a wrong signature",
            good().with("webhook-signature", "v1,AAAA").and("X-Gitlab-Token", &secret),
        ),
        ("every forge's signature", forges),
        ("no id", good().without("webhook-id")),
        ("no time", good().without("webhook-timestamp")),
        ("two ids", good().and("webhook-id", ID)),
        ("two times", good().and("webhook-timestamp", AT)),
        ("two signatures", good().and("webhook-signature", &right)),
        (
            "a wrong signature before",
            good().with("webhook-signature", "v1,AAAA").and("Webhook-Signature", &right),
        ),
        (
            "the headers of another sender",
            Sent::new(&[("svix-id", ID), ("svix-timestamp", AT), ("svix-signature", &right)], BODY),
        ),
    ]
}
