//! What a commit writes, a load reads.

use serde_json::json;

use super::Fixture;
use super::world::{World, started, work};
use crate::audit::Chain;
use crate::ci::run::{RunCommand, decide};
use crate::digest::Digest;
use crate::id::{AttemptId, RowVersion};
use crate::port::{ListQuery, Load, Record, RecordKey, RecordKind, StoreError, Write};
use crate::release::Release;
use crate::release::event::ReleaseEvent;
use crate::release::ledger::LedgerEntry;
use crate::release::queue::Queue;
use crate::service::Tier;
use crate::source::SourceDelivery;
use crate::testing::builders::{
    cd_config, ci_config, delete, delivery, floor, freeze, grant, lock, marks, principal, put, release_id,
    run_id, run_triggered, service, source, token, uuid,
};

pub(super) async fn a_commit_answers_what_a_load_then_reads(fixture: Fixture) {
    let world = World::of(fixture).await;
    let mut change = put(&world.tenant, service("beta"));
    change.merge(put(&world.tenant, service("alpha")));
    let committed = world.commit(change).await;
    let names: Vec<_> = committed.records.iter().map(|row| row.key().id).collect();
    assert_eq!(names, ["alpha", "beta"], "rows come in the order of their keys");
    for row in committed.records {
        let loaded = world.load(Load::record(row.key())).await;
        assert_eq!(loaded.record.as_ref(), Some(&row));
        assert_eq!(loaded.ledger_seq, committed.seq);
    }
    let last = world.events(Chain::Ledger).await.pop().unwrap();
    assert_eq!((last.seq, last.at), (committed.seq, committed.at));
}

pub(super) async fn a_commit_stamps_times_and_versions(fixture: Fixture) {
    let world = World::of(fixture).await;
    let first = world.put(service("blog")).await;
    assert_eq!(first.row_version, RowVersion(1));
    assert_eq!(first.created_at, first.updated_at);
    world.fixture.step_seconds(5).await;
    let second = world.put(first.clone()).await;
    assert_eq!(second.row_version, RowVersion(2));
    assert_eq!(second.created_at, first.created_at);
    assert!(second.updated_at >= first.updated_at.plus_seconds(5));
}

pub(super) async fn every_kind_of_row_can_be_written_and_read(fixture: Fixture) {
    let world = World::of(fixture).await;
    let now = world.load(Load::tenant()).await.now;
    let site = &world.site;
    let release = world.create(1).await;
    let source = source(4, &site.service.id);
    let delivery = delivery(5, &source);
    let mark = marks(&delivery).remove(0);
    let rows: [Record; 12] = [
        service("blog").into(),
        ci_config(&site.service.id).into(),
        Queue::after(None, &release).into(),
        LedgerEntry::of(&release).into(),
        floor(Tier::Production, 2).into(),
        freeze(1, now, now.plus_seconds(60)).into(),
        lock(2, &site.deployment.id, now.plus_seconds(60)).into(),
        grant("rita", "release-manager").into(),
        token(3, "rita", "s3cret", now.plus_seconds(60)).into(),
        source.into(),
        delivery.into(),
        mark.into(),
    ];
    for row in rows {
        let key = row.key();
        let committed = world.commit(put(&world.tenant, row)).await;
        assert_eq!(committed.records[0].row_version(), RowVersion(1));
        assert_eq!(world.load(Load::record(key)).await.record.as_ref(), committed.records.first());
    }
    for (kind, id) in [(RecordKind::Deployment, "shop-eu"), (RecordKind::CdConfig, "shop-eu")] {
        let row = world.load(Load::record(RecordKey::new(kind, id))).await.record;
        assert_eq!(row.map(|row| row.row_version()), Some(RowVersion(1)), "{}", kind.as_str());
    }
}

pub(super) async fn a_release_is_the_fold_of_its_events(fixture: Fixture) {
    let world = World::of(fixture).await;
    let release = world.create(1).await;
    world.fixture.step_seconds(1).await;
    let lease = world.claim_one(1).await;
    let events = vec![started(&release, lease.epoch), ReleaseEvent::Succeeded];
    let mut change = world.change(Some(&release), events.clone());
    change.under_lease(work(&release), lease.epoch);
    let committed = world.commit(change).await;
    let folded = Release::fold(Some(release), events.iter().map(|event| (event, committed.at))).unwrap();
    let stored = world.release(release_id(1)).await;
    assert_eq!(Some(&stored), folded.as_ref());
    assert_eq!(stored.row_version, RowVersion(3), "one more with every event");
    assert_eq!(committed.records, [Record::Release(stored)]);
}

pub(super) async fn a_run_is_the_fold_of_its_events(fixture: Fixture) {
    let world = World::of(fixture).await;
    let config = world.put(ci_config(&world.site.service.id)).await;
    world.commit(run_triggered(&world.tenant, run_id(1), &config)).await;
    let run = world.load(Load::run(run_id(1))).await.run.expect("the run is there");
    let lease = world.claim_one(1).await;
    let start = RunCommand::Start { attempt_id: AttemptId::from_uuid(uuid(9)), epoch: lease.epoch };
    let events = decide(&run, &start).unwrap();
    let mut change = put(&world.tenant, service("noise"));
    change.write(Write::CiRun { before: Some(Box::new(run)), events });
    change.under_lease(lease.work, lease.epoch);
    world.commit(change).await;
    let run = world.load(Load::run(run_id(1))).await.run.expect("the run is there");
    assert_eq!((run.status.name().as_str(), run.row_version), ("running", RowVersion(2)));
}

