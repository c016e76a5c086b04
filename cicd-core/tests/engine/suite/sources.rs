//! Sources of events: what they may start, and what they may not.

use std::sync::Arc;

use cicd_core::audit::{Chain, SubjectKind};
use cicd_core::authz::Actor;
use cicd_core::ci::run::CiRun;
use cicd_core::ci::trigger::TriggerType;
use cicd_core::engine::{DeliverError, Delivered, EngineError, Options};
use cicd_core::id::{RowVersion, SourceId};
use cicd_core::page::Limit;
use cicd_core::port::{EventQuery, ListQuery, RunFilter, Store as _};
use cicd_core::source::{ChangeOutcome, Headers, Source, SourceDelivery, SourceDraft};
use cicd_core::testing::sender::hub_signature;
use serde_json::{Value, json};

use super::world::{SECRETS, World, ci_config, rolling};

pub(crate) const SECRET: &str = SECRETS[0].1;
const DAY: u64 = 86_400;

pub(crate) fn draft(name: &str) -> SourceDraft {
    SourceDraft::parse(
        &json!({"name": name, "service": "shop", "provider": "github", "secrets": [{"secret": "hook"}]}),
    )
    .unwrap()
}

/// A source of the service that signs as GitHub does.
pub(crate) async fn source(world: &World) -> Source {
    world.engine.create_source(&world.ada(), &draft("GitHub"), &Options::default()).await.unwrap().value
}

/// A push to a branch; `commit` is the digit of its commit.
pub(crate) fn pushed(branch: &str, commit: char) -> Value {
    let commit = commit.to_string().repeat(40);
    json!({
        "ref": format!("refs/heads/{branch}"), "before": "b".repeat(40), "after": commit,
        "commits": [{"id": commit, "added": ["src/lib.rs"], "removed": [], "modified": []}],
        "head_commit": {"id": commit, "url": "https://git.example/shop/commit/1", "author": {"name": "Grace"}},
        "repository": {"clone_url": "https://git.example/shop.git"},
    })
}

/// Sends `body` with an id of its own.
pub(crate) async fn push(world: &World, source: &Source, body: &Value) -> Result<Delivered, DeliverError> {
    let id = cicd_core::digest::Digest::of(body.to_string().as_bytes()).hex();
    send(world, source.id, ("push", &id, SECRET), body.to_string().as_bytes()).await
}

async fn send(
    world: &World,
    source: SourceId,
    (event, id, secret): (&str, &str, &str),
    body: &[u8],
) -> Result<Delivered, DeliverError> {
    let signature = hub_signature(secret, body);
    let headers =
        [("X-GitHub-Event", event), ("X-GitHub-Delivery", id), ("X-Hub-Signature-256", signature.as_str())];
    let headers = Headers::new(headers.map(|(name, value)| (name, value.as_bytes())));
    world.engine.deliver(&world.tenant, source, &headers, body).await
}

async fn runs(world: &World) -> Vec<CiRun> {
    let query = ListQuery::CiRuns(RunFilter::default());
    let page = world.store.list(&world.tenant, &query, None, Limit::default()).await.unwrap();
    page.items.into_iter().map(|record| record.try_into().unwrap()).collect()
}

async fn log(world: &World, source: &Source) -> Vec<SourceDelivery> {
    let page = world.engine.deliveries(&world.ann(), source.id, None, None, Limit::default()).await.unwrap();
    page.items.into_iter().map(|record| record.try_into().unwrap()).collect()
}

/// Why the first change of the latest delivery was ignored.
async fn ignored(world: &World, source: &Source) -> String {
    let latest = log(world, source).await.remove(0);
    match &latest.changes[0].outcome {
        ChangeOutcome::Ignored { reason, .. } => {
            serde_json::to_value(reason).unwrap()["code"].as_str().unwrap().to_owned()
        }
        ChangeOutcome::Triggered { run } => format!("run {run}"),
    }
}

