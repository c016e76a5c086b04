//! The document of the API: what is served is what is described, and what is committed is what is served.

pub(crate) mod contract;
mod lint;

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::Method;
use serde_json::Value;

use crate::authentication::concrete;
use crate::support::{Request, World};

/// An operation of the document.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// The security scheme by which whoever asks is known; `None` where everybody may ask.
    pub(crate) scheme: Option<String>,
    /// The names of its query parameters.
    pub(crate) query: BTreeSet<String>,
}

impl Described {
    /// Whether it names the version of the row that it changes.
    pub(crate) fn is_conditional(&self) -> bool {
        self.method == "PUT" || self.method == "DELETE"
    }
}

/// Every operation of the document.
pub(crate) fn described() -> Vec<Described> {
    let document = cicd_http::openapi();
    let paths = document["paths"].as_object().unwrap().iter();
    let of_path = |(path, item): (&String, &Value)| {
        let operations = item.as_object().unwrap().iter();
        operations.map(|(method, operation)| described_by(path, method, operation)).collect::<Vec<_>>()
    };
    paths.flat_map(of_path).collect()
}

fn described_by(path: &str, method: &str, operation: &Value) -> Described {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let query = parameters.filter(|parameter| parameter["in"] == "query");
    let scheme = operation["security"][0].as_object().and_then(|schemes| schemes.keys().next().cloned());
    Described {
        id: operation["operationId"].as_str().unwrap().to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        scheme,
        query: query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect(),
    }
}

/// The security scheme of a route.
pub(crate) fn scheme(method: &Method, path: &str) -> Option<String> {
    let found = described().into_iter().find(|found| found.method == method.as_str() && found.path == path);
    found.unwrap_or_else(|| panic!("{method} {path} is not described")).scheme
}

#[test]
fn what_is_served_is_what_is_described() {
    let served: BTreeSet<_> =
        cicd_http::routes().iter().map(|(method, path)| format!("{method} {path}")).collect();
    let described: BTreeSet<_> =
        described().iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect();
    assert_eq!(served, described);
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let made = format!("{:#}\n", cicd_http::openapi());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "the routes have changed: write it anew with UPDATE_DOCS=1");
}

#[tokio::test]
async fn the_document_needs_no_token() {
    let world = World::still().await;
    let answer = world.anonymous("GET", "/api/v1/openapi.json").send().await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.body, cicd_http::openapi());
}

#[tokio::test]
async fn a_nested_router_says_where_it_is() {
    let world = World::still().await;
    let nested = axum::Router::new().nest("/governance", world.router.clone());
    let answer = Request::new(nested, "GET", "/governance/api/v1/openapi.json").send().await;
    assert_eq!(answer.body["servers"][0]["url"], "/governance");
    assert_eq!(answer.body["paths"], cicd_http::openapi()["paths"]);
}

#[tokio::test]
async fn every_parameter_that_is_taken_is_described() {
    let world = World::still().await;
    for operation in described().iter().filter(|operation| operation.scheme.as_deref() == Some("token")) {
        let path = format!("{}?zzz=1", concrete(&operation.path));
        let request = world.anonymous(&operation.method, &path);
        let request = request.header("authorization", &format!("Bearer {}", world.admin));
        let answer = request.header("if-match", "\"1\"").send().await;
        assert_eq!(answer.problem(), "malformed-query", "{operation:?}: {answer:?}");
        let violations = answer.body["violations"].as_array().unwrap();
        let unknown = violations.iter().find(|violation| violation["path"] == "/zzz").unwrap();
        let (_, taken) = unknown["message"].as_str().unwrap().split_once("accepted: ").unwrap();
        let taken = taken.split(", ").map(|name| name.trim_matches('`').to_owned());
        let taken: BTreeSet<_> = taken.filter(|name| name != "none").collect();
        assert_eq!(taken, operation.query, "{operation:?}");
    }
}

#[tokio::test]
async fn the_pages_come_from_this_host_alone() {
    let world = World::still().await;
    let router = axum::Router::new().nest("/governance", world.router.clone());
    let get = |path: &str| Request::new(router.clone(), "GET", &format!("/governance/api/v1{path}")).send();
    let moved = get("/docs").await;
    assert_eq!((moved.status.as_u16(), moved.header("location")), (308, "/governance/api/v1/docs/"));
    let page = get("/docs/").await;
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
    let page = String::from_utf8(page.bytes).unwrap();
    assert!(!page.contains("http"), "{page}");
    let named = page.split(['\'', '"']).filter_map(|text| text.strip_prefix("./"));
    let named: Vec<_> = named.chain(["index.css"]).collect();
    assert!(named.len() > 4, "{page}");
    for file in named {
        let answer = get(&format!("/docs/{file}")).await;
        assert_eq!(answer.status, 200, "{file}");
    }
    let setup = get("/docs/swagger-initializer.js").await;
    assert!(String::from_utf8(setup.bytes).unwrap().contains("\"../openapi.json\""));
    assert_eq!(get("/docs/nothing.js").await.problem(), "not-found");
}
