//! Who asks: routes that nobody reaches without a credential, and addresses that guess. Bad credentials are in `bad_tokens`.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::openapi::scheme;
use crate::support::World;

/// A path that matches a route's pattern.
pub(crate) fn concrete(pattern: &str) -> String {
    let uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
    let digest = format!("sha256:{}", "a".repeat(64));
    pattern
        .replace("{service}", "nothing")
        .replace("{deployment}", "nothing")
        .replace("{id}", uuid)
        .replace("{delivery}", uuid)
        .replace("{source}", &format!("default.{uuid}"))
        .replace("{digest}", &digest)
        .replace("{seq}", "7")
        .replace("{tier}", "production")
        .replace("{principal}", "eve")
        .replace("{grant}", "eve%7Cviewer%7C*%7C*%7C*")
        .replace("{code}", "not-found")
        .replace("{file}", "swagger-ui.css")
}

#[tokio::test]
async fn every_route_of_the_api_asks_who_asks() {
    let world = World::still().await;
    let mut asked = 0;
    for (method, pattern) in cicd_http::routes() {
        let answer = world.anonymous(method.as_str(), &concrete(&pattern)).send().await;
        if let Some(scheme) = scheme(&method, &pattern) {
            let (problem, scheme) = match scheme.as_str() {
                "signature" => ("unverified", "Signature"),
                _ => ("unauthenticated", "Bearer"),
            };
            assert_eq!((answer.status, answer.problem()), (StatusCode::UNAUTHORIZED, problem), "{pattern}");
            assert!(answer.header("www-authenticate").starts_with(scheme), "{pattern}");
            asked += 1;
        } else {
            assert!(answer.status.is_success() || answer.status.is_redirection(), "{method} {pattern}");
        }
    }
    assert!(asked > 40, "{asked} routes");
}

#[tokio::test]
async fn an_address_that_guesses_has_to_wait() {
    let world = World::still().await;
    let from = |host: u8| ConnectInfo(SocketAddr::from(([192, 0, 2, host], 4711)));
    for _ in 0..cicd_http::limits::FAILURES {
        let guess = world.call("cicd_guess", "GET", "/services").extension(from(1)).send().await;
        assert_eq!(guess.status, StatusCode::UNAUTHORIZED);
    }
    let late = world.call(&world.admin, "GET", "/services").extension(from(1)).send().await;
    assert_eq!((late.status, late.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-many-failures"));
    assert!(late.header("retry-after").parse::<u64>().unwrap() <= 61);
    let elsewhere = world.call(&world.admin, "GET", "/services").extension(from(2)).send().await;
    assert_eq!(elsewhere.status, StatusCode::OK);
}

#[tokio::test]
async fn probes_and_problems_are_for_everybody() {
    let world = World::still().await;
    let ready = world.anonymous("GET", "/readyz").send().await;
    assert_eq!(ready.body["mode"], "standard");
    assert_eq!(ready.body["executors"], json!({ "ci": ["test"], "deploy": ["test"] }));
    let root = world.anonymous("GET", "/").send().await;
    assert!(String::from_utf8_lossy(&root.bytes).contains("/api/v1"));
    let problem = world.anonymous("GET", "/problems/not-possible").send().await;
    assert_eq!(problem.body["status"], 409);
    let unknown = world.anonymous("GET", "/problems/nothing").send().await;
    assert_eq!(unknown.problem(), "not-found");
}

#[tokio::test]
async fn head_and_options_are_answered() {
    let world = World::still().await;
    let head = world.call(&world.admin, "HEAD", "/services").send().await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
    for path in ["/livez", "/api/v1/releases"] {
        let bearer = format!("Bearer {}", world.admin);
        let options = world.anonymous("OPTIONS", path).header("authorization", &bearer).send().await;
        assert_eq!(options.status, StatusCode::NO_CONTENT, "{path}");
        assert!(options.header("allow").contains("GET"), "{path}");
        let patch = world.anonymous("PATCH", path).header("authorization", &bearer).send().await;
        assert_eq!((patch.status, patch.problem()), (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"));
        assert!(patch.header("allow").contains("GET"), "{path}");
    }
}

#[tokio::test]
async fn a_host_nests_the_router_under_a_prefix_of_its_own() {
    #[derive(Clone)]
    struct HostState;
    let world = World::still().await.with_shop().await;
    let bearer = format!("Bearer {}", world.admin);
    let host = axum::Router::new()
        .route("/mine", axum::routing::get(|_: axum::extract::State<HostState>| async { "mine" }))
        .with_state(HostState)
        .nest("/delivery/{cell}", world.router.clone());
    let send = |method: Method, path: &str| {
        crate::support::Request::new(host.clone(), method.as_str(), path).header("authorization", &bearer)
    };
    assert_eq!(send(Method::GET, "/mine").send().await.bytes, b"mine");
    let shop = send(Method::GET, "/delivery/eu/api/v1/services/shop").send().await;
    assert_eq!(shop.text("/id"), "shop");
    let lost = send(Method::GET, "/delivery/eu/api/v1/nothing").send().await;
    assert_eq!(lost.problem(), "not-found");
    let draft = json!({ "principal": "ada", "roles": ["viewer"] });
    let created = send(Method::POST, "/delivery/eu/api/v1/tokens").json(&draft).send().await;
    let id = created.text("/id");
    assert_eq!(created.header("location"), format!("/delivery/eu/api/v1/tokens/{id}"));
}
