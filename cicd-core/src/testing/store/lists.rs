//! Lists: order and filters.

use serde_json::json;

use super::Fixture;
use super::world::{World, started, withdrawn};
use crate::cd::CdConfig;
use crate::ci::CiRun;
use crate::port::{ListQuery, Record, RecordKey, RecordKind, ReleaseFilter, RunFilter, Write};
use crate::release::ledger::LedgerEntry;
use crate::source::Source;
use crate::testing::builders::{
    Site, cd_config, ci_config, delivery, event, principal, put, run_id, run_triggered, service, source,
    subject,
};

fn ids(rows: &[Record]) -> Vec<String> {
    rows.iter().map(|row| row.key().id).collect()
}

fn releases() -> ListQuery {
    ListQuery::Releases(ReleaseFilter::default())
}

/// The numbers of releases or runs, as ids.
fn numbered(kind: RecordKind, numbers: &[u64]) -> Vec<String> {
    let id = |number: &u64| RecordKey::new(kind, crate::testing::builders::uuid(*number).as_hyphenated()).id;
    numbers.iter().map(id).collect()
}

pub(super) async fn releases_come_newest_first(fixture: Fixture) {
    let world = World::of(fixture).await;
    // Neither ids nor times say what came first: two hosts draw ids, and clocks go back.
    world.create(5).await;
    world.create(9).await;
    world.fixture.step_seconds(-60).await;
    world.create(7).await;
    let expected = numbered(RecordKind::Release, &[7, 9, 5]);
    assert_eq!(ids(&world.list(&releases()).await), expected);
    let first = world.release(crate::testing::builders::release_id(5)).await;
    world.advance(&first, vec![withdrawn()]).await;
    assert_eq!(ids(&world.list(&releases()).await), expected, "a change moves nothing");
}

pub(super) async fn runs_come_newest_first(fixture: Fixture) {
    let world = World::of(fixture).await;
    let config = world.put(ci_config(&world.site.service.id)).await;
    for number in [2, 3, 1] {
        world.commit(run_triggered(&world.tenant, run_id(number), &config)).await;
    }
    let query = ListQuery::CiRuns(RunFilter::default());
    assert_eq!(ids(&world.list(&query).await), numbered(RecordKind::CiRun, &[1, 3, 2]));
}

pub(super) async fn other_rows_come_by_their_keys(fixture: Fixture) {
    let world = World::of(fixture).await;
    for name in ["b", "a-b", "a", "a0", "0"] {
        world.put(service(name)).await;
    }
    let expected = ["0", "a", "a-b", "a0", "b", "shop"];
    assert_eq!(ids(&world.list(&ListQuery::Services).await), expected);
}

pub(super) async fn releases_are_filtered(fixture: Fixture) {
    let world = World::of(fixture).await;
    let blog = world.add(Site::new("blog", 1)).await;
    let shop = world.create(1).await;
    world.create(2).await;
    world.create_at(&blog, 3).await;
    world.advance(&shop, vec![started(&shop, 1)]).await;
    let (service, deployment) = (Some(blog.service.id), Some(world.site.deployment.id.clone()));
    let status = |name: &str| Some(name.to_owned());
    let cases = [
        ((None, None, None), vec![3, 2, 1]),
        ((service.clone(), None, None), vec![3]),
        ((None, deployment.clone(), None), vec![2, 1]),
        ((None, None, status("approved")), vec![2]),
        ((None, deployment.clone(), status("executing")), vec![1]),
        ((service.clone(), None, status("pending_approval")), vec![3]),
        ((service, deployment, None), vec![]),
        ((None, None, status("no such status")), vec![]),
    ];
    for ((service, deployment, status), expected) in cases {
        let query =
            ListQuery::Releases(ReleaseFilter { service, deployment, status, ..ReleaseFilter::default() });
        assert_eq!(ids(&world.list(&query).await), numbered(RecordKind::Release, &expected), "{query:?}");
    }
}

