//! Sessions of browsers: opened by a token, ended with it, and of no use to other sites.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, Request, World};

/// What a browser sends of the cookie that an answer gave.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn open(world: &World, token: &str) -> Answer {
    let opened = world.post(token, "/session", json!({})).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{opened:?}");
    opened
}

fn with(world: &World, cookie: &str, method: &str, path: &str) -> Request {
    world.anonymous(method, &format!("/api/v1{path}")).header("cookie", cookie)
}

async fn status(world: &World, cookie: &str) -> StatusCode {
    with(world, cookie, "GET", "/services").send().await.status
}

#[tokio::test]
async fn a_session_is_its_tokens_caller_until_it_is_ended() {
    let world = World::still().await;
    let ada = world.person("ada", &["viewer"]).await;
    let opened = open(&world, &ada).await;
    let attributes: Vec<_> = opened.header("set-cookie").split("; ").skip(1).collect();
    assert_eq!(attributes, ["Max-Age=43200", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"]);
    let (cookie, id) = (cookie(&opened), opened.text("/id"));
    assert!(cookie.starts_with("__Host-cicd=cicds_"), "{cookie}");
    assert!(!String::from_utf8_lossy(&opened.bytes).contains("cicds_"), "a script could read it");
    let me = with(&world, &cookie, "GET", "/me").send().await;
    assert_eq!((me.text("/principal"), me.text("/token")), ("ada".to_owned(), id.clone()));
    let listed = world.get(&world.admin, &format!("/tokens/{id}")).await;
    assert_eq!(listed.body["opened_by"], opened.body["opened_by"]);
    assert_eq!(world.get(&cookie["__Host-cicd=".len()..], "/me").await.status, StatusCode::UNAUTHORIZED);
    let as_cookie = format!("__Host-cicd={ada}");
    assert_eq!(status(&world, &as_cookie).await, StatusCode::UNAUTHORIZED, "a token is no session");

    let close = |etag: &str| {
        with(&world, &cookie, "DELETE", "/session")
            .header("sec-fetch-site", "same-origin")
            .header("if-match", etag)
            .send()
    };
    assert_eq!(close("\"7\"").await.status, StatusCode::PRECONDITION_FAILED);
    let closed = close(opened.header("etag")).await;
    assert_eq!(closed.status, StatusCode::NO_CONTENT, "{closed:?}");
    assert!(closed.header("set-cookie").starts_with("__Host-cicd=; Max-Age=0;"));
    assert_eq!(status(&world, &cookie).await, StatusCode::UNAUTHORIZED);
    let kinds = world.get(&world.admin, "/audit-events?limit=200").await;
    let kinds: Vec<_> = kinds.body["items"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds[kinds.len() - 2..], [&json!("session.opened"), &json!("session.ended")]);
}

#[tokio::test]
async fn a_session_ends_with_the_token_that_opened_it() {
    let world = World::still().await;
    let created =
        world.post(&world.admin, "/tokens", json!({ "principal": "ada", "roles": ["viewer"] })).await;
    let cookie = cookie(&open(&world, &created.text("/token")).await);
    assert_eq!(status(&world, &cookie).await, StatusCode::OK);
    let path = format!("/tokens/{}", created.text("/id"));
    let etag = created.header("etag");
    let revoked = world.call(&world.admin, "DELETE", &path).header("if-match", etag).send().await;
    assert_eq!(revoked.status, StatusCode::OK);
    assert_eq!(status(&world, &cookie).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_admin_ends_a_session_as_a_token() {
    let world = World::still().await;
    let opened = open(&world, &world.person("ada", &["viewer"]).await).await;
    let (path, etag) = (format!("/tokens/{}", opened.text("/id")), opened.header("etag"));
    let revoked = world.call(&world.admin, "DELETE", &path).header("if-match", etag).send().await;
    assert_eq!(revoked.status, StatusCode::OK);
    assert_eq!(status(&world, &cookie(&opened)).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_that_is_idle_or_old_ends() {
    let world = World::still().await;
    let mut cookie_now = cookie(&open(&world, &world.person("ada", &["viewer"]).await).await);
    let first = cookie_now.clone();
    for half_hours in 1..24 {
        world.clock.advance_seconds(1_800);
        let shown = with(&world, &cookie_now, "GET", "/session").send().await;
        assert_eq!(shown.status, StatusCode::OK, "after {half_hours} half hours: {shown:?}");
        cookie_now = cookie(&shown);
    }
    assert_eq!(status(&world, &first).await, StatusCode::UNAUTHORIZED, "it was renewed, this one was not");
    world.clock.advance_seconds(1_799);
    assert_eq!(status(&world, &cookie_now).await, StatusCode::OK);
    world.clock.advance_seconds(1);
    assert_eq!(status(&world, &cookie_now).await, StatusCode::UNAUTHORIZED, "12 hours are over");

    let idle = cookie(&open(&world, &world.person("ben", &["viewer"]).await).await);
    world.clock.advance_seconds(3_599);
    assert_eq!(status(&world, &idle).await, StatusCode::OK);
    world.clock.advance_seconds(1);
    assert_eq!(status(&world, &idle).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_forged_cookie_is_nobodys() {
    let world = World::still().await;
    let cookie = cookie(&open(&world, &world.admin).await);
    let (front, mac) = cookie.rsplit_once('.').unwrap();
    let (secret, seen) = front.rsplit_once('.').unwrap();
    let later: i64 = seen.parse::<i64>().unwrap() + 1;
    let upper = mac.to_uppercase();
    for forged in [
        secret.to_owned(),
        front.to_owned(),
        format!("{secret}.{later}.{mac}"),
        format!("{secret}.+{seen}.{mac}"),
        format!("{secret}.{seen}.{upper}"),
        format!("{secret}.{seen}.{}", &mac[1..]),
        format!("{cookie}.x"),
        format!("{}x.{seen}.{mac}", &secret[..secret.len() - 1]),
        "__Host-cicd=".to_owned(),
    ] {
        assert_eq!(status(&world, &forged).await, StatusCode::UNAUTHORIZED, "{forged}");
    }
    let twice = with(&world, &format!("{cookie}; {cookie}"), "GET", "/services").send().await;
    assert_eq!(twice.problem(), "malformed-header");
}

#[tokio::test]
async fn a_page_from_elsewhere_changes_nothing() {
    let world = World::still().await;
    let cookie = cookie(&open(&world, &world.admin).await);
    let draft: Value = json!({ "principal": "eve", "roles": ["admin"] });
    let post = || with(&world, &cookie, "POST", "/tokens").header("host", "cicd.example").json(&draft);
    let own = "https://cicd.example";
    for refused in [
        post(),
        post().header("sec-fetch-site", "cross-site").header("origin", own),
        post().header("sec-fetch-site", "same-site"),
        post().header("origin", "https://evil.example"),
        post().header("origin", "null"),
    ] {
        let answer = refused.send().await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::FORBIDDEN, "cross-site"));
    }
    assert_eq!(post().header("origin", own).send().await.status, StatusCode::CREATED);
    assert_eq!(post().header("sec-fetch-site", "same-origin").send().await.status, StatusCode::CREATED);
    let bearer = format!("Bearer {}", world.stranger);
    let both = with(&world, &cookie, "GET", "/me").header("authorization", &bearer).send().await;
    assert_eq!(both.text("/tenant"), "other", "where there is a token the cookie is not looked at");
    let wrong = with(&world, &cookie, "GET", "/me").header("authorization", "Bearer x").send().await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "a cookie does not rescue a token");
}

#[tokio::test]
async fn only_a_token_opens_a_session() {
    let world = World::still().await;
    let cookie = cookie(&open(&world, &world.admin).await);
    let again = with(&world, &cookie, "POST", "/session").header("sec-fetch-site", "same-origin");
    assert_eq!(again.send().await.problem(), "invalid");
    let dry = world.post(&world.admin, "/session?dry_run=true", json!({})).await;
    assert!(dry.status == StatusCode::CREATED && !dry.headers.contains_key("set-cookie"), "{dry:?}");
    assert_eq!(world.get(&world.admin, "/session").await.problem(), "not-found");
    let end = world.call(&world.admin, "DELETE", "/session").header("if-match", "\"1\"").send().await;
    assert_eq!(end.problem(), "not-found");
}

#[tokio::test]
async fn sessions_are_opened_at_a_pace() {
    let world = World::still().await;
    let mut paced = None;
    for _ in 0..100 {
        let opened = world.post(&world.admin, "/session", json!({})).await;
        if opened.status != StatusCode::CREATED {
            paced = Some(opened);
            break;
        }
    }
    let paced = paced.unwrap();
    assert_eq!((paced.status, paced.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-many-requests"));
    assert!(!paced.header("retry-after").is_empty());
    let ben = world.person("ben", &["viewer"]).await;
    assert_eq!(open(&world, &ben).await.status, StatusCode::CREATED, "another opens theirs");
}
