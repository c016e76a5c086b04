//! Rates: a principal and an address take their share, and nobody takes another's.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use cicd_http::{Rates, RouterOptions, TokenAuthenticator, router_with};

use crate::support::{Answer, Request, World};

const BURST: usize = 5;

/// A host that takes so many requests a second.
async fn paced(rates: Rates, trusted: &[&str]) -> World {
    let mut world = World::still().await;
    let trusted_proxies = trusted.iter().map(|text| text.parse().unwrap()).collect();
    let options = RouterOptions { rates, trusted_proxies, ..RouterOptions::default() };
    world.router = router_with(world.engine.clone(), TokenAuthenticator::new(world.engine.clone()), options);
    world
}

fn from(request: Request, host: u8) -> Request {
    request.extension(ConnectInfo(SocketAddr::from(([192, 0, 2, host], 4711))))
}

fn is_too_many(answer: &Answer) -> bool {
    if answer.status != StatusCode::TOO_MANY_REQUESTS {
        return false;
    }
    assert_eq!(answer.problem(), "too-many-requests");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    true
}

#[tokio::test]
async fn a_principal_takes_its_share_with_all_its_tokens() {
    let world = paced(Rates { per_principal: 1, per_address: 0 }, &[]).await;
    let ada = world.person("ada", &["viewer"]).await;
    let other = world.engine.authenticate(&ada).await.unwrap().unwrap();
    let session = world.engine.open_session(&other, &cicd_core::engine::Options::default()).await.unwrap();
    let by_cookie = || {
        let cookie = format!("__Host-cicd={}", session.text);
        world.anonymous("GET", "/api/v1/services").header("cookie", &cookie).send()
    };
    let mut taken = 0;
    while !is_too_many(&world.get(&ada, "/services").await) {
        taken += 1;
        assert!(taken < 100, "nothing holds a principal back");
    }
    assert!(taken >= BURST, "{taken}");
    assert!(is_too_many(&by_cookie().await), "a session is the same principal");
    assert_eq!(
        world.get(&world.stranger, "/services").await.status,
        StatusCode::OK,
        "another is not held back"
    );
}

#[tokio::test]
async fn an_address_takes_its_share_whoever_it_says_it_is() {
    let world = paced(Rates { per_principal: 0, per_address: 1 }, &[]).await;
    let mut taken = 0;
    loop {
        let forged = format!("203.0.113.{}", taken % 200);
        let request = from(world.anonymous("GET", "/api/v1/services"), 1).header("x-forwarded-for", &forged);
        if is_too_many(&request.send().await) {
            break;
        }
        taken += 1;
        assert!(taken < 100, "nothing holds an address back");
    }
    assert!(taken >= BURST, "{taken}");
    let admin = from(world.call(&world.admin, "GET", "/services"), 1).send().await;
    assert!(is_too_many(&admin), "not even a token that works");
    for path in ["/livez", "/readyz", "/problems"] {
        assert_eq!(from(world.anonymous("GET", path), 1).send().await.status, StatusCode::OK, "{path}");
    }
    let elsewhere = from(world.call(&world.admin, "GET", "/services"), 2).send().await;
    assert_eq!(elsewhere.status, StatusCode::OK);
}

#[tokio::test]
async fn behind_a_trusted_proxy_clients_are_told_apart() {
    let world = paced(Rates { per_principal: 0, per_address: 1 }, &["192.0.2.1"]).await;
    let from_client = |client: &str| {
        let request = from(world.call(&world.admin, "GET", "/services"), 1);
        request.header("x-forwarded-for", client).send()
    };
    let mut taken = 0;
    while !is_too_many(&from_client("203.0.113.1").await) {
        taken += 1;
        assert!(taken < 100, "nothing holds an address back");
    }
    assert!(is_too_many(&from_client("10.1.1.1, 203.0.113.1").await), "what it wrote itself is not believed");
    assert_eq!(from_client("203.0.113.2").await.status, StatusCode::OK);
}
