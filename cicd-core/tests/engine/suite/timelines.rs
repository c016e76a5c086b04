//! What belongs to a timeline, and how it is narrowed.

use cicd_core::cd::FloorDraft;
use cicd_core::engine::{AuditQuery, Options};
use cicd_core::gate::FreezeDraft;
use cicd_core::memory::Clock as _;
use cicd_core::page::Limit;
use cicd_core::service::Tier;
use cicd_core::timeline::{TimelineEntry, TimelineQuery, group};
use serde_json::{Value, json};

use super::commands::lock;
use super::world::{World, voted};

/// All that a page of a timeline can hold, the first thing first.
pub(crate) fn whole() -> TimelineQuery {
    TimelineQuery { oldest_first: true, limit: Limit::new(200).unwrap(), ..TimelineQuery::default() }
}

async fn freeze(world: &World, scope: Value, reason: &str) {
    let (from, until) = (world.clock.now(), world.clock.now().plus_seconds(3_600));
    let draft = json!({"scope": scope, "from": from, "until": until, "reason": reason});
    let draft = FreezeDraft::parse(&draft).unwrap();
    world.engine.add_freeze(&world.rita(), &draft, &Options::default()).await.unwrap();
}

async fn floor(world: &World, tier: Tier) {
    let draft = FloorDraft { minimum_votes: 2 };
    world.engine.put_floor(&world.ada(), tier, &draft, &Options::default()).await.unwrap();
}

/// A release that waits for its vote while the rules change around it.
async fn governed() -> (World, cicd_core::release::Release) {
    let world = World::new(voted(1)).await;
    let release = world.release("1.0").await;
    freeze(&world, json!({"kind": "tenant"}), "everywhere").await;
    freeze(&world, json!({"kind": "tier", "tier": "staging"}), "here").await;
    freeze(&world, json!({"kind": "tier", "tier": "production"}), "elsewhere").await;
    freeze(&world, json!({"kind": "deployment", "deployment": "shop-eu"}), "just here").await;
    floor(&world, Tier::Staging).await;
    floor(&world, Tier::Production).await;
    world.engine.take_lock(&world.rita(), &lock(&world, 60), &Options::default()).await.unwrap();
    (world, release)
}

async fn told(world: &World, query: &TimelineQuery) -> Vec<TimelineEntry> {
    let page = world.engine.service_timeline(&world.ann(), &world.service(), query).await.unwrap();
    assert_eq!(page.next, None, "it is all on one page");
    page.items
}

fn kinds(entries: &[TimelineEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.kind.as_str()).collect()
}

const GOVERNED: [&str; 5] = ["freeze.added", "freeze.added", "freeze.added", "policy.changed", "lock.taken"];

