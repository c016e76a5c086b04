//! Pages of the release list and of the timeline as the history grows from 10³ to 10⁶ events, each history in a database of
//! its own on one server. Short and long take turns, so that what else the machine does touches all. pgbench sends the
//! same statements beside them.
//!
//! The goal: at 10⁶ events at most 1.5 × what it takes at 10³.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench fails by panicking"
)]

mod page;
mod past;

use std::time::{Duration, Instant};

use cicd_store_postgres::PostgresStore;
use cicd_tests::postgres::Server;
use page::Page;

const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS: usize = 9;
/// How often a page is read in a round.
const TIMES: u32 = 50;
/// No round begins later, however busy the machine is.
const LONGEST: Duration = Duration::from_secs(60);

fn main() {
    // `cargo test --benches` only asks whether it still runs.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let (sizes, rounds, times) = if quick { (&SIZES[..1], 1, 1) } else { (&SIZES[..], ROUNDS, TIMES) };
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if wanted.is_some_and(|filter| !"postgres/history".contains(&filter)) {
        return;
    }
    let server = Server::start(false);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(&server, sizes, rounds, times));
}

/// A history of so many events.
struct History {
    events: u32,
    store: PostgresStore,
    url: String,
    /// What the store sends for each page.
    statements: Vec<String>,
}

async fn measure(server: &Server, sizes: &[u32], rounds: usize, times: u32) {
    let mut histories = Vec::new();
    for &events in sizes {
        let (store, url) = past::of(server, events).await;
        let mut statements = Vec::new();
        for page in Page::ALL {
            statements.push(page.statement(&store, events).await);
        }
        histories.push(History { events, store, url, statements });
    }
    let began = Instant::now();
    // For each page and each history, what each round took.
    let mut taken = vec![vec![Vec::new(); histories.len()]; Page::ALL.len()];
    for round in 0..rounds {
        if round > 0 && began.elapsed() > LONGEST {
            break;
        }
        for (page, taken) in Page::ALL.into_iter().zip(&mut taken) {
            for (history, taken) in histories.iter().zip(taken) {
                taken.push(page.micros(&history.store, history.events, times).await);
            }
        }
    }
    for (number, taken) in taken.into_iter().enumerate() {
        report(number, &histories, taken, rounds == 1).await;
    }
    for history in histories {
        history.store.close().await;
    }
}

/// Prints what came of the page with number `number`.
async fn report(number: usize, histories: &[History], taken: Vec<Vec<f64>>, quick: bool) {
    let shortest = taken[0].clone();
    for (history, taken) in histories.iter().zip(taken) {
        let round = if quick { Duration::ZERO } else { Duration::from_secs(2) };
        let pgbench = page::pgbench(&history.url, &history.statements[number], round).await;
        let ratio = median(taken.iter().zip(&shortest).map(|(long, short)| long / short).collect());
        println!(
            "postgres/history  {:<34} {:>7} events: {:>6.0} us, pgbench {pgbench:>6.0} us, {ratio:.2} x the shortest (goal <= 1.5)",
            Page::ALL[number].name(),
            history.events,
            median(taken),
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
