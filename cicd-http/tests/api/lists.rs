//! Lists, timelines and exports as a UI, a script and an auditor ask for them.

use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::support::{World, release_draft, run_draft};

/// Two services' worth of history: a run, two releases of it to staging, a freeze.
async fn busy() -> (World, String) {
    let world = World::working().await.with_shop().await;
    let ada = world.person("ada", &["developer"]).await;
    let run = world.post(&ada, "/services/shop/ci-runs", run_draft()).await.text("/id");
    let is = |body: &Value| body["status"] == "succeeded";
    world.until(&ada, &format!("/ci-runs/{run}"), is).await;
    for _ in 0..2 {
        let asked = world.post(&ada, "/releases", release_draft("shop-staging", &run)).await;
        let path = format!("/releases/{}", asked.text("/id"));
        world.until(&ada, &path, |body| body["state"]["status"] == "succeeded").await;
    }
    (world, ada)
}

fn items(answer: &crate::support::Answer) -> &Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body["items"].as_array().unwrap()
}

#[tokio::test]
async fn a_cursor_is_of_its_list_and_its_filters() {
    let (world, ada) = busy().await;
    let first = world.get(&ada, "/releases?limit=1&requester=ada").await;
    let next = first.text("/next");
    let second = world.get(&ada, &format!("/releases?requester=ada&limit=9&after={next}")).await;
    assert_eq!(items(&second).len(), 1);
    for other in ["/releases?", "/releases?requester=ben&", "/releases?requester=ada&order=oldest-first&"] {
        let refused = world.get(&ada, &format!("{other}after={next}")).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (StatusCode::BAD_REQUEST, "malformed-query"),
            "{other}"
        );
        assert_eq!(refused.violations()[0].0, "/after");
    }
}

#[tokio::test]
async fn releases_and_runs_are_narrowed() {
    let (world, ada) = busy().await;
    let newest = world.get(&ada, "/releases").await;
    let all = items(&newest);
    assert_eq!(all.len(), 2);
    let oldest = world.get(&ada, "/releases?order=oldest-first&environment=staging&status=succeeded").await;
    let back: Vec<Value> = items(&oldest).iter().rev().cloned().collect();
    assert_eq!(&back, all);
    let digest = all[0]["content"]["artifact"]["digest"].as_str().unwrap();
    assert_eq!(items(&world.get(&ada, &format!("/releases?artifact={digest}")).await).len(), 2);
    for none in ["environment=mars", "requester=ben", "until=2001-01-01T00:00:00Z", "status=failed"] {
        assert!(items(&world.get(&ada, &format!("/releases?{none}")).await).is_empty(), "{none}");
    }
    let commit = run_draft()["commit"].as_str().unwrap().to_owned();
    assert_eq!(items(&world.get(&ada, &format!("/services/shop/ci-runs?commit={commit}")).await).len(), 1);
    assert!(items(&world.get(&ada, "/services/shop/ci-runs?ref=no-such-branch").await).is_empty());
    assert!(items(&world.get(&ada, "/services/shop/ci-runs?since=2999-01-01T00:00:00Z").await).is_empty());
}

#[tokio::test]
async fn timelines_are_narrowed_grouped_and_linked() {
    let (world, ada) = busy().await;
    let rhea = world.person("rhea", &["release-manager"]).await;
    let freeze = json!({
        "scope": { "kind": "tier", "tier": "staging" }, "reason": "a feast",
        "from": "2999-01-01T00:00:00Z", "until": "2999-01-02T00:00:00Z",
    });
    assert_eq!(world.post(&rhea, "/freezes", freeze).await.status, StatusCode::CREATED);
    let frozen = world.get(&ada, "/services/shop/timeline?kind=freeze,lock&environment=staging").await;
    assert_eq!(items(&frozen).len(), 1);
    let seq = items(&frozen)[0]["seq"].as_u64().unwrap();
    let event = world.get(&world.admin, &format!("/audit-events/{seq}")).await;
    assert_eq!(event.body["kind"], "freeze.added");
    let grouped = world.get(&ada, "/services/shop/timeline?group=release&limit=200").await;
    let releases = items(&grouped).iter().filter(|group| !group["release"].is_null());
    assert_eq!(releases.count(), 2);
    assert!(items(&grouped).iter().all(|group| !group["entries"].as_array().unwrap().is_empty()));
    let mistakes = world.get(&ada, "/services/shop/timeline?kind=A&order=up&since=noon").await;
    let paths: Vec<&str> = mistakes.violations().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["/kind", "/since", "/order"]);
}

