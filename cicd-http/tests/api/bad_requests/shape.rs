//! Rows about the form of a request, whatever is there.

use axum::body::Body;
use axum::http::Method;
use cicd_http::limits::{BODY_BYTES, HEADER_BYTES, JSON_DEPTH, URI_BYTES};
use futures_util::stream;

use super::{Case, routes};
use crate::support::{Request, World};

const RELEASE: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
const JSON: (u16, &str) = (400, "malformed-json");
const PATH: (u16, &str) = (400, "malformed-path");
const HEADER: (u16, &str) = (400, "malformed-header");
const MEDIA: (u16, &str) = (415, "unsupported-media-type");
const NOT_FOUND: (u16, &str) = (404, "not-found");
const TOO_LARGE: (u16, &str) = (413, "body-too-large");

fn post(world: &World) -> Request {
    world.call(&world.admin, "POST", "/tokens")
}

fn json(world: &World) -> Request {
    post(world).header("content-type", "application/json")
}

pub(super) async fn not_json(world: &World) -> Vec<Case> {
    let depth = usize::from(JSON_DEPTH) + 1;
    let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mut cases = Vec::new();
    for (what, body) in [
        ("truncated", "{"),
        ("truncated in a text", r#"{"principal":"a"#),
        ("a word", "nope"),
        ("a quote", "'"),
        ("two values", "{} {}"),
        ("BOM", "\u{feff}{}"),
        ("duplicate keys", r#"{"a":1,"a":2}"#),
        ("duplicate keys, one escaped", r#"{"a":1,"\u0061":2}"#),
        ("NaN", r#"{"a":NaN}"#),
        ("Infinity", r#"{"a":-Infinity}"#),
        ("a number beyond every number", r#"{"a":1e999}"#),
        ("half a surrogate pair", r#"{"a":"\ud800"}"#),
        ("too deep", &nested),
        ("too deep, without an end", &"[".repeat(100_000)),
    ] {
        cases.push(Case::of(what, JSON, json(world).body(body.to_owned())).await);
    }
    cases.push(Case::of("not UTF-8", JSON, json(world).body(&b"\"\xff\""[..])).await);
    // Ids are texts: a number in the place of one is a violation, whatever its size.
    let body = r#"{"principal":9007199254740993,"roles":["viewer"]}"#;
    cases.push(Case::of("a number > 2^53 for an id", (422, "invalid"), json(world).body(body)).await);
    cases.push(Case::of("JSON of another kind", (422, "invalid"), json(world).body("[1, 2]")).await);
    cases
}

pub(super) async fn media(world: &World) -> Vec<Case> {
    let mut cases = vec![Case::of("none", MEDIA, post(world).body("{}")).await];
    for kind in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
    ] {
        cases.push(Case::of(kind, MEDIA, post(world).header("content-type", kind).body("{}")).await);
    }
    for encoding in ["gzip", "br", "deflate", "zstd"] {
        let packed = json(world).header("content-encoding", encoding).body("{}");
        cases.push(Case::of(encoding, MEDIA, packed).await);
    }
    cases
}

pub(super) async fn too_large(world: &World) -> Vec<Case> {
    let full = " ".repeat(BODY_BYTES);
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 65_536]));
    let get = |path: &str| world.call(&world.admin, "GET", path);
    let hook = format!("/api/v1/hooks/default.{RELEASE}");
    let hook = world.anonymous("POST", &hook).header("content-type", "application/json");
    let uri = format!("/services?after={}", "a".repeat(URI_BYTES));
    let large = "a".repeat(HEADER_BYTES);
    vec![
        Case::of("a body as large as may be", JSON, json(world).body(full.clone())).await,
        Case::of("a byte more", TOO_LARGE, json(world).body(format!("{full} "))).await,
        Case::of("announced", TOO_LARGE, json(world).header("content-length", "99999999999").body("{}"))
            .await,
        Case::of("without an end", TOO_LARGE, json(world).body(Body::from_stream(endless))).await,
        Case::of("of a delivery", TOO_LARGE, hook.body(format!("{full} "))).await,
        Case::of("the URI", (414, "uri-too-long"), get(&uri)).await,
        Case::of("a header", (431, "headers-too-large"), get("/services").header("x-large", &large)).await,
    ]
}

pub(super) async fn paths(world: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    let malformed = [
        "/services/..%2f",
        "/services/%2e%2e%2fetc",
        "/services/%00",
        "/services/a%00b",
        "/services/%c0%ae",
        "/services/%ff",
        "/services/UPPER",
        "/services/caf%C3%A9",
        // A Cyrillic `о`.
        "/services/sh%D0%BEp",
        "/releases/..",
        "/releases/1",
        "/releases/01890A5D-AC96-774B-BCCE-B302099A8057",
        "/releases/01890a5d%00-ac96-774b-bcce-b302099a8057",
        "/policies/moon",
        "/blobs/sha256:ab",
    ];
    for path in malformed {
        cases.push(Case::of(path, PATH, world.call(&world.admin, "GET", path)).await);
    }
    let (release, log) = (format!("/releases/{RELEASE}"), format!("/ci-runs/{RELEASE}/log"));
    for path in ["/nothing", "/services/a/b", "/", "/../services", "/services/gone", &release, &log] {
        cases.push(Case::of(path, NOT_FOUND, world.call(&world.admin, "GET", path)).await);
    }
    cases.push(Case::of("another version", NOT_FOUND, world.anonymous("GET", "/api/v2/services")).await);
    cases
}

/// As they stand on the wire they are in the suite of the host: `raw`.
pub(super) async fn ambiguous(world: &World) -> Vec<Case> {
    let hosts = world.anonymous("GET", "/livez").header("host", "a.example").header("host", "b.example");
    let framed = json(world).header("transfer-encoding", "chunked").header("content-length", "2").body("{}");
    let lengths = json(world).header("content-length", "2").header("content-length", "3").body("{}");
    let cases = vec![
        Case::of("two Host", HEADER, hosts).await,
        Case::of("CL and TE, where a server of the embedder leaves both", HEADER, framed).await,
        Case::of("two CL", HEADER, lengths).await,
    ];
    for case in &cases {
        assert_eq!(case.answer.header("connection"), "close", "{}", case.what);
    }
    cases
}

/// A key is required nowhere, and may stand in quotes or not; a malformed one is refused by every POST.
pub(super) async fn keys(world: &World) -> Vec<Case> {
    let long = "k".repeat(256);
    let mut cases = Vec::new();
    for (_, path) in routes(&[Method::POST]) {
        for key in ["", "\"\"", "a b", long.as_str()] {
            let request = world.anonymous("POST", &path);
            let request = request.header("authorization", &format!("Bearer {}", world.admin));
            let request = request.header("content-type", "application/json").body("{}");
            cases.push(
                Case::of(format!("{path} `{key}`"), HEADER, request.header("idempotency-key", key)).await,
            );
        }
    }
    let twice = json(world).header("idempotency-key", "a").header("idempotency-key", "b").body("{}");
    cases.push(Case::of("two keys", HEADER, twice).await);
    cases
}
