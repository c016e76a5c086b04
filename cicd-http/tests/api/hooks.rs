//! Sources from the outside: what a sender is answered, and what an operator sees of it.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use cicd_core::testing::sender::hub_signature;
use cicd_http::limits::FAILING_ADDRESSES;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Answer, Request, SECRET, World, source_draft};

/// How many deliveries of a source may wait for their commit.
const WAITING: usize = 32;

fn push(commit: char) -> Value {
    let commit = commit.to_string().repeat(40);
    json!({
        "ref": "refs/heads/main", "after": commit, "repository": { "clone_url": "https://example.com/shop.git" },
        "head_commit": { "id": commit, "url": "https://example.com/c", "author": { "name": "Grace" } },
    })
}

/// A host with a source of `shop` that source events may build; its path, and its hook.
async fn with_source() -> (World, String, String) {
    with_source_of(World::still().await).await
}

async fn with_source_of(world: World) -> (World, String, String) {
    let world = world.with_shop().await;
    let config = world.get(&world.admin, "/services/shop/ci-config").await.body["spec"].clone();
    let mut config = config;
    config["trigger_mode"] = json!("both");
    let put = world.call(&world.admin, "PUT", "/services/shop/ci-config").header("if-match", "\"1\"");
    assert_eq!(put.json(&config).send().await.status, StatusCode::OK);
    let created = world.post(&world.admin, "/sources", source_draft()).await;
    assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
    let hook = created.text("/hook");
    assert_eq!(hook, format!("/api/v1/hooks/default.{}", created.text("/id")));
    let path = created.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    (world, path, hook)
}

/// A request of a sender who knows `secret`.
fn sent(world: &World, hook: &str, (id, secret): (&str, &str), body: &str) -> Request {
    let signature = hub_signature(secret, body.as_bytes());
    let request = world.anonymous("POST", hook).header("content-type", "application/json");
    let request = request.header("x-github-event", "push").header("x-github-delivery", id);
    request.header("x-hub-signature-256", &signature).body(body.to_owned())
}

fn refused(answer: &Answer) {
    assert_eq!((answer.status, answer.problem()), (StatusCode::UNAUTHORIZED, "unverified"), "{answer:?}");
}