#[tokio::test]
async fn the_record_is_exported_as_csv_and_narrowed() {
    let (world, ada) = busy().await;
    let csv = world.get(&world.admin, "/audit-events/export?format=csv&kind=release").await;
    assert_eq!(csv.status, StatusCode::OK);
    assert!(csv.header("content-type").starts_with("text/csv"));
    let text = String::from_utf8(csv.bytes.clone()).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("tenant,chain,seq,at,kind"));
    let events = world.get(&world.admin, "/audit-events?kind=release&limit=200").await;
    assert_eq!(lines.count(), items(&events).len());
    let of_ada = world.get(&world.admin, "/audit-events?actor=ada&order=newest-first&limit=200").await;
    assert!(items(&of_ada).iter().all(|event| event["actor"]["id"] == "ada"));
    let seqs: Vec<u64> = items(&of_ada).iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert!(seqs.len() >= 3 && seqs.is_sorted_by(|a, b| a > b), "{seqs:?}");
    let denied = world.get(&ada, "/audit-events/export?format=csv").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_export_ends_with_the_token_that_began_it() {
    let world = World::still().await;
    for number in 0..1_000 {
        world.create(&world.admin, &format!("/services/s{number}"), json!({ "name": "S" })).await;
    }
    let auditor = json!({ "principal": "otto", "roles": ["auditor"] });
    let auditor = world.post(&world.admin, "/tokens", auditor).await;
    for revoked in [false, true] {
        let request = world.call(&auditor.text("/token"), "GET", "/audit-events/export?format=csv");
        let (head, mut body) = request.begin().await;
        assert_eq!(head.status, StatusCode::OK);
        body.frame().await.unwrap().unwrap();
        if revoked {
            let path = format!("/tokens/{}", auditor.text("/id"));
            world.call(&world.admin, "DELETE", &path).header("if-match", "\"1\"").send().await;
        }
        let read = body.collect().await.map(|rest| rest.to_bytes().split(|byte| *byte == b'\n').count());
        assert_eq!(read.is_err(), revoked, "{read:?}");
        assert!(read.is_err() || read.is_ok_and(|lines| lines > 1_000));
    }
}

#[tokio::test]
async fn one_call_tells_what_runs_where() {
    let (world, ada) = busy().await;
    let rows = world.get(&ada, "/overview").await;
    let staging = items(&rows).iter().find(|row| row["deployment"] == "shop-staging").unwrap();
    let latest = world.get(&ada, "/releases?deployment=shop-staging&limit=1").await;
    assert_eq!(staging["running"]["release"], items(&latest)[0]["id"]);
    assert_eq!((&staging["executing"], &staging["attention"]), (&Value::Null, &json!([])));
    let first = world.get(&ada, "/overview?limit=1").await;
    let second = world.get(&ada, &format!("/overview?limit=1&after={}", first.text("/next"))).await;
    assert_ne!(items(&first)[0]["deployment"], items(&second)[0]["deployment"]);
    assert!(items(&world.get(&ada, "/overview?environment=mars").await).is_empty());
}

#[tokio::test]
async fn approvers_find_what_waits_for_them() {
    let (world, ada) = busy().await;
    let ben = world.person("ben", &["approver"]).await;
    assert!(items(&world.get(&ben, "/me/approvals").await).is_empty());
    let run = items(&world.get(&ada, "/services/shop/ci-runs").await)[0]["id"].as_str().unwrap().to_owned();
    let asked = world.post(&ada, "/releases", release_draft("shop-production", &run)).await;
    let waiting = world.get(&ben, "/me/approvals?limit=1").await;
    assert_eq!(items(&waiting)[0]["id"], asked.text("/id"));
    assert!(items(&world.get(&ada, "/me/approvals").await).is_empty(), "nobody votes on their own");
}