pub(super) async fn runs_and_deployments_are_filtered(fixture: Fixture) {
    let world = World::of(fixture).await;
    let blog = world.add(Site::new("blog", 0)).await;
    let shop = world.site.service.id.clone();
    for (number, service) in [(1, &shop), (2, &blog.service.id)] {
        let config = world.put(ci_config(service)).await;
        world.commit(run_triggered(&world.tenant, run_id(number), &config)).await;
    }
    let first = world.load(crate::port::Load::run(run_id(1))).await.run.unwrap();
    cancel(&world, first).await;
    let runs = |service: Option<_>, status: Option<&str>| {
        ListQuery::CiRuns(RunFilter {
            service,
            status: status.map(ToOwned::to_owned),
            ..RunFilter::default()
        })
    };
    let cases = [
        (runs(None, None), vec![2, 1]),
        (runs(Some(shop.clone()), None), vec![1]),
        (runs(None, Some("queued")), vec![2]),
        (runs(Some(shop.clone()), Some("queued")), vec![]),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&world.list(&query).await), numbered(RecordKind::CiRun, &expected), "{query:?}");
    }
    let deployments = |service| ListQuery::Deployments { service };
    assert_eq!(ids(&world.list(&deployments(None)).await), ["blog-eu", "shop-eu"]);
    assert_eq!(ids(&world.list(&deployments(Some(shop))).await), ["shop-eu"]);
}

async fn cancel(world: &World, run: CiRun) {
    let happened = crate::ci::run::RunEvent::Cancelled { by: principal("ann") };
    let key = RecordKey::new(RecordKind::CiRun, run.id);
    let mut change =
        crate::port::ChangeSet::new(world.tenant.clone(), event("ci_run.cancelled", subject(&key)));
    change.write(Write::CiRun { before: Some(Box::new(run)), events: vec![happened] });
    world.commit(change).await;
}

pub(super) async fn the_ledger_comes_newest_first(fixture: Fixture) {
    let world = World::of(fixture).await;
    let blog = world.add(Site::new("blog", 0)).await;
    for (number, site) in [(4, &world.site), (6, &world.site), (5, &world.site), (3, &blog)] {
        let release = world.create_at(site, number).await;
        world.put(LedgerEntry::of(&release)).await;
    }
    let query = ListQuery::Ledger { deployment: world.site.deployment.id.clone() };
    assert_eq!(ids(&world.list(&query).await), numbered(RecordKind::LedgerEntry, &[5, 6, 4]));
}

pub(super) async fn revisions_come_newest_first(fixture: Fixture) {
    let world = World::of(fixture).await;
    let mut expected = vec![Record::from(world.site.config.clone())];
    let mut current = world.site.config.clone();
    for revision in 2..=12 {
        let draft = json!({"strategy": {"type": "rolling", "max_surge": revision, "max_unavailable": 0}});
        let spec = cd_config(&current.deployment, &draft).spec;
        current = world.put(CdConfig { revision, spec, ..current }).await;
        expected.push(current.clone().into());
    }
    expected.reverse();
    let other = world.add(Site::new("shop-2", 0)).await;
    world.commit(put(&world.tenant, other.config)).await;
    let query = ListQuery::Revisions { kind: RecordKind::CdConfig, id: current.deployment.to_string() };
    assert_eq!(world.list(&query).await, expected);
}

pub(super) async fn deliveries_come_newest_first_and_by_their_age(fixture: Fixture) {
    let world = World::of(fixture).await;
    let shop = world.put(source(1, &world.site.service.id)).await;
    let other = world.put(source(2, &world.site.service.id)).await;
    for (number, source) in [(11, &shop), (13, &other), (12, &shop)] {
        world.put(delivery(number, source)).await;
    }
    let of = |source: &Source| ListQuery::Deliveries { source: source.id };
    assert_eq!(ids(&world.list(&of(&shop)).await), numbered(RecordKind::SourceDelivery, &[12, 11]));
    assert_eq!(ids(&world.list(&of(&other)).await), numbered(RecordKind::SourceDelivery, &[13]));
    let all = world.list(&ListQuery::OldestDeliveries).await;
    assert_eq!(ids(&all), numbered(RecordKind::SourceDelivery, &[11, 12, 13]));
    assert_eq!(ids(&world.list(&ListQuery::Sources).await), numbered(RecordKind::Source, &[1, 2]));
}
