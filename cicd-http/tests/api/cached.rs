//! Pages that come out of the cache, and what a client says it has seen.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::World;

const PAGES: [&str; 3] = ["/services/shop/timeline", "/releases", "/releases?service=shop"];

#[tokio::test]
async fn a_page_is_the_same_the_second_time() {
    let world = World::still().await.with_shop().await;
    for page in PAGES {
        let first = world.get(&world.admin, page).await;
        assert_eq!((first.status, first.header("content-type")), (StatusCode::OK, "application/json"));
        let second = world.get(&world.admin, page).await;
        assert_eq!(second.bytes, first.bytes, "{page}");
        assert_eq!(second.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn what_a_client_has_seen_is_a_number() {
    let world = World::still().await.with_shop().await;
    for page in PAGES {
        let seen = |text: &str| world.call(&world.admin, "GET", page).header("x-consistency", text).send();
        for text in ["0", "7", "18446744073709551615"] {
            assert_eq!(seen(text).await.status, StatusCode::OK, "{page}: {text}");
        }
        for text in ["", "-1", "+1", "1.5", "seven", "7, 8", "18446744073709551616"] {
            let refused = seen(text).await;
            assert_eq!((refused.status, refused.problem()), (StatusCode::BAD_REQUEST, "malformed-header"));
        }
    }
}

#[tokio::test]
async fn a_write_is_in_the_next_page() {
    let world = World::still().await.with_shop().await;
    for number in 1..=5 {
        let before = world.get(&world.admin, "/services/shop/timeline?limit=1").await;
        let put = world.call(&world.admin, "PUT", "/services/shop");
        let put = put.header("if-match", &format!("\"{number}\""));
        let written = put.json(&json!({ "name": format!("Shop {number}") })).send().await;
        let after = world.get(&world.admin, "/services/shop/timeline?limit=1").await;
        assert_ne!(after.bytes, before.bytes);
        assert_eq!(after.body["items"][0]["seq"].to_string(), written.header("x-consistency"));
    }
}