async fn head(world: &World) -> u64 {
    world.store.head(&world.tenant, Chain::Ledger).await.unwrap().seq
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_starts_a_run_that_says_where_it_comes_from() {
    let world = World::new(rolling()).await;
    let source = source(&world).await;
    let delivered = push(&world, &source, &pushed("main", 'a')).await.unwrap();
    assert!(!delivered.is_duplicate);
    let run = runs(&world).await.remove(0);
    assert_eq!(run.trigger.trigger_type, TriggerType::SourceEvent);
    assert_eq!(run.trigger.actor.as_str(), format!("source/{}", source.id));
    assert_eq!(
        (run.trigger.git_ref.to_string(), run.trigger.commit.as_str()),
        ("branch main".to_owned(), "a".repeat(40).as_str())
    );
    let told = run.trigger.source.as_deref().unwrap();
    assert_eq!(
        (told.source, told.delivery, told.author.as_deref()),
        (source.id, delivered.delivery, Some("Grace"))
    );
    assert_eq!(told.link.as_deref(), Some("https://git.example/shop/commit/1"));
    let delivery = world.engine.delivery(&world.ann(), source.id, delivered.delivery).await.unwrap();
    assert_eq!(delivery.changes[0].outcome, ChangeOutcome::Triggered { run: run.id });
    let events = world.store.events(&world.tenant, &EventQuery::of(Chain::Ledger)).await.unwrap();
    let [.., delivered, triggered] = events.as_slice() else { panic!("two events") };
    for (stored, kind) in [(delivered, "source.delivered"), (triggered, "ci_run.triggered")] {
        let event = stored.event().unwrap();
        assert_eq!((event.kind.as_str(), event.actor), (kind, Actor::Source { id: source.id }));
        assert_eq!(
            (event.subject.service.as_ref(), stored.at),
            (Some(&world.service()), delivered.at),
            "one commit"
        );
    }
    let _workers = world.work();
    world.until_run(run.id, "succeeded").await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeat_is_known_by_its_id_and_by_its_body() {
    let world = World::new(rolling()).await;
    let source = source(&world).await;
    let (body, other) = (pushed("main", 'a').to_string(), pushed("main", 'c').to_string());
    let first = send(&world, source.id, ("push", "1", SECRET), body.as_bytes()).await.unwrap();
    let (seq, mut repeats) = (head(&world).await, Vec::new());
    for (id, body) in [("1", &body), ("2", &body), ("1", &other)] {
        repeats.push(send(&world, source.id, ("push", id, SECRET), body.as_bytes()).await.unwrap());
    }
    assert_eq!(repeats, [Delivered { is_duplicate: true, ..first }; 3]);
    assert_eq!((runs(&world).await.len(), head(&world).await), (1, seq), "a repeat changes nothing");
    // Another source has its own memory.
    let second = self::source(&world).await;
    assert!(!send(&world, second.id, ("push", "1", SECRET), body.as_bytes()).await.unwrap().is_duplicate);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_repeats_at_once_one_starts_a_run() {
    let world = Arc::new(World::new(rolling()).await);
    let source = source(&world).await;
    let tries = (0..16).map(|number| {
        let (world, source) = (Arc::clone(&world), source.id);
        tokio::spawn(async move {
            let body = pushed("main", 'a').to_string();
            // Half of them come with an id of their own.
            let id = if number % 2 == 0 { "same".to_owned() } else { number.to_string() };
            send(&world, source, ("push", &id, SECRET), body.as_bytes()).await.unwrap()
        })
    });
    let mut delivered = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        delivered.push(one.await.unwrap());
    }
    assert_eq!(delivered.iter().filter(|one| !one.is_duplicate).count(), 1);
    assert!(delivered.iter().all(|one| one.delivery == delivered[0].delivery));
    assert_eq!(runs(&world).await.len(), 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_verified_leaves_nothing_behind() {
    let world = World::new(rolling()).await;
    let (source, gone) = (source(&world).await, source(&world).await);
    let expected = Options { expected: Some(RowVersion(1)), ..Options::default() };
    world.engine.delete_source(&world.ada(), gone.id, &expected).await.unwrap();
    let (seq, body) = (head(&world).await, pushed("main", 'a').to_string());
    let unknown = SourceId::from_uuid(cicd_core::testing::builders::uuid(7));
    let refused = send(&world, source.id, ("push", "1", "not-the-secret-of-it"), body.as_bytes()).await;
    assert!(matches!(refused, Err(DeliverError::Unverified { .. })), "{refused:?}");
    for source in [unknown, gone.id] {
        let refused = send(&world, source, ("push", "1", SECRET), body.as_bytes()).await;
        assert_eq!(refused, Err(DeliverError::Unknown));
    }
    let elsewhere = "other".parse().unwrap();
    let signature = hub_signature(SECRET, body.as_bytes());
    let headers = Headers::new([("x-hub-signature-256", signature.as_bytes())]);
    let refused = world.engine.deliver(&elsewhere, source.id, &headers, body.as_bytes()).await;
    assert_eq!(refused, Err(DeliverError::Unknown), "a source is of one tenant");
    assert_eq!((runs(&world).await.len(), head(&world).await), (0, seq));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_decides_and_the_log_says_why() {
    let world = World::new(rolling()).await;
    let (source, plain) = (source(&world).await, Options::default());
    let put = async |change: Value| {
        let mut config = ci_config();
        config.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        world.engine.put_ci_config(&world.ann(), &world.service(), &config, &plain).await.unwrap();
    };
    let with = |mut body: Value, member: &str, value: Value| {
        body[member] = value;
        body
    };
    push(
        &world,
        &source,
        &with(pushed("main", '1'), "repository", json!({"clone_url": "https://git.example/other.git"})),
    )
    .await
    .unwrap();
    assert_eq!(ignored(&world, &source).await, "other_repository");
    push(&world, &source, &with(pushed("main", '2'), "repository", json!({}))).await.unwrap();
    assert_eq!(ignored(&world, &source).await, "other_repository", "a forge says which repository it is");
    push(&world, &source, &with(pushed("main", '3'), "deleted", json!(true))).await.unwrap();
    assert_eq!(ignored(&world, &source).await, "deleted");
    send(&world, source.id, ("ping", "ping", SECRET), b"{}").await.unwrap();
    assert_eq!(ignored(&world, &source).await, "ping");
    let merged = json!({"action": "closed", "repository": {"clone_url": "https://git.example/shop.git"},
        "pull_request": {"merged": true, "merge_commit_sha": "a".repeat(40), "base": {"ref": "main"}}});
    send(&world, source.id, ("pull_request", "merge", SECRET), merged.to_string().as_bytes()).await.unwrap();
    assert_eq!(ignored(&world, &source).await, "not_wanted", "the push that comes with it tells the same");
    for (number, change) in ('4'..).zip([
        json!({"trigger_mode": "manual"}),
        json!({"branches": ["release/*"]}),
        json!({"paths": ["docs/**"]}),
    ]) {
        put(change).await;
        push(&world, &source, &pushed("main", number)).await.unwrap();
        assert_eq!(ignored(&world, &source).await, "policy");
    }
    world.engine.delete_ci_config(&world.ann(), &world.service(), &plain).await.unwrap();
    push(&world, &source, &pushed("main", '8')).await.unwrap();
    assert_eq!(ignored(&world, &source).await, "no_ci_config");
    assert!(runs(&world).await.is_empty());
    put(json!({"trigger_mode": "source-event"})).await;
    push(&world, &source, &pushed("main", '9')).await.unwrap();
    assert_eq!(runs(&world).await.len(), 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redelivery_asks_the_policy_again() {
    let world = World::new(rolling()).await;
    let (source, plain) = (source(&world).await, Options::default());
    let mut manual = ci_config();
    manual["trigger_mode"] = json!("manual");
    world.engine.put_ci_config(&world.ann(), &world.service(), &manual, &plain).await.unwrap();
    let id = push(&world, &source, &pushed("main", 'a')).await.unwrap().delivery;
    let again = world.engine.redeliver(&world.ada(), source.id, id, &plain).await.unwrap().value;
    assert!(matches!(again.changes[0].outcome, ChangeOutcome::Ignored { .. }));
    world.engine.put_ci_config(&world.ann(), &world.service(), &ci_config(), &plain).await.unwrap();
    let again = world.engine.redeliver(&world.ada(), source.id, id, &plain).await.unwrap().value;
    let run = runs(&world).await.remove(0);
    assert_eq!(again.changes[0].outcome, ChangeOutcome::Triggered { run: run.id });
    assert_eq!((again.redeliveries, again.redelivered_by), (2, Some(world.ada().principal)));
    assert_eq!(run.trigger.trigger_type, TriggerType::SourceEvent);
    assert_eq!(run.trigger.reason.as_deref(), Some("redelivered by ada"));
    let denied = world.engine.redeliver(&world.ann(), source.id, id, &plain).await;
    assert!(matches!(denied, Err(EngineError::Denied { .. })), "{denied:?}");
    let ping = send(&world, source.id, ("ping", "ping", SECRET), b"{}").await.unwrap().delivery;
    let nothing = world.engine.redeliver(&world.ada(), source.id, ping, &plain).await;
    assert!(matches!(nothing, Err(EngineError::Invalid(_))), "{nothing:?}");
    let other = self::source(&world).await;
    let elsewhere = world.engine.redeliver(&world.ada(), other.id, id, &plain).await;
    assert!(matches!(elsewhere, Err(EngineError::NotFound { .. })), "{elsewhere:?}");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_replaced_without_losing_a_delivery() {
    let world = World::new(rolling()).await;
    let (source, plain) = (source(&world).await, Options::default());
    let put = async |secrets: &[&str]| {
        let secrets = secrets.iter().map(|name| json!({"secret": name})).collect();
        let draft = SourceDraft {
            secrets: serde_json::from_value(Value::Array(secrets)).unwrap(),
            ..draft("GitHub")
        };
        world.engine.put_source(&world.ada(), source.id, &draft, &plain).await.unwrap();
    };
    let sent = async |number: char, secret: &str| {
        let body = pushed("main", number).to_string();
        send(&world, source.id, ("push", &number.to_string(), secret), body.as_bytes()).await.map(drop)
    };
    let next = SECRETS[1].1;
    put(&["hook", "next-hook"]).await;
    assert_eq!((sent('1', SECRET).await, sent('2', next).await), (Ok(()), Ok(())));
    put(&["next-hook", "no-such-secret"]).await;
    assert!(matches!(sent('3', SECRET).await, Err(DeliverError::Unverified { .. })));
    assert_eq!(sent('4', next).await, Ok(()));
    put(&["no-such-secret"]).await;
    let missing = sent('5', next).await;
    assert!(
        matches!(
            missing,
            Err(DeliverError::Engine { error: EngineError::Unavailable { .. }, provider: None })
        ),
        "{missing:?}"
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_old_is_forgotten_with_its_marks() {
    let world = World::new(rolling()).await;
    let source = source(&world).await;
    push(&world, &source, &pushed("main", '1')).await.unwrap();
    world.clock.jump(20 * DAY);
    push(&world, &source, &pushed("main", '2')).await.unwrap();
    assert_eq!(world.engine.forget_deliveries(&world.tenant, 30 * DAY).await, Ok(0));
    world.clock.jump(11 * DAY);
    assert_eq!(world.engine.forget_deliveries(&world.tenant, 30 * DAY).await, Ok(1));
    assert_eq!(log(&world, &source).await.len(), 1);
    let event = world.store.events(&world.tenant, &EventQuery::of(Chain::Ledger)).await.unwrap();
    let event = event.last().unwrap().event().unwrap();
    assert_eq!(
        (event.kind.as_str(), event.subject.kind),
        ("source.deliveries_forgotten", SubjectKind::Tenant)
    );
    assert!(push(&world, &source, &pushed("main", '2')).await.unwrap().is_duplicate);
    assert!(!push(&world, &source, &pushed("main", '1')).await.unwrap().is_duplicate);
    world.check().await;
}
