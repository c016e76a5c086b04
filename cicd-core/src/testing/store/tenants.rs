//! Tenants: each is alone in the world.

use super::world::{World, started, work};
use super::{Fixture, dump};
use crate::audit::{Chain, ChainHead};
use crate::digest::Digest;
use crate::port::{Load, OperationKey, Record, StoreError};
use crate::service::Service;
use crate::testing::builders::{
    ci_config, freeze, grant, principal, put, release_change, release_id, run_id, run_triggered, service,
    tenant, token,
};

fn operation() -> OperationKey {
    OperationKey {
        principal: principal("ann"),
        operation: "service.put".to_owned(),
        key: "once".to_owned(),
        fingerprint: Digest::of(b"once"),
    }
}

/// A tenant in which there is something of everything.
async fn full(fixture: Fixture) -> World {
    let world = World::of(fixture).await;
    let now = world.load(Load::tenant()).await.now;
    let config = world.put(ci_config(&world.site.service.id)).await;
    world.commit(run_triggered(&world.tenant, run_id(1), &config)).await;
    let release = world.create(1).await;
    world.create(2).await;
    world.advance(&release, vec![started(&release, 1)]).await;
    world.put(crate::release::ledger::LedgerEntry::of(&release)).await;
    world.put(grant("rita", "viewer")).await;
    world.put(freeze(1, now, now.plus_seconds(600))).await;
    world.put(token(1, "rita", "mine", now.plus_seconds(600))).await;
    let row = Record::from(service("blog"));
    let key = row.key();
    let mut change = put(&world.tenant, row);
    change.answers(operation(), key);
    world.commit(change).await;
    world
}

pub(super) async fn tenants_see_nothing_of_each_other(fixture: Fixture) {
    let world = full(fixture).await;
    let other = tenant("other");
    let store = world.store();
    let mine = dump(&*store, &world.tenant).await;
    let mut loads = vec![Load::tenant().under(Some(operation()))];
    for (_, rows) in &mine.lists {
        loads.extend(rows.iter().map(|row| Load::record(row.key())));
    }
    loads.extend([Load::release(release_id(1)), Load::run(run_id(1))]);
    loads.push(Load::deployment(world.site.deployment.id.clone()));
    for load in loads {
        let found = store.load(&other, &load).await.unwrap();
        let empty = crate::port::Snapshot { now: found.now, ..Default::default() };
        assert_eq!(found, empty, "{load:?}");
    }
    for (query, rows) in mine.lists {
        assert_eq!(super::dump::whole_list(&*store, &other, &query).await, [], "{query:?}");
        assert!(!rows.is_empty() || super::dump::whole_list(&*store, &world.tenant, &query).await.is_empty());
    }
    for chain in [Chain::Ledger, Chain::Security] {
        assert_eq!(store.events(&other, &crate::port::EventQuery::of(chain)).await.unwrap(), []);
        assert_eq!(store.head(&other, chain).await.unwrap(), ChainHead::EMPTY);
    }
}

pub(super) async fn the_same_ids_live_in_two_tenants(fixture: Fixture) {
    let world = full(fixture).await;
    let mine = dump(&*world.store(), &world.tenant).await;
    let fixture = world.fixture;
    let other =
        World { fixture, tenant: tenant("other"), site: crate::testing::builders::Site::new("shop", 0) };
    let site = other.add(other.site.clone()).await;
    let theirs = World { site, ..other };
    let release = theirs.create(1).await;
    theirs.advance(&release, vec![started(&release, 1)]).await;
    theirs.put(Service { name: "theirs".to_owned(), ..service("blog") }).await;
    let row = Record::from(service("wiki"));
    let key = row.key();
    let mut change = put(&theirs.tenant, row);
    change.answers(operation(), key);
    theirs.commit(change).await;
    theirs.verify_chains().await;
    assert_eq!(theirs.release(release.id()).await.row_version, crate::id::RowVersion(2));
    assert_eq!(dump(&*theirs.store(), &tenant("acme")).await, mine, "what others do changes nothing here");
}

pub(super) async fn another_tenants_versions_and_leases_count_for_nothing(fixture: Fixture) {
    let world = full(fixture).await;
    let other = tenant("other");
    let lease = world.claim(1, 10).await.into_iter().find(|lease| lease.tenant == world.tenant).unwrap();
    let release = world.release(release_id(2)).await;
    let mut change = put(&other, service("blog"));
    change.under_lease(work(&release), lease.epoch);
    assert_eq!(world.try_commit(change).await, Err(StoreError::LeaseLost));
    let theirs = crate::port::Lease { tenant: other.clone(), ..lease.clone() };
    assert_eq!(world.store().ack(&theirs).await, Err(StoreError::LeaseLost));
    let foreign = release_change(&other, Some(&release), vec![started(&release, 1)]);
    assert!(matches!(world.try_commit(foreign).await, Err(StoreError::Stale { .. })));
    let mut change = put(&other, service("blog"));
    change.rely_on(Record::from(world.site.service.clone()).key(), world.site.service.row_version);
    assert!(matches!(world.try_commit(change).await, Err(StoreError::Stale { .. })));
    world.store().ack(&lease).await.expect("its own lease still holds");
}

pub(super) async fn tenants_with_events_are_listed(fixture: Fixture) {
    let store = std::sync::Arc::clone(&fixture.store);
    assert_eq!(store.tenants().await.unwrap(), []);
    for name in ["zulu", "acme", "mike"] {
        store.commit(put(&tenant(name), service("shop"))).await.unwrap();
    }
    let mut found = store.tenants().await.unwrap();
    found.sort();
    assert_eq!(found, ["acme", "mike", "zulu"].map(tenant));
}
