//! Clients that go away at any moment: no session is left in a transaction, and nothing that was answered is lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cicd_core::audit::Chain;
use cicd_core::page::Limit;
use cicd_core::port::{ListQuery, Load, Record, Store as _};
use cicd_core::testing::builders::{put, service, tenant};
use cicd_store_postgres::{PostgresOptions, PostgresStore};
use tokio::sync::Semaphore;

use crate::database::migrated;
use crate::dice::{Dice, number};

/// How many clients go away; `CICD_PROVE_CASES` sets another number.
const CLIENTS: u64 = 1_000;
/// How many are there at once.
const AT_ONCE: usize = 32;
/// The first clients wait less than this before they go away, in microseconds. Whoever was answered makes the next ones less
/// patient, whoever was not more, so that about half are cut off however fast the machine is.
const PATIENCE: u64 = 4_000;

const IN_TRANSACTION: &str = "
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";

/// What a client does before it goes away; the name of the row that it was told of.
async fn ask(store: PostgresStore, number: u64) -> Option<String> {
    let acme = tenant("acme");
    let name = format!("s-{number}");
    if number.is_multiple_of(4) {
        store.load(&acme, &Load::tenant()).await.ok()?;
        return None;
    }
    store.commit(put(&acme, service(&name))).await.ok().map(|_| name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_outlives_clients_that_go_away() {
    let (clients, seed) = (number("CICD_PROVE_CASES", CLIENTS), number("CICD_SEED", 7));
    let database = migrated().await;
    let options = PostgresOptions { connections: 8, ..PostgresOptions::default() };
    let store = PostgresStore::connect(&database.url(), &options).await.unwrap();
    let (mut dice, room) = (Dice::of(seed), Arc::new(Semaphore::new(AT_ONCE)));
    let patience = Arc::new(AtomicU64::new(PATIENCE));
    let mut asked = Vec::new();
    for number in 0..clients {
        let place = Arc::clone(&room).acquire_owned().await.unwrap();
        let (store, patience) = (store.clone(), Arc::clone(&patience));
        let wait = Duration::from_micros(dice.below(patience.load(Ordering::Relaxed)));
        asked.push(tokio::spawn(async move {
            let answer = tokio::time::timeout(wait, ask(store, number)).await;
            let next = |wait: u64| Some(if answer.is_ok() { wait - wait / 50 } else { wait + wait / 50 });
            let _ = patience.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
            drop(place);
            answer.ok().flatten()
        }));
    }
    let mut told = BTreeSet::new();
    for client in asked {
        told.extend(client.await.unwrap());
    }
    let went = clients - u64::try_from(told.len()).unwrap();
    let sessions: i64 = sqlx::query_scalar(IN_TRANSACTION).fetch_one(&database.pool().await).await.unwrap();
    assert_eq!(sessions, 0, "left in a transaction");
    // Work that nobody waits for any more still ends.
    store.commit(put(&tenant("acme"), service("last"))).await.unwrap();
    let stored = everything(&store).await;
    assert_eq!(told.difference(&stored).next(), None, "told of, and lost");
    assert!(
        went > 0 && !told.is_empty(),
        "the run proved nothing: {went} went away, {} were told",
        told.len()
    );
    let head = store.head(&tenant("acme"), Chain::Ledger).await.unwrap();
    assert!(head.seq >= u64::try_from(stored.len()).unwrap());
    assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
    println!("{clients} clients, seed {seed}: {} told, {went} went away or only looked; lost 0", told.len());
}

async fn everything(store: &PostgresStore) -> BTreeSet<String> {
    let (mut names, mut after) = (BTreeSet::new(), None::<String>);
    loop {
        let page = store
            .list(
                &tenant("acme"),
                &ListQuery::Services,
                after.as_deref(),
                Limit::new(u64::from(Limit::MAX)).unwrap(),
            )
            .await
            .unwrap();
        names.extend(page.items.iter().map(|row: &Record| row.key().id));
        after = page.next;
        if after.is_none() {
            return names;
        }
    }
}
