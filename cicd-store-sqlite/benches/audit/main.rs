//! Verification of a chain in a SQLite file, beside reading the same rows without hashing: through the same reader page by
//! page, and by a bare sqlx loop over one statement that takes every column. All take turns in one run.
//!
//! The goal: at least 0.8 × reading through the same reader.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails by panicking")]

use std::path::Path;
use std::time::{Duration, Instant};

use cicd_core::audit::{Chain, ChainHead};
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, Record};
use cicd_core::testing::builders::{Site, event, release_id, subject, tenant};
use cicd_core::time::Timestamp;
use cicd_core::trail::{Known, Selection, verify};
use cicd_store_sqlite::{SqliteTrail, migrate};
use futures_util::TryStreamExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

const EVENTS: u32 = 200_000;
const ROUNDS: usize = 9;
/// No round begins later, however busy the machine is.
const LONGEST: Duration = Duration::from_secs(60);
const GOAL: f64 = 0.8;
const INSERT: &str = "
INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash) VALUES (?1, 'ledger', ?2, ?3, ?4, ?5, ?6)";
const BARE: &str = "SELECT seq, at, bytes, previous, hash FROM cicd_audit_event
WHERE tenant = 'acme' AND chain = 'ledger' ORDER BY seq";

fn main() {
    // `cargo test --benches` only asks whether it still runs.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if wanted.is_some_and(|filter| !"sqlite/audit".contains(&filter)) {
        return;
    }
    let (count, rounds) = if quick { (2_000, 1) } else { (EVENTS, ROUNDS) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(count, rounds));
}

async fn measure(count: u32, rounds: usize) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cicd.db");
    let bytes = fill(&path, count).await;
    let trail = SqliteTrail::open(&path).await.unwrap();
    let mut bare = SqliteConnectOptions::new().filename(&path).read_only(true).connect().await.unwrap();
    let mut rates = [const { Vec::new() }; 3];
    let began = Instant::now();
    while rates[0].len() < rounds && (rates[0].is_empty() || began.elapsed() < LONGEST) {
        rates[0].push(rate(count, read(&trail)).await);
        rates[1].push(rate(count, verified(&trail)).await);
        rates[2].push(rate(count, read_bare(&mut bare)).await);
    }
    // Rounds that stood beside each other: what else the machine did touched both.
    let mut ratios: Vec<f64> =
        rates[1].iter().zip(&rates[0]).map(|(verified, read)| verified / read).collect();
    let ratio = median(&mut ratios);
    let [read, verified, bare] = rates.map(|mut rates| median(&mut rates));
    println!("sqlite/audit      {count} events of {bytes} bytes");
    println!("sqlite/audit      read, bare sqlx    {bare:>9.0}/s");
    println!("sqlite/audit      read, same reader  {read:>9.0}/s");
    println!("sqlite/audit      read and verified  {verified:>9.0}/s");
    println!(
        "sqlite/audit      {ratio:.2} x reading alone (goal >= {GOAL}); {:.2} x bare sqlx",
        verified / bare
    );
}

async fn rate(count: u32, work: impl Future<Output = u64>) -> f64 {
    let began = Instant::now();
    assert_eq!(work.await, u64::from(count));
    f64::from(count) / began.elapsed().as_secs_f64()
}

async fn verified(trail: &SqliteTrail) -> u64 {
    let report = verify(trail, &acme(), Chain::Ledger, &Known::default(), &mut |_| {}).await.unwrap();
    assert_eq!(report.error, None);
    report.verified()
}

async fn read(trail: &SqliteTrail) -> u64 {
    let (mut seen, tenant) = (0, acme());
    let mut selected = Selection::of(EventQuery::of(Chain::Ledger)).read(trail, &tenant);
    while let Some(events) = selected.next().await.unwrap() {
        seen += events.len() as u64;
    }
    seen
}

async fn read_bare(connection: &mut SqliteConnection) -> u64 {
    let (mut rows, mut seen) = (sqlx::query(BARE).fetch(connection), 0);
    while let Some(row) = rows.try_next().await.unwrap() {
        let (at, bytes): (i64, &str) = (row.get(1), row.get(2));
        let (previous, hash): (&[u8], &[u8]) = (row.get(3), row.get(4));
        seen += u64::from(at > 0 && !bytes.is_empty() && previous.len() == hash.len());
    }
    seen
}

/// Events as the store writes them, in one transaction; gives the length of one.
async fn fill(path: &Path, count: u32) -> usize {
    migrate(path).await.unwrap();
    let site = Site::new("shop", 0);
    let about = subject(&Record::Service(site.service.clone()).key());
    let mut audit = event("release.created", about.of_deployment(site.deployment.id.clone()));
    audit.data = serde_json::to_value(site.created(release_id(1))).unwrap();
    let bytes = audit.bytes().unwrap();
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    let mut head = ChainHead::EMPTY;
    for number in 0..count {
        let at = Timestamp::from_micros(1_700_000_000_000_000 + i64::from(number));
        let (stored, next) = head.append(&acme(), Chain::Ledger, at, bytes.clone());
        let query = sqlx::query(INSERT).bind("acme").bind(i64::try_from(stored.seq).unwrap());
        let query = query.bind(stored.at.as_micros()).bind(&stored.bytes);
        let query = query.bind(&stored.previous.as_bytes()[..]).bind(&stored.hash.as_bytes()[..]);
        query.execute(&mut *transaction).await.unwrap();
        head = next;
    }
    transaction.commit().await.unwrap();
    connection.close().await.unwrap();
    bytes.len()
}

fn acme() -> TenantId {
    tenant("acme")
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}
