//! What a host counts, and what its labels never tell.

use axum::http::StatusCode;
use cicd_http::{Metrics, RouterOptions, TokenAuthenticator, metrics_router, router_with};
use serde_json::json;

use crate::support::{Request, World, release_draft, run_draft};

async fn told(world: &World) -> String {
    let answer = world.anonymous("GET", "/metrics").send().await;
    assert_eq!(answer.status, StatusCode::OK);
    String::from_utf8(answer.bytes).unwrap()
}

fn has(text: &str, line: &str) {
    assert!(text.lines().any(|found| found == line), "`{line}` is not in\n{text}");
}

#[tokio::test]
async fn releases_and_requests_are_counted_without_a_name() {
    let world = World::working().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let ben = world.person("ben", &["approver"]).await;
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    world.until(&ada, &format!("/ci-runs/{run}"), |body| body["status"] == "succeeded").await;
    let asked = world.post(&ada, "/releases", release_draft("shop-production", &run)).await;
    let vote = json!({ "content": asked.text("/content_digest"), "comment": "no" });
    let path = format!("/releases/{}/reject", asked.text("/id"));
    assert_eq!(world.post(&ben, &path, vote).await.status, StatusCode::OK);
    world.anonymous("BREW", "/api/v1/services/shop").send().await;
    world.anonymous("GET", "/nowhere/shop").send().await;
    let strategy = asked.text("/content/strategy/type");

    let text = told(&world).await;
    has(
        &text,
        &format!(r#"cicd_releases_total{{env_tier="production",strategy="{strategy}",result="rejected"}} 1"#),
    );
    has(&text, r#"cicd_release_duration_seconds_count{env_tier="production"} 1"#);
    has(
        &text,
        r#"cicd_http_requests_total{method="POST",route="/api/v1/releases/{id}/reject",status="200"} 1"#,
    );
    has(
        &text,
        r#"cicd_http_requests_total{method="other",route="/api/v1/services/{service}",status="405"} 1"#,
    );
    has(&text, r#"cicd_http_requests_total{method="GET",route="none",status="404"} 1"#);
    assert!(text.contains("cicd_build_info{version=") && text.ends_with("# EOF\n"), "{text}");
    for name in ["shop", "ada", "ben", "default", run.as_str()] {
        assert!(!text.contains(name), "`{name}` is told:\n{text}");
    }
}

#[tokio::test]
async fn calls_of_executors_are_counted() {
    let world = World::working().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    world.until(&ada, &format!("/ci-runs/{run}"), |body| body["status"] == "succeeded").await;
    has(&told(&world).await, r#"cicd_executor_calls_total{executor="test",outcome="succeeded"} 1"#);
    let asked = world.post(&ada, "/releases", release_draft("shop-staging", &run)).await.text("/id");
    world.until(&ada, &format!("/releases/{asked}"), |body| body["state"]["status"] == "succeeded").await;
    let text = told(&world).await;
    let counted = text.lines().find(|line| line.starts_with("cicd_executor_calls_total")).unwrap();
    let calls: u64 = counted.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(calls > 1, "the rollout was called too: {counted}");
}

#[tokio::test]
async fn deliveries_that_nobody_sent_are_counted() {
    let world = World::still().await;
    world
        .anonymous("POST", "/api/v1/hooks/default.01890a5d-ac96-774b-bcce-b302099a8057")
        .json(&json!({}))
        .send()
        .await;
    let line = r#"cicd_webhook_deliveries_total{direction="in",provider="unknown",outcome="unverified"} 1"#;
    has(&told(&world).await, line);
}

#[tokio::test]
async fn what_waits_for_votes_is_told_by_tier_once_it_was_looked_up() {
    let (world, gate) = World::gated().await;
    let world = world.with_shop().await.worked();
    let ada = world.person("ada", &["developer"]).await;
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    world.until(&ada, &format!("/ci-runs/{run}"), |body| body["status"] == "succeeded").await;
    let asked = world.post(&ada, "/releases", release_draft("shop-production", &run)).await.text("/id");
    let pending = |tier: &str, count: u8| format!(r#"cicd_approvals_pending{{env_tier="{tier}"}} {count}"#);
    let is_told = async || told(&world).await.contains("cicd_approvals_pending{");
    assert!(!is_told().await, "nobody has looked");
    world.metrics.look(&world.engine).await.unwrap();
    let text = told(&world).await;
    for (tier, count) in [("production", 1), ("staging", 0), ("development", 0)] {
        has(&text, &pending(tier, count));
    }

    world.post(&ada, &format!("/releases/{asked}/cancel"), json!({})).await;
    world.metrics.look(&world.engine).await.unwrap();
    has(&told(&world).await, &pending("production", 0));

    gate.away(true);
    assert!(world.metrics.look(&world.engine).await.is_err());
    assert!(!is_told().await, "what nobody could look up is not told");
}

#[tokio::test]
async fn metrics_that_are_told_apart_are_not_there_for_everybody() {
    let world = World::still().await;
    let metrics = Metrics::default();
    let options = RouterOptions { metrics: metrics.clone(), metrics_apart: true, ..RouterOptions::default() };
    let authenticator = TokenAuthenticator::new(world.engine.clone());
    let open = router_with(world.engine.clone(), authenticator, options);
    let hidden = Request::new(open, "GET", "/metrics").send().await;
    assert_eq!(hidden.problem(), "not-found");
    let apart = Request::new(metrics_router(metrics), "GET", "/metrics").send_raw().await;
    assert!(String::from_utf8_lossy(&apart).contains("cicd_http_requests_total"));
}
