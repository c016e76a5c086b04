//! The pages beside the API, under a prefix of the host's.

use axum::Router;
use axum::http::StatusCode;
use cicd_http::{Pages, RouterOptions, TokenAuthenticator, router_with};

use crate::support::{Request, World};

const PAGES: Pages = Pages::new(&[
    ("assets/app-1.js", b"run()"),
    ("index.html", b"<script type=\"module\" src=\"./assets/app-1.js\"></script>"),
]);

#[tokio::test]
async fn a_browser_gets_the_pages_and_a_program_the_api() {
    let world = World::still().await;
    let options = RouterOptions { pages: PAGES, ..RouterOptions::default() };
    let router = router_with(world.engine.clone(), TokenAuthenticator::new(world.engine.clone()), options);
    let host = Router::new().nest("/delivery", router.with_state(()));
    let get =
        |path: &str, accept: &str| Request::new(host.clone(), "GET", path).header("accept", accept).send();
    for path in ["/delivery", "/delivery/releases/7", "/delivery/audit?kind=release.created"] {
        let page = get(path, "text/html,application/xhtml+xml,*/*;q=0.8").await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        assert_eq!(page.header("cache-control"), "no-store");
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval';") && !policy.contains("unsafe-inline")
        );
        assert!(policy.contains("require-trusted-types-for 'script'"));
        let text = String::from_utf8(page.bytes).unwrap();
        assert!(text.contains("src=\"/delivery/assets/app-1.js\""), "{text}");
    }
    let script = get("/delivery/assets/app-1.js", "*/*").await;
    assert_eq!(
        (script.status, script.header("cache-control")),
        (StatusCode::OK, "public, max-age=31536000, immutable")
    );
    for path in ["/delivery/releases/7", "/delivery/assets/app-2.js", "/delivery/assets/../index.html"] {
        assert_eq!(get(path, "*/*").await.problem(), "not-found", "{path}");
    }
    assert_eq!(get("/delivery/api/v1/nowhere", "text/html").await.problem(), "not-found");
    assert_eq!(get("/delivery/api/v1/services", "text/html").await.problem(), "unauthenticated");
    assert_eq!(get("/delivery", "*/*").await.header("content-type"), "text/plain; charset=utf-8");
}
