//! Many callers at once: one wins, the others learn why they did not.

use futures_util::future::join_all;
use tokio::task::JoinHandle;

use super::Fixture;
use super::world::{World, started};
use crate::audit::Chain;
use crate::digest::Digest;
use crate::id::RowVersion;
use crate::port::{ChangeSet, Committed, Load, OperationKey, Record, RecordKey, RecordKind, StoreError};
use crate::service::Service;
use crate::testing::builders::{event, grant, principal, put, service, subject};

const CALLERS: u64 = 16;

type Answers = Vec<Result<Committed, StoreError>>;

/// Commits every change in a task of its own.
async fn at_once(world: &World, changes: impl IntoIterator<Item = ChangeSet>) -> Answers {
    let commit = |change| {
        let store = world.store();
        tokio::spawn(async move { store.commit(change).await })
    };
    let tasks: Vec<JoinHandle<_>> = changes.into_iter().map(commit).collect();
    join_all(tasks).await.into_iter().map(|answer| answer.expect("the task ends")).collect()
}

fn the_winner(answers: &Answers) -> &Committed {
    let won: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(won.len(), 1, "one commit wins: {answers:?}");
    won[0]
}

pub(super) async fn one_of_many_writers_wins(fixture: Fixture) {
    let world = World::of(fixture).await;
    let row = world.put(service("blog")).await;
    one_wins(&world, row).await;
}

pub(super) async fn one_of_many_first_writers_wins(fixture: Fixture) {
    one_wins(&World::of(fixture).await, service("blog")).await;
}

/// Lets many write `row`, of whom all expect its version.
async fn one_wins(world: &World, row: Service) {
    let before = world.events(Chain::Ledger).await.len();
    let named = |number| Service { name: format!("blog {number}"), ..row.clone() };
    let answers = at_once(world, (0..CALLERS).map(|number| put(&world.tenant, named(number)))).await;
    let stored = the_winner(&answers).records[0].clone();
    let stale = StoreError::Stale { what: stored.key() };
    assert!(
        answers.iter().flat_map(|answer| answer.as_ref().err()).all(|error| *error == stale),
        "{answers:?}"
    );
    assert_eq!(stored.row_version(), row.row_version.next());
    assert_eq!(world.load(Load::record(stored.key())).await.record, Some(stored));
    assert_eq!(world.events(Chain::Ledger).await.len(), before + 1);
}

pub(super) async fn one_of_many_starts_wins(fixture: Fixture) {
    let world = World::of(fixture).await;
    let mut starts = Vec::new();
    for number in 0..CALLERS {
        let release = world.create(number).await;
        starts.push(world.change(Some(&release), vec![started(&release, 1)]));
    }
    let answers = at_once(&world, starts).await;
    let winner = the_winner(&answers).records[0].key();
    let executing = world.load(Load::deployment(world.site.deployment.id.clone())).await.executing.unwrap();
    assert_eq!(RecordKey::new(RecordKind::Release, executing.id()), winner);
    let occupied = StoreError::Occupied { release: executing.id() };
    assert!(
        answers.iter().flat_map(|answer| answer.as_ref().err()).all(|error| *error == occupied),
        "{answers:?}"
    );
}

pub(super) async fn one_of_many_repeats_wins(fixture: Fixture) {
    let world = World::of(fixture).await;
    let change = |number| {
        let row = Record::from(service(&format!("blog-{number}")));
        let operation = OperationKey {
            principal: principal("ann"),
            operation: "service.put".to_owned(),
            key: "once".to_owned(),
            fingerprint: Digest::of(b"once"),
        };
        let key = row.key();
        let mut change = put(&world.tenant, row);
        change.answers(operation, key);
        change
    };
    let answers = at_once(&world, (0..CALLERS).map(change)).await;
    let winner = the_winner(&answers);
    for answer in &answers {
        match answer {
            Err(StoreError::Duplicate { outcome }) => {
                assert_eq!((&outcome.record, outcome.seq), (&winner.records[0].key(), winner.seq));
            }
            Err(other) => panic!("the others learn the outcome: {other:?}"),
            Ok(_) => {}
        }
    }
    assert_eq!(world.list(&crate::port::ListQuery::Services).await.len(), 2);
}

pub(super) async fn writers_that_load_again_all_get_through(fixture: Fixture) {
    let world = World::of(fixture).await;
    let key = Record::from(world.put(service("blog")).await).key();
    let writer = |_| {
        let (store, tenant, key) = (world.store(), world.tenant.clone(), key.clone());
        tokio::spawn(async move {
            loop {
                let row = store.load(&tenant, &Load::record(key.clone())).await.unwrap().record.unwrap();
                match store.commit(put(&tenant, row)).await {
                    Ok(_) => return,
                    Err(StoreError::Stale { .. }) => tokio::task::yield_now().await,
                    Err(other) => panic!("only a race refuses it: {other:?}"),
                }
            }
        })
    };
    let writers: Vec<_> = (0..CALLERS).map(writer).collect();
    join_all(writers).await.into_iter().for_each(|writer| writer.expect("the writer gets through"));
    let row = world.load(Load::record(key)).await.record.unwrap();
    assert_eq!(row.row_version(), RowVersion(1 + CALLERS));
}

pub(super) async fn nothing_commits_under_an_older_governance(fixture: Fixture) {
    let world = World::of(fixture).await;
    let epoch = world.load(Load::tenant()).await.policy.epoch;
    let change = |number: u64| {
        if number == CALLERS / 2 {
            let mut change = put(&world.tenant, grant("rita", "viewer"));
            change.governs();
            return change;
        }
        let mut change = put(&world.tenant, service(&format!("blog-{number}")));
        change.under_governance(epoch);
        change
    };
    let answers = at_once(&world, (0..CALLERS).map(change)).await;
    let moved =
        answers.iter().flatten().find(|committed| committed.records[0].key().kind == RecordKind::Grant);
    let moved = moved.expect("the governance change commits");
    for answer in &answers {
        match answer {
            Ok(committed) if committed.seq == moved.seq => {}
            Ok(committed) => {
                assert!(committed.seq < moved.seq, "what relied on the older epoch came before the move");
                assert_eq!(committed.governance_epoch, epoch);
            }
            Err(refused) => assert_eq!(*refused, StoreError::GovernanceMoved),
        }
    }
}

pub(super) async fn chains_have_no_gaps_under_load(fixture: Fixture) {
    let world = World::of(fixture).await;
    let before = world.events(Chain::Ledger).await.len();
    let change = |number: u64| {
        let about = subject(&RecordKey::new(RecordKind::Service, number));
        match number % 3 {
            0 => ChangeSet::denial(world.tenant.clone(), event("access.denied", about)),
            // Two of these three race for one name, so that refusals stand between the commits.
            _ => put(&world.tenant, service(&format!("blog-{}", number / 3))),
        }
    };
    let answers = at_once(&world, (0..6 * CALLERS).map(change)).await;
    world.verify_chains().await;
    let committed = answers.iter().flatten().filter(|committed| !committed.records.is_empty());
    let mut seqs: Vec<_> = committed.map(|committed| committed.seq).collect();
    seqs.sort_unstable();
    let first = u64::try_from(before).unwrap() + 1;
    assert_eq!(seqs, (first..first + 2 * CALLERS).collect::<Vec<_>>(), "each commit has a place of its own");
    assert_eq!(world.events(Chain::Security).await.len(), usize::try_from(2 * CALLERS).unwrap());
}
