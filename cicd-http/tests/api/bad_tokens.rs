//! The table of bad credentials, row by row. JSON Web Tokens are no credential of this host, so that whatever one claims, it is
//! nobody's; what a host that verifies them has to refuse is refused with it.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::bad_requests::{Case, Table};
use crate::support::{Request, World};

const NOBODY: (u16, &str) = (401, "unauthenticated");

/// `text` in the alphabet of JSON Web Tokens.
fn base64url(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = text.as_bytes().chunks(3).flat_map(|bytes| {
        let bits =
            (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(bytes.get(at).copied().unwrap_or(0)));
        (0..=bytes.len()).map(move |at| char::from(ALPHABET[bits >> (18 - 6 * at) & 63]))
    });
    digits.collect()
}

fn jwt(header: &Value, claims: &Value) -> String {
    let signature = if header["alg"] == "none" { "" } else { "c2lnbmF0dXJl" };
    format!("{}.{}.{signature}", base64url(&header.to_string()), base64url(&claims.to_string()))
}

fn good_claims() -> Value {
    json!({ "iss": "https://id.example", "aud": "cicd", "sub": "root", "tenant": "default", "iat": 1_767_225_600, "exp": 1_767_229_200 })
}

async fn shown(world: &World, what: impl Into<String>, token: &str) -> Case {
    Case::of(what, NOBODY, world.call(token, "GET", "/services")).await
}

/// Each of these addresses is asked by nobody.
async fn headers(world: &World) -> Vec<Case> {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", elsewhere.local_addr().unwrap());
    let key = json!({ "kty": "oct", "k": "c2VjcmV0" });
    let mut cases = Vec::new();
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "None" }),
        json!({ "alg": "" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "RS1" }),
        json!({ "alg": "RS256", "crit": ["x"], "x": 1 }),
        json!({ "alg": "HS256", "jwk": key }),
        json!({ "alg": "RS256", "jku": url }),
        json!({ "alg": "RS256", "x5u": url }),
        json!({ "alg": "RS256", "kid": "nobody-knows-it" }),
        json!({ "alg": "RS256", "kid": "../../admin-token" }),
        json!({ "alg": "RS256", "kid": "' OR 1=1 --" }),
    ] {
        cases.push(shown(world, header.to_string(), &jwt(&header, &good_claims())).await);
    }
    let asked = tokio::time::timeout(std::time::Duration::from_millis(50), elsewhere.accept()).await;
    assert!(asked.is_err(), "an address of a header was asked: {asked:?}");
    cases
}

async fn claims(world: &World) -> Vec<Case> {
    let header = json!({ "alg": "RS256", "kid": "k" });
    let mut cases = vec![shown(world, "every claim is right", &jwt(&header, &good_claims())).await];
    for claim in ["iss", "aud", "exp", "iat"] {
        let mut missing = good_claims();
        missing.as_object_mut().unwrap().remove(claim);
        cases.push(shown(world, format!("no {claim}"), &jwt(&header, &missing)).await);
    }
    for (claim, value) in [
        ("iss", json!("https://elsewhere.example")),
        ("aud", json!(["cicd", "other"])),
        ("exp", json!(0)),
        ("nbf", json!(4_000_000_000_u64)),
        ("iat", json!(-1)),
        ("tenant", json!("other")),
        ("groups", json!(vec!["admin"; 300])),
    ] {
        let mut wrong = good_claims();
        wrong[claim] = value;
        cases.push(shown(world, format!("wrong {claim}"), &jwt(&header, &wrong)).await);
    }
    cases
}

