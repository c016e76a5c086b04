//! Decisions on PostgreSQL, a load and a commit each: callers of the store beside bare sqlx and beside pgbench, which send
//! the same two statements with values that were made before. All take turns in one run on one server, so that only the
//! ratios mean something.
//!
//! Then the server tells in which functions it spends a commit.
//!
//! The goal: at least 0.9 × the bare loop, for 1, 8 and 32 clients, on one tenant and on 100.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench fails by panicking"
)]

mod bare;
mod functions;
mod pgbench;

use std::time::{Duration, Instant};

use bare::Bare;
use cicd_core::id::{ReleaseId, TenantId};
use cicd_core::port::{Load, Store as _};
use cicd_core::release::Release;
use cicd_core::release::event::ReleaseEvent;
use cicd_core::testing::builders::{Site, put, release_change, release_id, tenant};
use cicd_store_postgres::{PostgresOptions, PostgresStore, migrate};
use cicd_tests::postgres::Server;
use futures_util::future::join_all;

const CLIENTS: [u64; 3] = [1, 8, 32];
const TENANTS: [u64; 2] = [1, 100];
/// Releases that execute, each of its own site; the tenants share them.
const RELEASES: u64 = 100;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(2);

fn main() {
    // `cargo test --benches` only asks whether it still runs.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let (rounds, round) = if quick { (1, Duration::from_millis(50)) } else { (ROUNDS, ROUND) };
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if wanted.is_some_and(|filter| !"postgres/decide".contains(&filter)) {
        return;
    }
    let server = Server::start(true);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(&server, rounds, round));
}

async fn measure(server: &Server, rounds: usize, round: Duration) {
    let options = PostgresOptions { connections: 40, ..PostgresOptions::default() };
    let pool = options.pool(server.url()).await.unwrap();
    migrate(&pool).await.unwrap();
    let store = PostgresStore::with_pool(pool).await.unwrap();
    for tenants in TENANTS {
        populate(&store, tenants).await;
        let bare = Bare::learn(&store, tenants).await;
        for clients in CLIENTS {
            let mut rates = [const { Vec::new() }; 3];
            for _ in 0..rounds {
                rates[0].push(callers(&store, clients, tenants, round).await);
                rates[1].push(bare.callers(store.pool(), clients, round).await);
                rates[2].push(pgbench::callers(server.url(), &bare, clients, round).await);
            }
            let [ours, bare, pgbench] = rates.map(median);
            println!(
                "postgres/decide   {clients:>2} clients, {tenants:>3} tenants: {ours:>6.0}/s, bare sqlx {bare:>6.0}/s, pgbench {pgbench:>6.0}/s: \
                 {:.2} x bare (goal >= 0.9), {:.2} x pgbench",
                ours / bare,
                ours / pgbench
            );
        }
        if tenants == 1 {
            functions::report(server.url(), &bare, round).await;
        }
    }
    store.close().await;
}

/// The release `number`, as one of `tenants` has it.
fn place(tenants: u64, number: u64) -> (TenantId, ReleaseId) {
    (tenant(&format!("t{tenants}-{}", number % tenants)), release_id(tenants * 1_000 + number))
}

/// Releases that execute, on a site each.
async fn populate(store: &PostgresStore, tenants: u64) {
    for number in 0..RELEASES {
        let (tenant, id) = place(tenants, number);
        let site = Site::new(&format!("site-{number}"), 0);
        store.commit(put(&tenant, site.service.clone())).await.unwrap();
        store.commit(put(&tenant, site.deployment.clone())).await.unwrap();
        store.commit(put(&tenant, site.config.clone())).await.unwrap();
        store.commit(release_change(&tenant, None, vec![site.created(id)])).await.unwrap();
        let release = load(store, &tenant, id).await;
        store.commit(release_change(&tenant, Some(&release), vec![started(&release)])).await.unwrap();
    }
}

/// How many decisions a second `clients` callers make, each on releases of its own.
async fn callers(store: &PostgresStore, clients: u64, tenants: u64, round: Duration) -> f64 {
    let began = Instant::now();
    let callers = (0..clients).map(|client| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut decisions = 0_u32;
            let mut mine = (client..RELEASES).step_by(usize::try_from(clients).unwrap()).cycle();
            while began.elapsed() < round {
                let (tenant, id) = place(tenants, mine.next().unwrap());
                let release = load(&store, &tenant, id).await;
                store.commit(release_change(&tenant, Some(&release), vec![progressed()])).await.unwrap();
                decisions += 1;
            }
            decisions
        })
    });
    let decisions: u32 = join_all(callers).await.into_iter().map(Result::unwrap).sum();
    f64::from(decisions) / began.elapsed().as_secs_f64()
}

async fn load(store: &PostgresStore, tenant: &TenantId, id: ReleaseId) -> Release {
    store.load(tenant, &Load::release(id)).await.unwrap().release.unwrap()
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

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}
