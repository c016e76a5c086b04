//! Freezes, locks and tokens, narrowed as a page of governance and a script ask for them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{World, source_draft};

/// What `told` says of each row that `path` lists, page by page, in the order of the words.
async fn listed(world: &World, path: &str, told: &str) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get(&world.admin, &format!("{path}limit=1{after}")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {page:?}");
        let items = page.body["items"].as_array().unwrap();
        assert!(items.len() <= 1, "{path}: {page:?}");
        found.extend(items.iter().map(|row| row[told].as_str().unwrap().to_owned()));
        match page.body["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    found.sort();
    found
}

async fn check(world: &World, (list, told): (&str, &str), cases: &[(&str, &[&str])]) {
    for (filter, expected) in cases {
        assert_eq!(listed(world, &format!("{list}?{filter}&"), told).await, *expected, "{list}?{filter}");
    }
    let all = listed(world, &format!("{list}?"), told).await;
    assert_eq!(all, cases[0].1, "without a filter");
}

async fn post(world: &World, token: &str, path: &str, body: Value) -> String {
    let made = world.post(token, path, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{path}: {made:?}");
    made.text("/id")
}

/// A host with two freezes and a lock whose time has come and gone, and others; it is the third of January.
async fn governed() -> World {
    let world = World::still().await.with_shop().await;
    let rhea = world.person("rhea", &["release-manager"]).await;
    let freeze = |scope: Value, from: &str, until: &str, reason: &str| {
        json!({
            "scope": scope, "reason": reason,
            "from": format!("2026-{from}T00:00:00Z"), "until": format!("2026-{until}T00:00:00Z"),
        })
    };
    let (production, staging) = (
        json!({ "kind": "tier", "tier": "production" }),
        json!({ "kind": "deployment", "deployment": "shop-staging" }),
    );
    for draft in [
        freeze(json!({ "kind": "tenant" }), "01-01", "02-01", "all"),
        freeze(production, "06-01", "06-02", "tier"),
        freeze(staging, "01-01", "01-02", "one"),
    ] {
        post(&world, &rhea, "/freezes", draft).await;
    }
    for (deployment, until) in [("shop-staging", "01-02"), ("shop-production", "02-01")] {
        let expires_at = format!("2026-{until}T00:00:00Z");
        let draft = json!({ "deployment": deployment, "reason": "mine", "expires_at": expires_at });
        post(&world, &rhea, "/locks", draft).await;
    }
    world.clock.advance_seconds(2 * 86_400);
    world
}

#[tokio::test]
async fn freezes_are_narrowed_by_what_they_hold_and_when() {
    let world = governed().await;
    let cases: [(&str, &[&str]); 15] = [
        ("service=shop", &["all", "one", "tier"]),
        ("status=active", &["all"]),
        ("status=planned", &["tier"]),
        ("status=ended", &["one"]),
        ("tier=production", &["all", "tier"]),
        ("tier=staging", &["all", "one"]),
        ("tier=development", &["all"]),
        ("deployment=shop-production", &["all", "tier"]),
        ("deployment=shop-staging", &["all", "one"]),
        ("deployment=shop-staging&status=ended", &["one"]),
        ("service=shop&tier=production&status=planned", &["tier"]),
        ("deployment=shop-staging&tier=production", &[]),
        ("deployment=shop-staging&service=other", &[]),
        ("deployment=nothing", &[]),
        ("service=nothing", &[]),
    ];
    check(&world, ("/freezes", "reason"), &cases).await;
}

#[tokio::test]
async fn locks_are_narrowed_by_what_they_hold_and_when() {
    let world = governed().await;
    let cases: [(&str, &[&str]); 9] = [
        ("service=shop", &["shop-production", "shop-staging"]),
        ("status=active", &["shop-production"]),
        ("status=ended", &["shop-staging"]),
        ("status=planned", &[]),
        ("tier=staging", &["shop-staging"]),
        ("tier=development", &[]),
        ("deployment=shop-production", &["shop-production"]),
        ("deployment=shop-production&status=ended", &[]),
        ("service=nothing", &[]),
    ];
    check(&world, ("/locks", "deployment"), &cases).await;
}

#[tokio::test]
async fn tokens_are_narrowed_by_whose_they_are_and_whether_they_work() {
    let world = World::still().await;
    for (principal, days) in [("ada", 9), ("ben", 1), ("eve", 1)] {
        let draft = json!({ "principal": principal, "roles": ["viewer"], "expires_in_days": days });
        let id = post(&world, &world.admin, "/tokens", draft).await;
        if principal == "eve" {
            let gone = world.call(&world.admin, "DELETE", &format!("/tokens/{id}"));
            assert_eq!(gone.header("if-match", "\"1\"").send().await.status, StatusCode::OK);
        }
    }
    // More of them than one page reads.
    for _ in 0..25 {
        let draft = json!({ "principal": "mob", "roles": ["viewer"], "expires_in_days": 1 });
        post(&world, &world.admin, "/tokens", draft).await;
    }
    world.clock.advance_seconds(2 * 86_400);
    let mob = vec!["mob"; 25];
    let every = [&["ada", "ben", "eve"][..], &mob, &["root"]].concat();
    assert_eq!(listed(&world, "/tokens?", "principal").await, every);
    let expired = [&["ben"][..], &mob].concat();
    let cases: [(&str, &[&str]); 7] = [
        ("principal=mob", &mob),
        ("principal=nobody", &[]),
        ("status=active", &["ada", "root"]),
        ("status=expired", &expired),
        ("status=revoked", &["eve"]),
        ("status=active&principal=ben", &[]),
        ("status=expired&principal=ben", &["ben"]),
    ];
    for (filter, expected) in cases {
        assert_eq!(listed(&world, &format!("/tokens?{filter}&"), "principal").await, expected, "{filter}");
    }
}

#[tokio::test]
async fn grants_and_sources_are_narrowed_by_whose_they_are() {
    let world = World::still().await.with_shop().await;
    for (principal, role) in [("ben", "approver"), ("ben", "developer"), ("eve", "approver")] {
        world.post(&world.admin, "/roles", json!({ "principal": principal, "role": role })).await;
    }
    let cases: [(&str, &[&str]); 4] = [
        ("principal=ben", &["approver", "developer"]),
        ("principal=nobody", &[]),
        ("role=approver", &["approver", "approver"]),
        ("role=approver&principal=eve", &["approver"]),
    ];
    for (filter, expected) in cases {
        assert_eq!(listed(&world, &format!("/roles?{filter}&"), "role").await, expected, "{filter}");
    }
    world.create(&world.admin, "/services/cart", json!({ "name": "Cart" })).await;
    for service in ["shop", "cart"] {
        let mut draft = source_draft();
        (draft["service"], draft["name"]) = (json!(service), json!(service));
        post(&world, &world.admin, "/sources", draft).await;
    }
    let cases: [(&str, &[&str]); 2] = [("service=shop", &["shop"]), ("service=nothing", &[])];
    for (filter, expected) in cases {
        assert_eq!(listed(&world, &format!("/sources?{filter}&"), "name").await, expected, "{filter}");
    }
}

#[tokio::test]
async fn what_is_held_is_found_however_many_deployments_there_are() {
    let world = World::still().await.with_shop().await;
    let rhea = world.person("rhea", &["release-manager"]).await;
    let place = world.get(&world.admin, "/deployments/shop-staging").await.body;
    let mut draft = place["spec"].clone();
    // More than one reading knows beforehand.
    for number in 0..=5_000 {
        draft["environment"] = json!(format!("e{number}"));
        let path = format!("/deployments/z{number:04}");
        let made = world.create(&world.admin, &path, draft.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    }
    let expires_at = "2026-02-01T00:00:00Z";
    let lock = json!({ "deployment": "z5000", "reason": "mine", "expires_at": expires_at });
    post(&world, &rhea, "/locks", lock).await;
    for filter in ["deployment=z5000", "service=shop", "tier=staging"] {
        assert_eq!(listed(&world, &format!("/locks?{filter}&"), "deployment").await, ["z5000"], "{filter}");
    }
    assert_eq!(listed(&world, "/locks?tier=production&", "deployment").await, [""; 0]);
}

#[tokio::test]
async fn a_filter_that_is_none_is_refused_and_a_cursor_is_of_its_filters() {
    let world = governed().await;
    let (freezes, tokens) = (["status", "tier"], ["status"]);
    for (list, filters) in [("/freezes", &freezes[..]), ("/locks", &freezes), ("/tokens", &tokens)] {
        for filter in filters {
            let refused = world.get(&world.admin, &format!("{list}?{filter}=Nonsense")).await;
            assert_eq!((refused.status, refused.problem()), (StatusCode::BAD_REQUEST, "malformed-query"));
            assert_eq!(refused.violations()[0].0, format!("/{filter}"));
        }
        let twice = world.get(&world.admin, &format!("{list}?status=active&status=active")).await;
        assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    }
    let next = world.get(&world.admin, "/freezes?limit=1&service=shop").await.text("/next");
    for other in ["/freezes?", "/freezes?service=shop&status=active&", "/locks?service=shop&"] {
        let refused = world.get(&world.admin, &format!("{other}after={next}")).await;
        assert_eq!(refused.violations()[0].0, "/after", "{other}");
    }
}