/// What has the form of an API token, or nearly.
async fn forms(world: &World) -> Vec<Case> {
    let good = &world.admin;
    let other_digit = |at: usize| {
        let mut text = good.clone();
        text.replace_range(at..=at, if &text[at..=at] == "0" { "1" } else { "0" });
        text
    };
    let mut cases = Vec::new();
    for (what, token) in [
        ("empty", String::new()),
        ("a digit of its secret", other_digit(10)),
        ("a digit of its checksum", other_digit(good.len() - 1)),
        ("its prefix alone", "cicd_".to_owned()),
        ("without its prefix", good["cicd_".len()..].to_owned()),
        ("with the prefix of a session", good.replace("cicd_", "cicds_")),
        ("its hint", good[..11].to_owned()),
        ("cut off", good[..good.len() - 1].to_owned()),
        ("longer", format!("{good}0")),
        ("upper case", good.to_uppercase()),
        ("with another behind it", format!("{good} {good}")),
    ] {
        let case = shown(world, what, &token).await;
        assert!(!case.told().contains("cicd_"), "{what}: a token is repeated");
        cases.push(case);
    }
    cases
}

async fn places(world: &World) -> Vec<Case> {
    let (malformed, bearer) = ((400, "malformed-header"), format!("Bearer {}", world.admin));
    let get = |path: &str| world.anonymous("GET", path);
    let long = "a".repeat(64 * 1024);
    let query = format!("/api/v1/services?access_token={}", world.admin);
    let twice = world.call(&world.admin, "GET", "/services").header("authorization", &bearer);
    let with = |name: &str, value: &str| get("/api/v1/services").header(name, value);
    vec![
        Case::of("64 KiB", (431, "headers-too-large"), world.call(&long, "GET", "/services")).await,
        Case::of("two Authorization headers", malformed, twice).await,
        Case::of("another scheme", malformed, with("authorization", "Basic YTpi")).await,
        Case::of("no scheme", malformed, with("authorization", &world.admin)).await,
        Case::of("in the query", NOBODY, get(&query)).await,
        Case::of("in a cookie", NOBODY, with("cookie", &format!("token={}", world.admin))).await,
        Case::of("as a cookie of a session", NOBODY, with("cookie", &format!("__Host-cicd={}", world.admin)))
            .await,
        Case::of("in another header", NOBODY, with("x-api-key", &world.admin)).await,
    ]
}

/// Of a tenant that is not the token's there is nothing; `rights` asks every route.
async fn tenants(world: &World) -> Vec<Case> {
    let roles: Vec<_> = (0..21).map(|number| format!("role-{number}")).collect();
    let many =
        world.call(&world.admin, "POST", "/tokens").json(&json!({ "principal": "eve", "roles": roles }));
    let none = world.call(&world.admin, "POST", "/tokens").json(&json!({ "principal": "eve", "roles": [] }));
    let foreign = world.call(&world.stranger, "GET", "/services/shop");
    vec![
        Case::of("another tenant", (404, "not-found"), foreign).await,
        Case::of("more roles than a token has", (422, "invalid"), many).await,
        Case::of("no role", (422, "invalid"), none).await,
    ]
}

async fn lives(world: &World) -> Vec<Case> {
    let create = |draft: &Value| world.call(&world.admin, "POST", "/tokens").json(draft);
    let draft = |days: u64| json!({ "principal": "ada", "roles": ["viewer"], "expires_in_days": days });
    let mut cases = vec![
        Case::of("no life at all", (422, "invalid"), create(&draft(0))).await,
        Case::of("a life without an end", (422, "invalid"), create(&draft(367))).await,
    ];
    let created = create(&draft(1)).send().await;
    let (token, revoked) = (created.text("/token"), create(&draft(1)).send().await);
    let get = |token: &str| world.call(token, "GET", "/services");
    let path = format!("/tokens/{}", revoked.text("/id"));
    let revoke = world.call(&world.admin, "DELETE", &path).header("if-match", revoked.header("etag"));
    cases.push(Case::of("it is revoked", (200, ""), revoke).await);
    cases.push(Case::of("revoked", NOBODY, get(&revoked.text("/token"))).await);
    world.clock.advance_seconds(86_399);
    cases.push(Case::of("a second before its end", (200, ""), get(&token)).await);
    world.clock.advance_seconds(1);
    cases.push(Case::of("at its end", NOBODY, get(&token)).await);
    cases
}

