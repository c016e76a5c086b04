//! The whole way through: config, CI run, release, approval, rollout, rollback, and what can be read of it.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{World, release_draft, run_draft};

fn is(pointer: &'static str, expected: &'static str) -> impl Fn(&Value) -> bool {
    move |body| body.pointer(pointer).and_then(Value::as_str) == Some(expected)
}

struct Shop {
    world: World,
    ada: String,
    ben: String,
    cleo: String,
    rhea: String,
}

impl Shop {
    async fn open() -> Self {
        let world = World::working().await.with_shop().await;
        Self {
            ada: world.person("ada", &["developer", "approver"]).await,
            ben: world.person("ben", &["approver"]).await,
            cleo: world.person("cleo", &["approver"]).await,
            rhea: world.person("rhea", &["release-manager"]).await,
            world,
        }
    }

    async fn build(&self) -> (String, Value) {
        let created = self.world.post(&self.ada, "/services/shop/ci-runs", run_draft()).await;
        assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
        let run = created.text("/id");
        assert_eq!(created.header("location"), format!("/api/v1/ci-runs/{run}"));
        let ended = self.world.until(&self.ada, &format!("/ci-runs/{run}"), is("/status", "succeeded")).await;
        (run, ended)
    }

    async fn ask(&self, deployment: &str, run: &str) -> String {
        let created = self.world.post(&self.ada, "/releases", release_draft(deployment, run)).await;
        assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
        assert!(created.headers.contains_key("x-consistency"));
        created.text("/id")
    }

    async fn vote(&self, token: &str, release: &str) -> crate::support::Answer {
        let seen = self.world.get(token, &format!("/releases/{release}")).await.text("/content_digest");
        let path = format!("/releases/{release}/approve");
        self.world.post(token, &path, json!({ "content": seen, "comment": "looks good" })).await
    }

    async fn ended(&self, release: &str, status: &'static str) -> Value {
        self.world.until(&self.ada, &format!("/releases/{release}"), is("/state/status", status)).await
    }

    async fn waits(&self, release: &str) -> Value {
        self.world
            .until(&self.ada, &format!("/releases/{release}"), is("/state/phase/phase", "waiting"))
            .await
    }

    async fn promoted(&self, release: &str) -> Value {
        self.waits(release).await;
        let promoted = self.world.post(&self.rhea, &format!("/releases/{release}/promote"), json!({})).await;
        assert_eq!(promoted.status, StatusCode::OK, "{promoted:?}");
        self.ended(release, "succeeded").await
    }

    async fn shipped(&self, run: &str) -> String {
        let release = self.ask("shop-production", run).await;
        assert_eq!(self.vote(&self.ben, &release).await.status, StatusCode::OK);
        assert_eq!(self.vote(&self.cleo, &release).await.status, StatusCode::OK);
        self.promoted(&release).await;
        release
    }
}

#[tokio::test]
async fn staging_takes_what_was_built_at_once() {
    let shop = Shop::open().await;
    let (run, ended) = shop.build().await;
    let release = shop.ask("shop-staging", &run).await;
    let after = shop.ended(&release, "succeeded").await;
    assert_eq!(after["content"]["artifact"]["digest"], ended["artifact"]["digest"]);

    let digest = ended["artifact"]["digest"].as_str().unwrap();
    let artifact = shop.world.get(&shop.ada, &format!("/blobs/{digest}")).await;
    assert_eq!(artifact.bytes, run_draft()["commit"].as_str().unwrap().as_bytes());
    assert_eq!(artifact.header("x-content-type-options"), "nosniff");
    assert!(artifact.header("content-disposition").starts_with("attachment"));
    assert!(artifact.header("repr-digest").starts_with("sha-256=:"));

    let log = shop.world.get(&shop.ada, &format!("/ci-runs/{run}/log")).await;
    assert_eq!((log.bytes.as_slice(), log.header("x-next-offset")), (b"built\n".as_slice(), "6"));
    let rest = shop.world.get(&shop.ada, &format!("/ci-runs/{run}/log?offset=2&limit=3")).await;
    assert_eq!((rest.bytes.as_slice(), rest.header("x-next-offset")), (b"ilt".as_slice(), "5"));
}

