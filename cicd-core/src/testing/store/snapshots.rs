//! What a load brings: everything that a decision relies on, and nothing that is over.

use super::Fixture;
use super::world::{World, started, withdrawn};
use crate::ci::CiConfig;
use crate::digest::Digest;
use crate::id::ReleaseId;
use crate::port::{ChangeSet, Load, Record, RecordKey, RecordKind, Snapshot, Write};
use crate::release::event::ReleaseEvent;
use crate::release::ledger::LedgerEntry;
use crate::release::queue::Queue;
use crate::release::state::RollbackCause;
use crate::release::{Release, ReleaseKind};
use crate::service::Tier;
use crate::testing::builders::{
    Site, ci_config, delete, event, floor, freeze, grant, lock, put, release_id, run_id, run_triggered,
    subject,
};

fn ids(releases: &[Release]) -> Vec<ReleaseId> {
    releases.iter().map(Release::id).collect()
}

pub(super) async fn a_release_brings_what_decides_about_it(fixture: Fixture) {
    let world = World::of(fixture).await;
    let ci = world.put(ci_config(&world.site.service.id)).await;
    let staging = world.put(floor(Tier::Staging, 0)).await;
    world.put(floor(Tier::Production, 3)).await;
    let (first, second) = (world.create(1).await, world.create(2).await);
    let executing = world.advance(&first, vec![started(&first, 1)]).await;
    let queue = world.put(Queue::after(None, &second)).await;
    let site = &world.site;
    let loads = [
        Load::release(second.id()),
        Load::deployment(site.deployment.id.clone()),
        Load { release: Some(second.id()), ..Load::deployment(site.deployment.id.clone()) },
    ];
    for load in loads {
        let found = world.load(load.clone()).await;
        assert_eq!(found.release.as_ref(), load.release.map(|_| &second));
        assert_eq!(found.deployment.as_ref(), Some(&site.deployment));
        assert_eq!(found.cd_config.as_ref(), Some(&site.config));
        assert_eq!(found.service.as_ref(), Some(&site.service));
        assert_eq!(found.ci_config.as_ref(), Some(&ci));
        assert_eq!(found.floor.as_ref(), Some(&staging));
        assert_eq!(found.executing.as_ref(), Some(&executing));
        assert_eq!(found.latest_executed.as_ref(), Some(&executing));
        assert_eq!(ids(&found.waiting), [second.id()]);
        assert_eq!(found.queue.as_ref(), Some(&queue));
    }
}

pub(super) async fn a_run_brings_its_service(fixture: Fixture) {
    let world = World::of(fixture).await;
    let config = world.put(ci_config(&world.site.service.id)).await;
    world.commit(run_triggered(&world.tenant, run_id(1), &config)).await;
    let found = world.load(Load::run(run_id(1))).await;
    assert_eq!(found.run.map(|run| run.id), Some(run_id(1)));
    assert_eq!(found.service.as_ref(), Some(&world.site.service));
    assert_eq!(found.ci_config, Some(config.clone()));
    assert_eq!(found.deployment, None);
    let found = world.load(Load::service(world.site.service.id.clone())).await;
    assert_eq!((found.service.as_ref(), found.ci_config), (Some(&world.site.service), Some(config)));
}

pub(super) async fn revisions_count_on_after_a_deletion(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (service, deployment) = (world.site.service.id.clone(), world.site.deployment.id.clone());
    let last = async || {
        let found = world.load(Load::deployment(deployment.clone())).await;
        (found.last_ci_revision, found.last_cd_revision)
    };
    assert_eq!(last().await, (0, 1), "the site has a cd config and no ci config");
    let ci = world.put(ci_config(&service)).await;
    let ci = world.put(CiConfig { revision: 2, ..ci }).await;
    assert_eq!(last().await, (2, 1));
    world.commit(delete(&world.tenant, RecordKey::new(RecordKind::CiConfig, &service), ci.row_version)).await;
    let cd = &world.site.config;
    world
        .commit(delete(&world.tenant, RecordKey::new(RecordKind::CdConfig, &deployment), cd.row_version))
        .await;
    assert_eq!(last().await, (2, 1), "what is deleted still counts");
    let found = world.load(Load::service(service)).await;
    assert_eq!((found.ci_config, found.last_ci_revision, found.last_cd_revision), (None, 2, 0));
}

pub(super) async fn what_is_not_there_is_none(fixture: Fixture) {
    let world = World::of(fixture).await;
    let load = Load {
        service: Some("no-service".parse().unwrap()),
        deployment: Some("no-deployment".parse().unwrap()),
        release: Some(release_id(1)),
        run: Some(run_id(1)),
        record: Some(RecordKey::new(RecordKind::Token, "none")),
        operation: None,
    };
    let found = world.load(load).await;
    let expected = Snapshot {
        now: found.now,
        ledger_seq: found.ledger_seq,
        policy: found.policy.clone(),
        ..Snapshot::default()
    };
    assert_eq!(found, expected);
}

pub(super) async fn who_waits_comes_first_come_first(fixture: Fixture) {
    let mut world = World::of(fixture).await;
    world.create(8).await;
    world.fixture.step_seconds(-60).await;
    let voted = world.site.clone();
    world.site.config = Site::new("shop", 1).config;
    let pending = world.create(3).await;
    assert_eq!(pending.state.name(), "pending_approval");
    world.site = voted;
    for number in [9, 1, 5] {
        world.create(number).await;
    }
    let gone = world.release(release_id(1)).await;
    world.advance(&gone, vec![withdrawn()]).await;
    let started_one = world.release(release_id(5)).await;
    world.advance(&started_one, vec![started(&started_one, 1)]).await;
    let waiting = world.load(Load::deployment(world.site.deployment.id.clone())).await.waiting;
    assert_eq!(ids(&waiting), [8, 3, 9].map(release_id));
}