#[tokio::test]
async fn every_row_of_bad_tokens() {
    let world = World::still().await.with_shop().await;
    let mut table = Table::default();
    table.row("alg, crit, jwk, jku, x5u; kid with a path or SQL", headers(&world).await);
    table.row("iss, aud, exp, nbf, iat, tenant, groups", claims(&world).await);
    table.row("an API token's prefix, secret and checksum", forms(&world).await);
    table.row("64 KiB, two headers, in the query", places(&world).await);
    table.row("another tenant, too many roles", tenants(&world).await);
    table.row("expired, revoked", lives(&world).await);
    table.judge();
}

/// There is no issuer that could be asked too often: what a storm meets is the address's own limit.
#[tokio::test]
async fn a_storm_of_unknown_tokens_has_to_wait() {
    let (world, gate) = World::gated().await;
    let from = |request: Request| request.extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 7))));
    let unknown = jwt(&json!({ "alg": "RS256", "kid": "unknown" }), &good_claims());
    let mut table = Table::default();
    for number in 0..200 {
        let known = if number < cicd_http::limits::FAILURES { NOBODY } else { (429, "too-many-failures") };
        let storm = from(world.call(&format!("{unknown}{number}"), "GET", "/services"));
        table.row("unknown kid", vec![Case::of(number.to_string(), known, storm).await]);
    }
    // The counterpart of an issuer that is down: what can't be looked up is never accepted.
    gate.away(true);
    let down = Case::of("admin", (503, "unavailable"), world.call(&world.admin, "GET", "/me")).await;
    table.row("the store is away", vec![down]);
    gate.away(false);
    table.judge();
    assert_eq!(world.get(&world.admin, "/me").await.status, StatusCode::OK);
}

/// What is told of a token: its hint, and its text once.
#[tokio::test]
async fn a_token_is_told_once_and_recognised_by_its_hint() {
    let world = World::still().await;
    let created =
        world.post(&world.admin, "/tokens", json!({ "principal": "ada", "roles": ["viewer"] })).await;
    let token = created.text("/token");
    let digits = token.strip_prefix("cicd_").unwrap();
    assert!(
        digits.len() == 56 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "192 bits and a checksum"
    );
    let hash = cicd_core::digest::Digest::of(token.as_bytes()).hex();
    let path = format!("/tokens/{}", created.text("/id"));
    for path in [path.as_str(), "/tokens", "/audit-events?limit=200", "/me"] {
        let told = world.get(&world.admin, path).await;
        let text = String::from_utf8_lossy(&told.bytes).into_owned();
        assert!(!text.contains(digits) && !text.contains(&hash), "{path} tells the token: {text}");
    }
    let shown = world.get(&world.admin, &path).await;
    assert_eq!(shown.text("/hint"), token[..11], "{shown:?}");
    assert_eq!(shown.body.pointer("/last_used_at"), Some(&Value::Null), "{shown:?}");
}

/// A token that is used says so, to who looks it up, lists it or ends it.
#[tokio::test]
async fn a_token_tells_when_it_was_last_used() {
    let world = World::still().await;
    let created =
        world.post(&world.admin, "/tokens", json!({ "principal": "ada", "roles": ["viewer"] })).await;
    assert_eq!(world.get(&created.text("/token"), "/me").await.status, StatusCode::OK);
    let path = format!("/tokens/{}", created.text("/id"));
    let shown = world.get(&world.admin, &path).await;
    let used = shown.text("/last_used_at");
    assert!(used.ends_with('Z'), "{shown:?}");
    let listed = world.get(&world.admin, "/tokens").await;
    let listed = listed.body["items"].as_array().unwrap().clone();
    let row = listed.iter().find(|row| row["id"] == created.body["id"]).unwrap();
    assert_eq!(row["last_used_at"], json!(used));
}
