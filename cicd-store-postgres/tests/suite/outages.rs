//! The server is stopped at once, again and again, and is paused: what was answered is there afterwards, and nothing twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cicd_core::port::{ListQuery, Store as _, StoreError};
use cicd_core::testing::builders::{put, service, tenant};
use cicd_store_postgres::{PostgresOptions, PostgresStore, migrate};
use cicd_tests::postgres::Server;

use crate::dice::{Dice, number};

/// How often the server is stopped; `CICD_PROVE_STOPS` sets another number.
const STOPS: u64 = 3;
/// How long it is paused, in seconds, as `CICD_PROVE_PAUSE` sets it.
const PAUSE: u64 = 1;
const WRITERS: u64 = 8;
/// How many rows are acknowledged before each stop, however slow the machine is.
const BETWEEN: u64 = 20;

/// What the writers of a run share.
#[derive(Default)]
struct Run {
    over: AtomicBool,
    told: AtomicU64,
}

impl Run {
    async fn until_more_is_told(&self) {
        let before = self.told.load(Ordering::SeqCst);
        while self.told.load(Ordering::SeqCst) < before + BETWEEN {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Writes rows one after the other until it is over. Gives the names of those that were acknowledged, and how often the
/// store was unavailable.
async fn write(store: PostgresStore, writer: u64, run: Arc<Run>) -> (Vec<String>, u64) {
    let acme = tenant(&format!("acme-{}", writer % 2));
    let (mut told, mut unavailable, mut number) = (Vec::new(), 0, 0);
    while !run.over.load(Ordering::SeqCst) {
        let name = format!("w{writer}-{number}");
        match store.commit(put(&acme, service(&name))).await {
            Ok(_) => {
                told.push(name);
                run.told.fetch_add(1, Ordering::SeqCst);
            }
            // It was committed, and the answer was lost with the connection.
            Err(StoreError::Stale { .. }) => {}
            Err(StoreError::Unavailable { .. }) => {
                unavailable += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
            Err(error) => panic!("{error}"),
        }
        number += 1;
    }
    (told, unavailable)
}

async fn until_it_answers(store: &PostgresStore) -> Duration {
    let begun = Instant::now();
    while store.list(&tenant("acme-0"), &ListQuery::Freezes, None, Default::default()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_outlives_the_servers_stops() {
    let (stops, seed) = (number("CICD_PROVE_STOPS", STOPS), number("CICD_SEED", 7));
    // What the server acknowledges survives its own crash without waiting for the disk of the machine.
    let server = tokio::task::spawn_blocking(|| Arc::new(Server::start(true))).await.unwrap();
    let options =
        PostgresOptions { acquire_timeout: Duration::from_millis(500), ..PostgresOptions::default() };
    let pool = options.pool(server.url()).await.unwrap();
    migrate(&pool).await.unwrap();
    let store = PostgresStore::with_pool(pool).await.unwrap();
    let run = Arc::new(Run::default());
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(write(store.clone(), writer, Arc::clone(&run)))).collect();
    let (mut dice, mut slowest) = (Dice::of(seed), Duration::ZERO);
    for _ in 0..stops {
        run.until_more_is_told().await;
        tokio::time::sleep(Duration::from_millis(100 + dice.below(400))).await;
        let stopped = Arc::clone(&server);
        tokio::task::spawn_blocking(move || stopped.stop_at_once()).await.unwrap();
        slowest = slowest.max(until_it_answers(&store).await);
    }
    server.signal("-STOP");
    tokio::time::sleep(Duration::from_secs(number("CICD_PROVE_PAUSE", PAUSE))).await;
    server.signal("-CONT");
    until_it_answers(&store).await;
    run.over.store(true, Ordering::SeqCst);
    let (mut told, mut unavailable) = (Vec::new(), 0);
    for writer in writers {
        let (names, times) = writer.await.unwrap();
        told.extend(names);
        unavailable += times;
    }
    all_there(&store, &told).await;
    assert!(unavailable > 0, "no writer met a stop");
    println!(
        "{stops} stops, seed {seed}: {} told, {unavailable} times unavailable, lost 0, twice 0; answers again after at most {slowest:?}",
        told.len()
    );
}

/// Each row that was acknowledged was committed once, and everything fits together.
async fn all_there(store: &PostgresStore, told: &[String]) {
    let rows = "SELECT id FROM cicd_service";
    let stored: Vec<String> = sqlx::query_scalar(rows).fetch_all(store.pool()).await.unwrap();
    let lost: Vec<_> = told.iter().filter(|name| !stored.contains(name)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let events: i64 =
        sqlx::query_scalar("SELECT count(*) FROM cicd_audit_event").fetch_one(store.pool()).await.unwrap();
    assert_eq!(usize::try_from(events).unwrap(), stored.len(), "one event for each row");
    for tenant in store.tenants().await.unwrap() {
        assert!(store.verify_chains(&tenant).await.unwrap().iter().all(|chain| chain.error.is_none()));
    }
    assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
}