pub(super) async fn deleted_rows_are_gone(fixture: Fixture) {
    let world = World::of(fixture).await;
    let row = world.put(grant("rita", "viewer")).await;
    let key = Record::from(row.clone()).key();
    let committed = world.commit(delete(&world.tenant, key.clone(), row.row_version)).await;
    assert_eq!(committed.records, [], "deleted rows are left out of the answer");
    let loaded = world.load(Load::record(key)).await;
    assert_eq!(loaded.record, None);
    assert!(loaded.policy.grants.is_empty());
    assert_eq!(world.list(&ListQuery::Grants).await, []);
}

pub(super) async fn a_row_may_come_back_after_its_deletion(fixture: Fixture) {
    let world = World::of(fixture).await;
    let row = world.put(grant("rita", "viewer")).await;
    world.commit(delete(&world.tenant, Record::from(row.clone()).key(), row.row_version)).await;
    let again = world.put(grant("rita", "viewer")).await;
    assert_eq!(again.row_version, RowVersion(1));
    assert_eq!(world.list(&ListQuery::Grants).await, [again.into()]);
}

pub(super) async fn every_revision_is_kept(fixture: Fixture) {
    let world = World::of(fixture).await;
    let first = world.site.config.clone();
    let draft = json!({"strategy": {"type": "rolling", "max_surge": 2, "max_unavailable": 0}});
    let spec = cd_config(&first.deployment, &draft).spec;
    let second = world.put(crate::cd::CdConfig { revision: 2, spec, ..first.clone() }).await;
    let key = Record::from(second.clone()).key();
    world.commit(delete(&world.tenant, key.clone(), second.row_version)).await;
    let third = crate::cd::CdConfig { revision: 3, row_version: RowVersion::ABSENT, ..first.clone() };
    let third = world.put(third).await;
    let query = ListQuery::Revisions { kind: key.kind, id: key.id };
    assert_eq!(world.list(&query).await, [third.into(), second.into(), first.into()]);

    // A row may change without a new revision: the hold of a deployment does.
    let deployment = world.site.deployment.clone();
    let held = crate::service::Hold {
        reason: crate::service::HoldReason::ExecutorSilent,
        release: release_id(1),
        since: deployment.created_at,
    };
    let held = world.put(crate::service::Deployment { hold: Some(held), ..deployment }).await;
    let query = ListQuery::Revisions { kind: RecordKind::Deployment, id: held.id.to_string() };
    assert_eq!(world.list(&query).await, [held.into()]);
}

pub(super) async fn a_governance_change_moves_the_epoch_by_one(fixture: Fixture) {
    let world = World::of(fixture).await;
    let before = world.load(Load::tenant()).await.policy.epoch;
    let mut change = put(&world.tenant, grant("rita", "viewer"));
    change.governs();
    change.under_governance(before);
    assert_eq!(world.commit(change).await.governance_epoch, before + 1);
    assert_eq!(world.commit(put(&world.tenant, service("blog"))).await.governance_epoch, before + 1);
    assert_eq!(world.load(Load::tenant()).await.policy.epoch, before + 1);
}

pub(super) async fn a_token_is_found_by_its_hash(fixture: Fixture) {
    let world = World::of(fixture).await;
    let now = world.load(Load::tenant()).await.now;
    let mine = world.put(token(1, "rita", "mine", now.plus_seconds(60))).await;
    world.put(token(2, "otto", "other", now.plus_seconds(60))).await;
    let store = world.store();
    let (tenant, found, at) = store.token(Digest::of(b"mine")).await.unwrap().expect("the token is there");
    assert_eq!((&tenant, &found), (&world.tenant, &mine));
    assert!(at >= now);
    assert_eq!(store.token(Digest::of(b"unknown")).await.unwrap(), None);
    let revoked = crate::authz::Token { revoked_at: Some(now), ..mine };
    let revoked = world.put(revoked).await;
    let (_, found, _) =
        store.token(Digest::of(b"mine")).await.unwrap().expect("a revoked token is still known");
    assert_eq!(found, revoked);
    assert_eq!(found.principal, principal("rita"));
    assert!(!found.works(at));
}

pub(super) async fn of_two_deliveries_with_one_mark_the_second_is_stale(fixture: Fixture) {
    let world = World::of(fixture).await;
    let source = world.put(source(1, &world.site.service.id)).await;
    let taken = |number: u64, marked: &SourceDelivery| {
        let mut change = put(&world.tenant, delivery(number, &source));
        for mark in marks(marked) {
            change.write(Write::Put(Box::new(mark.into())));
        }
        change
    };
    let first = delivery(2, &source);
    world.commit(taken(2, &first)).await;
    let same_body = SourceDelivery { sender_id: Some("another id".to_owned()), ..first.clone() };
    let same_id = SourceDelivery { body: Digest::of(b"another body"), ..first.clone() };
    for repeat in [&first, &same_body, &same_id] {
        let refused = world.try_commit(taken(3, repeat)).await.unwrap_err();
        let StoreError::Stale { what } = refused else { panic!("{refused:?}") };
        assert_eq!(what.kind, RecordKind::DeliveryMark);
        let Some(Record::DeliveryMark(mark)) = world.load(Load::record(what)).await.record else {
            panic!("the mark is there")
        };
        assert_eq!(mark.delivery, first.id);
    }
    assert_eq!(world.list(&ListQuery::OldestDeliveries).await.len(), 1, "a repeat leaves nothing");
    world.commit(taken(4, &delivery(4, &source))).await;
}