#[tokio::test]
async fn production_asks_two_persons_and_steps_through_its_canary() {
    let shop = Shop::open().await;
    let (run, _) = shop.build().await;
    let release = shop.ask("shop-production", &run).await;
    let own = shop.vote(&shop.ada, &release).await;
    assert_eq!((own.status, own.problem()), (StatusCode::FORBIDDEN, "requester-vote"));
    let first = shop.vote(&shop.ben, &release).await;
    assert_eq!((first.status, first.text("/state/status").as_str()), (StatusCode::OK, "pending_approval"));
    let approvals = shop.world.get(&shop.ada, &format!("/releases/{release}/approvals")).await;
    assert_eq!(approvals.body["votes"][0]["person"], "ben");
    assert_eq!(approvals.body["outstanding"], json!([{ "role": "approver", "missing": 1 }]));
    let explained = shop.world.get(&shop.ada, &format!("/releases/{release}/explain")).await;
    assert_eq!(explained.body["open"], false);
    assert_eq!(shop.vote(&shop.cleo, &release).await.status, StatusCode::OK);

    let waiting = shop.waits(&release).await;
    assert!(waiting["allowed_commands"].as_array().unwrap().contains(&json!("resume")), "{waiting}");
    assert!(waiting["state"]["attempt"].is_string() && waiting["state"].get("report_token").is_none());
    let resumed = shop.world.post(&shop.rhea, &format!("/releases/{release}/resume"), json!({})).await;
    assert_eq!(resumed.status, StatusCode::OK, "{resumed:?}");
    shop.promoted(&release).await;
    let late = shop.world.post(&shop.rhea, &format!("/releases/{release}/pause"), json!({})).await;
    assert_eq!((late.status, late.problem()), (StatusCode::CONFLICT, "not-possible"));
    assert_eq!(late.body["current_state"], "succeeded");
    assert!(late.body["allowed_commands"].is_array());
}

#[tokio::test]
async fn a_rollback_brings_back_what_was_stable() {
    let shop = Shop::open().await;
    let (first, _) = shop.build().await;
    let earlier = shop.shipped(&first).await;
    let nowhere = json!({ "reason": "too red" });
    let refused =
        shop.world.post(&shop.rhea, &format!("/releases/{earlier}/rollback"), nowhere.clone()).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::CONFLICT, "no-rollback"));
    assert_eq!(refused.body["candidates"], json!([]));

    let commit = json!({ "commit": "f".repeat(40) });
    let run = shop.world.post(&shop.ada, "/services/shop/ci-runs", commit).await.text("/id");
    shop.world.until(&shop.ada, &format!("/ci-runs/{run}"), is("/status", "succeeded")).await;
    let later = shop.shipped(&run).await;
    let asked = shop.world.post(&shop.rhea, &format!("/releases/{later}/rollback"), nowhere).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{asked:?}");
    let rollback = asked.text("/id");
    assert_eq!(asked.header("location"), format!("/api/v1/releases/{rollback}"));
    assert_eq!(
        asked.body["kind"],
        json!({ "type": "rollback", "of": later, "undoes": [later], "target": earlier })
    );
    shop.promoted(&rollback).await;
    shop.ended(&later, "rolled_back").await;

    let timeline = shop.world.get(&shop.ada, &format!("/releases/{rollback}/timeline")).await;
    let kinds: Vec<_> =
        timeline.body["items"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert!(kinds.len() > 5 && kinds.contains(&&json!("release.succeeded")), "{kinds:?}");
}

#[tokio::test]
async fn everything_that_happened_can_be_read_page_by_page() {
    let shop = Shop::open().await;
    let (run, _) = shop.build().await;
    let release = shop.ask("shop-staging", &run).await;
    shop.ended(&release, "succeeded").await;
    let mut after = String::new();
    let mut seen = Vec::new();
    loop {
        let page = shop.world.get(&shop.ada, &format!("/services/shop/timeline?limit=3{after}")).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        seen.extend(
            page.body["items"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()),
        );
        match page.body["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert!(seen.len() > 6 && seen.is_sorted_by(|a, b| a > b), "newest first, none twice: {seen:?}");

    let listed = shop.world.get(&shop.world.admin, "/audit-events?limit=200").await;
    let export = shop.world.get(&shop.world.admin, "/audit-events/export").await;
    let lines: Vec<Value> =
        export.bytes.split(|b| *b == b'\n').filter_map(|l| serde_json::from_slice(l).ok()).collect();
    assert_eq!(lines.len(), listed.body["items"].as_array().unwrap().len());
    let seqs: Vec<_> = lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=u64::try_from(lines.len()).unwrap()).collect::<Vec<_>>());
    assert!(lines.iter().all(|line| line["bytes"].is_string() && line["at_micros"].is_i64()));
}