/// What the metrics tell of deliveries.
async fn counted(world: &World, provider: &str, outcome: &str, count: usize) {
    let text = String::from_utf8(world.anonymous("GET", "/metrics").send().await.bytes).unwrap();
    let labels = format!(r#"direction="in",provider="{provider}",outcome="{outcome}""#);
    let line = format!("cicd_webhook_deliveries_total{{{labels}}} {count}");
    assert!(text.lines().any(|found| found == line), "`{line}` is not in\n{text}");
}

#[tokio::test]
async fn a_delivery_is_accepted_once_and_starts_a_run() {
    let (world, path, hook) = with_source().await;
    let body = push('a').to_string();
    let accepted = sent(&world, &hook, ("1", SECRET), &body).send().await;
    assert_eq!(
        (accepted.status, &accepted.body["duplicate"]),
        (StatusCode::ACCEPTED, &json!(false)),
        "{accepted:?}"
    );
    for id in ["1", "2"] {
        let repeat = sent(&world, &hook, (id, SECRET), &body).send().await;
        assert_eq!((repeat.status, &repeat.body["duplicate"]), (StatusCode::OK, &json!(true)), "{repeat:?}");
        assert_eq!(repeat.body["delivery"], accepted.body["delivery"]);
    }
    for (outcome, count) in [("accepted", 1), ("duplicate", 2)] {
        counted(&world, "github", outcome, count).await;
    }
    let runs = world.get(&world.admin, "/services/shop/ci-runs").await.body["items"].clone();
    let [run] = runs.as_array().unwrap().as_slice() else { panic!("{runs}") };
    assert_eq!(
        (&run["trigger"]["trigger_type"], &run["trigger"]["source"]["author"]),
        (&json!("source-event"), &json!("Grace"))
    );
    let log = world.get(&world.admin, &format!("{path}/deliveries")).await;
    assert_eq!(log.body["items"].as_array().unwrap().len(), 1, "{log:?}");
    assert_eq!(
        log.body["items"][0]["changes"][0]["outcome"],
        json!({ "status": "triggered", "run": run["id"] })
    );
    let delivery = format!("{path}/deliveries/{}", accepted.text("/delivery"));
    assert_eq!(world.get(&world.admin, &delivery).await.body, log.body["items"][0]);
    let again = world.post(&world.admin, &format!("{delivery}/redeliver"), json!({})).await;
    assert_eq!((again.status, &again.body["redeliveries"]), (StatusCode::OK, &json!(1)), "{again:?}");
    assert_eq!(
        world.get(&world.admin, "/services/shop/ci-runs").await.body["items"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn the_log_of_a_source_is_narrowed_by_what_came_of_its_deliveries() {
    let (world, path, hook) = with_source().await;
    let mut foreign = push('b');
    foreign["repository"]["clone_url"] = json!("https://example.com/other.git");
    for (id, body) in [("1", push('a')), ("2", foreign), ("3", push('c'))] {
        let taken = sent(&world, &hook, (id, SECRET), &body.to_string()).send().await;
        assert_eq!(taken.status, StatusCode::ACCEPTED, "{taken:?}");
    }
    let listed = async |filter: &str| {
        let log = world.get(&world.admin, &format!("{path}/deliveries{filter}")).await;
        let rows = log.body["items"].as_array().unwrap().clone();
        rows.iter().map(|row| row["sender_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed("").await, ["3", "2", "1"]);
    assert_eq!(listed("?outcome=triggered").await, ["3", "1"]);
    assert_eq!(listed("?outcome=ignored").await, ["2"]);
    assert_eq!(listed("?outcome=triggered&limit=1").await, ["3"]);
    let refused = world.get(&world.admin, &format!("{path}/deliveries?outcome=lost")).await;
    assert_eq!((refused.status, refused.violations()[0].0), (StatusCode::BAD_REQUEST, "/outcome"));
}

#[tokio::test]
async fn nobody_is_told_why_a_delivery_is_not_taken() {
    let (world, path, hook) = with_source().await;
    let body = push('a').to_string();
    let good = || sent(&world, &hook, ("1", SECRET), &body);
    let elsewhere = hook.replace("default.", "other.");
    let unknown = format!("{}0000", &hook[..hook.len() - 4]);
    let mut answers = vec![
        sent(&world, &hook, ("1", "not-the-secret-of-it"), &body).send().await,
        good().header("x-hub-signature-256", "sha256=00").send().await,
        good().body(push('b').to_string()).send().await,
        good().body("not json at all").send().await,
        good().body("").send().await,
        sent(&world, &elsewhere, ("1", SECRET), &body).send().await,
        sent(&world, &unknown, ("1", SECRET), &body).send().await,
        sent(&world, "/api/v1/hooks/nothing", ("1", SECRET), &body).send().await,
        sent(&world, &hook.replace("default.", ""), ("1", SECRET), &body).send().await,
    ];
    answers.iter().for_each(refused);
    // By its provider, whoever reads the metrics would know a source that is there from one that isn't.
    counted(&world, "unknown", "unverified", answers.len()).await;
    let mut bodies: Vec<Value> = answers.iter_mut().map(|answer| answer.body.take()).collect();
    bodies.iter_mut().for_each(|body| drop(body.as_object_mut().unwrap().remove("request_id")));
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "all are answered alike: {bodies:?}");
    assert_eq!(world.get(&world.admin, &format!("{path}/deliveries")).await.body["items"], json!([]));
    assert_eq!(good().send().await.status, StatusCode::ACCEPTED, "the sender itself is not held back");
}

#[tokio::test]
async fn a_body_is_bounded_and_taken_as_it_came() {
    let (world, _, hook) = with_source().await;
    let huge = format!("\"{}\"", "x".repeat(cicd_http::limits::BODY_BYTES));
    let too_large = sent(&world, &hook, ("1", SECRET), &huge).send().await;
    assert_eq!((too_large.status, too_large.problem()), (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large"));
    let form = world.anonymous("POST", &hook).header("content-type", "application/x-www-form-urlencoded");
    let form = form.body(format!("payload={}", push('a'))).send().await;
    assert_eq!(form.problem(), "unsupported-media-type");
    // Signed, but no payload: it is stored, and the log says why it starts nothing.
    let nonsense = sent(&world, &hook, ("2", SECRET), "[[[[").send().await;
    assert_eq!(nonsense.status, StatusCode::ACCEPTED, "{nonsense:?}");
}

#[tokio::test]
async fn an_address_that_forges_has_to_wait_for_that_source_alone() {
    let (world, _, hook) = with_source().await;
    let other = world.post(&world.admin, "/sources", source_draft()).await.text("/hook");
    let from = |address: [u8; 4]| ConnectInfo(SocketAddr::from((address, 7)));
    let body = push('a').to_string();
    for _ in 0..10 {
        let forged =
            sent(&world, &hook, ("1", "not-the-secret-of-it"), &body).extension(from([192, 0, 2, 1]));
        refused(&forged.send().await);
    }
    let good = |hook: &str, address| sent(&world, hook, ("1", SECRET), &body).extension(from(address)).send();
    let held = good(&hook, [192, 0, 2, 1]).await;
    assert_eq!((held.status, held.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-many-failures"));
    assert!(!held.header("retry-after").is_empty());
    assert_eq!(good(&hook, [192, 0, 2, 2]).await.status, StatusCode::ACCEPTED);
    assert_eq!(good(&other, [192, 0, 2, 1]).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn whoever_shares_an_address_with_a_sender_can_not_silence_it() {
    let (world, _, hook) = with_source().await;
    let body = push('a').to_string();
    let there = ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 7)));
    let nowhere = "/api/v1/hooks/acme.01890000-0000-7000-8000-000000000000";
    let sends = |hook: &str| sent(&world, hook, ("1", SECRET), &body).extension(there).send();
    for _ in 0..10 {
        refused(&sends(nowhere).await);
    }
    assert_eq!(sends(nowhere).await.status, StatusCode::TOO_MANY_REQUESTS, "as where a source is");
    assert_eq!(sends(&hook).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn whoever_makes_up_sources_is_held_back_from_those_that_are_there() {
    let (world, _, hook) = with_source().await;
    let body = push('a').to_string();
    let there = ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 7)));
    let forges =
        |hook: &str| sent(&world, hook, ("1", "not-the-secret-of-it"), &body).extension(there).send();
    for _ in 0..10 {
        refused(&forges(&hook).await);
    }
    for number in 0..=FAILING_ADDRESSES {
        refused(&forges(&format!("/api/v1/hooks/acme.01890000-0000-7000-8000-{number:012x}")).await);
    }
    assert_eq!(forges(&hook).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_source_is_managed_with_its_version() {
    let (world, path, hook) = with_source().await;
    let admin = world.admin.clone();
    let shown = world.get(&admin, &path).await;
    assert_eq!((shown.header("etag"), &shown.body["secrets"]), ("\"1\"", &json!([{ "secret": "hook" }])));
    assert!(!String::from_utf8_lossy(&shown.bytes).contains(SECRET), "a secret is named, never told");
    let mut draft = source_draft();
    draft["events"] = json!(["tag"]);
    let put =
        |version: &str| world.call(&admin, "PUT", &path).header("if-match", version).json(&draft).send();
    assert_eq!(put("\"7\"").await.problem(), "precondition-failed");
    let changed = put("\"1\"").await;
    assert_eq!(
        (changed.status, changed.header("etag"), &changed.body["events"]),
        (StatusCode::OK, "\"2\"", &json!(["tag"]))
    );
    let body = push('a').to_string();
    sent(&world, &hook, ("1", SECRET), &body).send().await;
    let log = world.get(&admin, &format!("{path}/deliveries")).await;
    assert_eq!(log.body["items"][0]["changes"][0]["outcome"]["reason"]["code"], "not_wanted");
    let moved = world.call(&admin, "PUT", &path).header("if-match", "\"2\"");
    draft["service"] = json!("gone");
    assert_eq!(moved.json(&draft).send().await.violations(), [("/service", "immutable")]);
    let listed = world.get(&admin, "/sources").await;
    assert_eq!(listed.body["items"][0]["hook"], hook);
    let gone = world.call(&admin, "DELETE", &path).header("if-match", "\"2\"").send().await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    refused(&sent(&world, &hook, ("2", SECRET), &body).send().await);
    assert_eq!(world.get(&admin, &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_source_that_is_busy_says_so() {
    let (world, gate) = World::gated().await;
    let (world, path, hook) = with_source_of(world).await;
    let deliver = |number: usize| {
        let body = json!({ "number": number }).to_string();
        sent(&world, &hook, (&format!("n{number}"), SECRET), &body).send()
    };
    gate.held(true);
    let one_more = async {
        while gate.waiting() < WAITING {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let busy = deliver(WAITING).await;
        assert_eq!((busy.status, busy.problem()), (StatusCode::TOO_MANY_REQUESTS, "source-busy"), "{busy:?}");
        assert_eq!(busy.header("retry-after"), "1");
        gate.held(false);
    };
    let (answers, ()) = tokio::join!(join_all((0..WAITING).map(deliver)), one_more);
    for answer in answers {
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    }
    assert_eq!(deliver(WAITING).await.status, StatusCode::ACCEPTED, "its turn came");
    let log = world.get(&world.admin, &format!("{path}/deliveries?limit=200")).await;
    assert_eq!(log.body["items"].as_array().unwrap().len(), WAITING + 1);
}