fn of_kinds(text: &[&str]) -> TimelineQuery {
    TimelineQuery { kinds: text.iter().map(|kind| kind.parse().unwrap()).collect(), ..whole() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_governs_a_deployment_belongs_to_its_service_and_its_release() {
    let (world, release) = governed().await;
    let governs = of_kinds(&["freeze", "policy", "lock"]);
    let found = told(&world, &governs).await;
    assert_eq!(kinds(&found), GOVERNED);
    assert!(found.iter().all(|entry| !entry.summary.contains("elsewhere")), "{found:?}");
    let of_release = world.engine.release_timeline(&world.ann(), release.id(), &governs).await.unwrap();
    assert_eq!(of_release.items, found);
    let all = told(&world, &whole()).await;
    assert!(all.is_sorted_by(|a, b| a.seq < b.seq), "each once, in order");
    assert!(kinds(&all).contains(&"release.created"), "{all:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timelines_are_narrowed() {
    let (world, _) = governed().await;
    let all = told(&world, &whole()).await;
    let created = told(&world, &of_kinds(&["release.created", "lock"])).await;
    assert_eq!(kinds(&created), ["release.created", "lock.taken"]);
    let rita = TimelineQuery { actor: Some("rita".to_owned()), ..whole() };
    assert_eq!(
        kinds(&told(&world, &rita).await),
        ["freeze.added", "freeze.added", "freeze.added", "lock.taken"]
    );
    let here = TimelineQuery { environment: Some("eu".parse().unwrap()), ..whole() };
    let found = told(&world, &here).await;
    assert!(kinds(&found).ends_with(&GOVERNED), "{found:?}");
    assert!(!kinds(&found).contains(&"ci_config.put"), "a service's own belongs to no environment");
    let nowhere = TimelineQuery { environment: Some("mars".parse().unwrap()), ..whole() };
    assert_eq!(told(&world, &nowhere).await, []);
    let middle = all[all.len() / 2].at;
    let since = TimelineQuery { since: Some(middle), ..whole() };
    let until = TimelineQuery { until: Some(middle), ..whole() };
    let expected =
        |late: bool| all.iter().filter(|entry| (entry.at >= middle) == late).cloned().collect::<Vec<_>>();
    assert_eq!(told(&world, &since).await, expected(true));
    assert_eq!(told(&world, &until).await, expected(false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_of_a_timeline_are_the_timeline() {
    let (world, release) = governed().await;
    for oldest_first in [true, false] {
        let whole = TimelineQuery { oldest_first, ..of_kinds(&["freeze", "lock", "release"]) };
        let all = told(&world, &whole).await;
        let (ann, service) = (world.ann(), world.service());
        for is_service in [true, false] {
            let mut query = TimelineQuery { limit: Limit::new(2).unwrap(), ..whole.clone() };
            let mut seen = Vec::new();
            loop {
                let page = if is_service {
                    world.engine.service_timeline(&ann, &service, &query).await.unwrap()
                } else {
                    world.engine.release_timeline(&ann, release.id(), &query).await.unwrap()
                };
                assert!(page.items.len() <= 2);
                seen.extend(page.items);
                query.after = page.next.map(|next| next.parse().unwrap());
                if query.after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, all, "oldest first: {oldest_first}, of the service: {is_service}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_hold_what_belongs_together() {
    let world = World::new(voted(1)).await;
    let (first, second) = (world.release("1.0").await, world.release("2.0").await);
    world.approve(1, &first).await.unwrap();
    let entries = told(&world, &TimelineQuery { kinds: Vec::new(), ..whole() }).await;
    let groups = group(entries.clone());
    let of = |id| groups.iter().filter(|group| group.release == Some(id)).collect::<Vec<_>>();
    let [one] = of(first.id())[..] else { panic!("{groups:?}") };
    assert!(kinds(&one.entries).starts_with(&["release.created", "release.vote_cast"]), "{one:?}");
    assert!(one.from <= one.until);
    assert_eq!(of(second.id()).len(), 1);
    let mut again: Vec<TimelineEntry> = groups.into_iter().flat_map(|group| group.entries).collect();
    again.sort_by_key(|entry| entry.seq);
    assert_eq!(again, entries, "nothing is lost, nothing comes twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_record_for_the_law_is_narrowed_and_paged() {
    let (world, release) = governed().await;
    let all = AuditQuery::of(cicd_core::audit::Chain::Ledger);
    let page = world.engine.audit_events(&world.ada(), &all, 999).await.unwrap();
    assert_eq!(page.next, None);
    let seqs = |query: AuditQuery, limit: u16| {
        let world = &world;
        async move {
            let (mut query, mut seen) = (query, Vec::new());
            loop {
                let page = world.engine.audit_events(&world.ada(), &query, limit).await.unwrap();
                seen.extend(page.items.iter().map(|event| event.seq));
                query.events.after = page.next.map(|next| next.parse().unwrap());
                if query.events.after.is_none() {
                    return seen;
                }
            }
        }
    };
    let group = AuditQuery { kind: Some("freeze".parse().unwrap()), ..all.clone() };
    assert_eq!(seqs(group.clone(), 999).await.len(), 4, "those that touch nothing here, too");
    assert_eq!(seqs(group.clone(), 1).await, seqs(group, 999).await);
    let about = AuditQuery { subject: Some(release.id().to_string()), ..all.clone() };
    assert!(!seqs(about, 2).await.is_empty());
    let floors = AuditQuery { subject_kind: Some(cicd_core::audit::SubjectKind::PolicyFloor), ..all.clone() };
    assert_eq!(seqs(floors, 2).await.len(), 2);
    let ends = AuditQuery { from: Some(3), to: Some(5), ..all.clone() };
    assert_eq!(seqs(ends, 2).await, [3, 4, 5]);
    let last = page.items.last().unwrap();
    let late = AuditQuery { since: Some(last.at.plus_seconds(1)), ..all.clone() };
    assert_eq!(seqs(late, 2).await, [0_u64; 0]);
    let one = world.engine.audit_event(&world.ada(), last.chain, last.seq).await.unwrap();
    assert_eq!(one, *last);
    assert!(world.engine.audit_event(&world.ada(), last.chain, last.seq + 1).await.is_err());
}
