//! The document of the API: what is served is what is described, and what is committed is what is served.

pub(crate) mod contract;
mod lint;

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::Method;
use serde_json::Value;

use crate::support::World;

/// The methods and paths that the document describes.
fn described() -> BTreeSet<String> {
    let document = cicd_http::openapi();
    let paths = document["paths"].as_object().unwrap().iter();
    let methods = |(path, item): (&String, &Value)| {
        let path = path.clone();
        let methods: Vec<_> = item.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(move |method| format!("{} {path}", method.to_uppercase()))
    };
    paths.flat_map(methods).collect()
}

/// The security scheme by which whoever asks is known; `None` where everybody may ask.
pub(crate) fn scheme(method: &Method, pattern: &str) -> Option<String> {
    let document = cicd_http::openapi();
    let method = method.as_str().to_lowercase();
    let schemes = document["paths"][pattern][method]["security"][0].as_object();
    schemes.and_then(|schemes| schemes.keys().next().cloned())
}

#[test]
fn what_is_served_is_what_is_described() {
    let served: BTreeSet<_> =
        cicd_http::routes().iter().map(|(method, path)| format!("{method} {path}")).collect();
    assert_eq!(served, described());
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
    let answer = crate::support::Request::new(nested, "GET", "/governance/api/v1/openapi.json").send().await;
    assert_eq!(answer.body["servers"][0]["url"], "/governance");
    assert_eq!(answer.body["paths"], cicd_http::openapi()["paths"]);
}
