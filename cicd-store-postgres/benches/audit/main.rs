//! Verification of a chain on PostgreSQL, beside reading the same rows without hashing: through the same reader page by
//! page, and by a bare sqlx loop over one statement that takes every column. All take turns in one run.
//!
//! The goal: at least 0.8 × reading through the same reader.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails by panicking")]

use std::time::{Duration, Instant};

use cicd_core::audit::Chain;
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, Record, Store as _};
use cicd_core::testing::builders::{Site, event, put, release_id, subject, tenant};
use cicd_core::trail::{Known, Selection, verify};
use cicd_store_postgres::{PostgresOptions, PostgresStore, PostgresTrail, migrate};
use cicd_tests::postgres::Server;
use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{Connection as _, Row as _};

const EVENTS: i64 = 100_000;
const ROUNDS: usize = 9;
/// No round begins later, however busy the machine is.
const LONGEST: Duration = Duration::from_secs(60);
const GOAL: f64 = 0.8;
/// The store's own function hashes; without the triggers it takes seconds, not minutes, and the head follows once.
const FILL: [&str; 3] = [
    "SET LOCAL session_replication_role = replica",
    "SELECT cicd_append(head, head.at, array_fill($1::text, ARRAY[$2::integer])) FROM cicd_chain_head AS head
     WHERE tenant = 'acme' AND chain = 'ledger'",
    "UPDATE cicd_chain_head AS head SET seq = event.seq, hash = event.hash, at = event.at FROM cicd_audit_event AS event
     WHERE head.tenant = 'acme' AND head.chain = 'ledger' AND event.tenant = 'acme' AND event.chain = 'ledger'
         AND event.seq = (SELECT max(seq) FROM cicd_audit_event WHERE tenant = 'acme' AND chain = 'ledger')",
];
const BARE: &str = "SELECT seq, at, bytes, previous, hash FROM cicd_audit_event
WHERE tenant = 'acme' AND chain = 'ledger' ORDER BY seq";

fn main() {
    // `cargo test --benches` only asks whether it still runs.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if wanted.is_some_and(|filter| !"postgres/audit".contains(&filter)) {
        return;
    }
    let (count, rounds) = if quick { (2_000, 1) } else { (EVENTS, ROUNDS) };
    let server = Server::start(false);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(&server, count, rounds));
}

async fn measure(server: &Server, count: i64, rounds: usize) {
    let options = PostgresOptions { statement_timeout: Duration::ZERO, ..PostgresOptions::default() };
    let bytes = fill(options.pool(server.url()).await.unwrap(), count).await;
    let trail = PostgresTrail::connect(server.url(), &options).await.unwrap();
    let mut bare = PgConnection::connect(server.url()).await.unwrap();
    let began = Instant::now();
    let mut rates = [const { Vec::new() }; 3];
    while rates[0].len() < rounds && (rates[0].is_empty() || began.elapsed() < LONGEST) {
        rates[0].push(rate(read(&trail)).await);
        rates[1].push(rate(verified(&trail)).await);
        rates[2].push(rate(read_bare(&mut bare)).await);
    }
    // Rounds that stood beside each other: what else the machine did touched both.
    let ratios = |other: usize| {
        median(rates[1].iter().zip(&rates[other]).map(|(verified, read)| verified / read).collect())
    };
    let (of_read, of_bare) = (ratios(0), ratios(2));
    let [read, verified, bare] = rates.map(median);
    println!("postgres/audit    {count} events of {bytes} bytes");
    println!("postgres/audit    read, bare sqlx    {bare:>9.0}/s");
    println!("postgres/audit    read, same reader  {read:>9.0}/s");
    println!("postgres/audit    read and verified  {verified:>9.0}/s");
    println!("postgres/audit    {of_read:.2} x reading alone (goal >= {GOAL}); {of_bare:.2} x bare sqlx");
}

/// Events a second.
async fn rate(work: impl Future<Output = u64>) -> f64 {
    let began = Instant::now();
    let events = work.await;
    f64::from(u32::try_from(events).unwrap()) / began.elapsed().as_secs_f64()
}

async fn verified(trail: &PostgresTrail) -> u64 {
    let report = verify(trail, &acme(), Chain::Ledger, &Known::default(), &mut |_| {}).await.unwrap();
    assert_eq!(report.error, None);
    report.verified()
}

async fn read(trail: &PostgresTrail) -> u64 {
    let (mut seen, tenant) = (0, acme());
    let mut selected = Selection::of(EventQuery::of(Chain::Ledger)).read(trail, &tenant);
    while let Some(events) = selected.next().await.unwrap() {
        seen += events.len() as u64;
    }
    seen
}

async fn read_bare(connection: &mut PgConnection) -> u64 {
    let (mut rows, mut seen) = (sqlx::query(BARE).fetch(connection), 0);
    while let Some(row) = rows.try_next().await.unwrap() {
        let (at, bytes): (i64, &str) = (row.get(1), row.get(2));
        let (previous, hash): (&[u8], &[u8]) = (row.get(3), row.get(4));
        seen += u64::from(at > 0 && !bytes.is_empty() && previous.len() == hash.len());
    }
    seen
}

/// A chain of `count` events and the one that it begins with; gives the length of one.
async fn fill(pool: PgPool, count: i64) -> usize {
    migrate(&pool).await.unwrap();
    let site = Site::new("shop", 0);
    let store = PostgresStore::with_pool(pool).await.unwrap();
    store.commit(put(&acme(), site.service.clone())).await.unwrap();
    let about = subject(&Record::Service(site.service.clone()).key());
    let mut audit = event("release.created", about.of_deployment(site.deployment.id.clone()));
    audit.data = serde_json::to_value(site.created(release_id(1))).unwrap();
    let bytes = audit.bytes().unwrap();
    let mut transaction = store.pool().begin().await.unwrap();
    let [triggers, append, head] = FILL;
    sqlx::query(triggers).execute(&mut *transaction).await.unwrap();
    sqlx::query(append).bind(&bytes).bind(count).execute(&mut *transaction).await.unwrap();
    sqlx::query(head).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE cicd_audit_event").execute(store.pool()).await.unwrap();
    store.close().await;
    bytes.len()
}

fn acme() -> TenantId {
    tenant("acme")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
