//! Decisions on SQLite, a load and a commit each: 64 callers of the store beside a loop that commits one by one with bare
//! sqlx. All take turns in one run on one machine, so that only the ratios mean something.
//!
//! The goal: at least 5 × the loop where an `fdatasync` takes 1 ms or longer, else at least 0.5 × the loop that does not
//! wait for the disk (`synchronous=NORMAL`).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails by panicking")]

mod bare;

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use bare::Bare;
use cicd_core::id::{ReleaseId, TenantId};
use cicd_core::port::{Load, Store as _};
use cicd_core::release::Release;
use cicd_core::release::event::ReleaseEvent;
use cicd_core::testing::builders::{Site, put, release_change, release_id, tenant};
use cicd_store_sqlite::{SqliteOptions, SqliteStore, migrate};

const CALLERS: u64 = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

fn main() {
    // `cargo test --benches` only asks whether it still runs.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let (rounds, round) = if quick { (1, Duration::from_millis(50)) } else { (ROUNDS, ROUND) };
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if wanted.is_some_and(|filter| !"sqlite/commit".contains(&filter)) {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(rounds, round));
}

async fn measure(rounds: usize, round: Duration) {
    let directory = tempfile::tempdir().unwrap();
    let sync = fdatasync(directory.path());
    let path = directory.path().join("store.db");
    let store = populated(&path).await;
    let mut full = Bare::open(&directory.path().join("full.db"), "FULL").await;
    let mut normal = Bare::open(&directory.path().join("normal.db"), "NORMAL").await;
    let mut rates = [const { Vec::new() }; 4];
    for _ in 0..rounds {
        rates[0].push(callers(&store, CALLERS, round).await);
        rates[1].push(callers(&store, 1, round).await);
        rates[2].push(full.decide(round).await);
        rates[3].push(normal.decide(round).await);
    }
    store.close().await;
    let [many, one, full, normal] = rates.map(median);
    println!("sqlite/commit     fdatasync {} us", sync.as_micros());
    println!("sqlite/commit     store, {CALLERS} callers {many:>9.0}/s");
    println!("sqlite/commit     store, one caller  {one:>9.0}/s");
    println!("sqlite/commit     bare loop, FULL    {full:>9.0}/s");
    println!("sqlite/commit     bare loop, NORMAL  {normal:>9.0}/s");
    let (ratio, goal, of) = match sync >= Duration::from_millis(1) {
        true => (many / full, 5.0, "FULL"),
        false => (many / normal, 0.5, "NORMAL"),
    };
    println!(
        "sqlite/commit     {ratio:.2} x the bare loop, {of} (goal >= {goal}); {:.2} x FULL",
        many / full
    );
}

/// A database with a release that executes for each caller.
async fn populated(path: &Path) -> SqliteStore {
    migrate(path).await.unwrap();
    let store = SqliteStore::open(path, SqliteOptions::default()).await.unwrap();
    for number in 0..CALLERS {
        let site = Site::new(&format!("site-{number}"), 0);
        store.commit(put(&acme(), site.service.clone())).await.unwrap();
        store.commit(put(&acme(), site.deployment.clone())).await.unwrap();
        store.commit(put(&acme(), site.config.clone())).await.unwrap();
        let created = release_change(&acme(), None, vec![site.created(release_id(number))]);
        store.commit(created).await.unwrap();
        let release = load(&store, release_id(number)).await;
        store.commit(release_change(&acme(), Some(&release), vec![started(&release)])).await.unwrap();
    }
    store
}

/// How many decisions a second `count` callers make, each on its own release.
async fn callers(store: &SqliteStore, count: u64, round: Duration) -> f64 {
    let began = Instant::now();
    let callers: Vec<_> = (0..count)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut decisions = 0_u32;
                while began.elapsed() < round {
                    let release = load(&store, release_id(number)).await;
                    let progressed = progressed();
                    store.commit(release_change(&acme(), Some(&release), vec![progressed])).await.unwrap();
                    decisions += 1;
                }
                decisions
            })
        })
        .collect();
    let mut decisions = 0;
    for caller in callers {
        decisions += caller.await.unwrap();
    }
    f64::from(decisions) / began.elapsed().as_secs_f64()
}

async fn load(store: &SqliteStore, id: ReleaseId) -> Release {
    store.load(&acme(), &Load::release(id)).await.unwrap().release.unwrap()
}

fn started(release: &Release) -> ReleaseEvent {
    ReleaseEvent::Started {
        content_digest: release.content_digest,
        attempt: cicd_core::id::AttemptId::from_uuid(release.id().as_uuid()),
        epoch: 1,
        report_token: release.content_digest,
    }
}

/// One more step of the rollout.
const fn progressed() -> ReleaseEvent {
    ReleaseEvent::Progressed { next_step: 1, epoch: 1, report_token: None }
}

fn acme() -> TenantId {
    tenant("acme")
}

/// How long the disk takes to keep a page.
fn fdatasync(directory: &Path) -> Duration {
    let mut file = std::fs::File::create(directory.join("sync")).unwrap();
    let mut times: Vec<_> = (0..200)
        .map(|_| {
            let began = Instant::now();
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}