pub(super) async fn the_latest_executed_is_the_last_one_started(fixture: Fixture) {
    let world = World::of(fixture).await;
    assert_eq!(latest_executed(&world).await, None);
    let (one, two, three) = (world.create(1).await, world.create(2).await, world.create(3).await);
    let mut last = None;
    for release in [&three, &one] {
        let executing = world.advance(release, vec![started(release, 1)]).await;
        assert_eq!(latest_executed(&world).await.as_ref(), Some(&executing));
        let succeeded = world.advance(&executing, vec![ReleaseEvent::Succeeded]).await;
        assert_eq!(latest_executed(&world).await.as_ref(), Some(&succeeded));
        last = Some(succeeded);
        world.fixture.step_seconds(-5).await;
    }
    world.advance(&two, vec![withdrawn()]).await;
    assert_eq!(latest_executed(&world).await, last, "what never started does not count");
    let cause = RollbackCause::UndoneBy { release: release_id(4) };
    world.advance(&last.unwrap(), vec![ReleaseEvent::RolledBack { cause }]).await;
    let found = latest_executed(&world).await.map(|release| release.id());
    assert_eq!(found, Some(three.id()), "what is rolled back does not count");
}

async fn latest_executed(world: &World) -> Option<Release> {
    world.load(Load::deployment(world.site.deployment.id.clone())).await.latest_executed
}

pub(super) async fn the_ledger_says_what_was_withdrawn(fixture: Fixture) {
    let world = World::of(fixture).await;
    let mut entries = Vec::new();
    for number in [3, 1, 2] {
        let release = world.create(number).await;
        entries.push(world.put(LedgerEntry::of(&release)).await);
        world.fixture.step_seconds(-5).await;
    }
    let withdrawn = LedgerEntry { withdrawn_by: Some(release_id(9)), ..entries[1].clone() };
    entries[1] = world.put(withdrawn).await;
    entries.reverse();
    let found = world.load(Load::deployment(world.site.deployment.id.clone())).await.ledger;
    assert_eq!(found, entries, "newest first, and a withdrawal moves nothing");
}

pub(super) async fn the_ledger_of_a_load_is_bounded(fixture: Fixture) {
    let world = World::of(fixture).await;
    let release = world.create(1).await;
    let most = Snapshot::MOST_LEDGER_ENTRIES;
    let entry = |number: usize| {
        let entry = LedgerEntry { version: number.to_string(), ..LedgerEntry::of(&release) };
        LedgerEntry { release: release_id(100 + u64::try_from(number).unwrap()), ..entry }
    };
    world.put(entry(0)).await;
    let mut change = put(&world.tenant, entry(1));
    for number in 2..=most {
        change.merge(put(&world.tenant, entry(number)));
    }
    world.commit(change).await;
    let found = world.load(Load::deployment(world.site.deployment.id.clone())).await.ledger;
    assert_eq!(found.len(), most);
    assert!(found.iter().all(|entry| entry.version != "0"), "the oldest one is left out");
}

pub(super) async fn freezes_and_locks_that_are_over_are_left_out(fixture: Fixture) {
    let world = World::of(fixture).await;
    let blog = world.add(Site::new("blog", 0)).await;
    let now = world.load(Load::tenant()).await.now;
    let at = |seconds| now.plus_seconds(seconds);
    let later = world.put(freeze(1, at(200), at(300))).await;
    let soon_over = world.put(freeze(2, now, at(60))).await;
    let here = &world.site.deployment.id;
    let long = world.put(lock(3, here, at(300))).await;
    let short = world.put(lock(4, here, at(60))).await;
    world.put(lock(5, &blog.deployment.id, at(300))).await;
    let load = || world.load(Load::deployment(here.clone()));
    let found = load().await;
    assert_eq!(found.freezes, [later.clone(), soon_over]);
    assert_eq!(found.locks, [long.clone(), short]);
    world.fixture.step_seconds(60).await;
    let found = load().await;
    assert_eq!(
        (found.freezes, found.locks),
        (vec![later], vec![long]),
        "the instant at which it ends is free"
    );
}

pub(super) async fn a_rollback_brings_what_it_undoes(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (one, two) = (world.create(1).await, world.create(2).await);
    let mut created = world.site.created(release_id(3));
    if let ReleaseEvent::Created { release, .. } = &mut created {
        let undoes = vec![two.id(), one.id()];
        release.kind = ReleaseKind::Rollback { of: two.id(), undoes, target: one.id() };
        release.content.artifact.digest = Digest::of(b"the stable one");
    }
    world.commit(world.change(None, vec![created])).await;
    assert_eq!(world.load(Load::release(release_id(3))).await.undone, [two.clone(), one]);
    assert_eq!(world.load(Load::release(two.id())).await.undone, []);
}

pub(super) async fn grants_come_with_their_epoch(fixture: Fixture) {
    let world = World::of(fixture).await;
    let mut change = ChangeSet::new(
        world.tenant.clone(),
        event("grants.changed", subject(&RecordKey::new(RecordKind::Grant, "all"))),
    );
    let grants = ["rita", "ada", "otto"].map(|who| grant(who, "viewer"));
    grants.iter().for_each(|grant| change.write(Write::Put(Box::new(Record::from(grant.clone())))));
    change.governs();
    let committed = world.commit(change).await;
    let policy = world.load(Load::tenant()).await.policy;
    assert_eq!(policy.epoch, committed.governance_epoch);
    let names: Vec<_> = policy.grants.iter().map(|grant| grant.principal.to_string()).collect();
    assert_eq!(names, ["ada", "otto", "rita"]);
    assert!(policy.grants.iter().all(|grant| grant.granted_at == committed.at));
}
