//! Pages of the release list and of the timeline as the history grows from 10³ to 10⁶ events, each history in a file of its
//! own. Short and long take turns, so that what else the machine does touches all.
//!
//! The goal: at 10⁶ events at most 1.5 × what it takes at 10³.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails by panicking")]

mod past;

use std::time::{Duration, Instant};

use cicd_core::audit::Chain;
use cicd_core::page::Limit;
use cicd_core::port::{EventQuery, ListQuery, Order, Place, ReleaseFilter, Store as _};
use cicd_store_sqlite::SqliteStore;
use past::acme;

const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS: usize = 9;
/// How often a page is read in a round.
const TIMES: u32 = 50;
/// No round begins later, however busy the machine is.
const LONGEST: Duration = Duration::from_secs(60);
/// Few enough that the shortest history has a full page after its middle.
const ENTRIES: u64 = 20;

/// A page of a service's history: its name, whether it is of releases, and whether it begins in the middle.
type Page = (&'static str, bool, bool);

const PAGES: [Page; 4] = [
    ("release list, first page", true, false),
    ("release list, a page of its middle", true, true),
    ("timeline, first page", false, false),
    ("timeline, a page of its middle", false, true),
];

fn main() {
    // `cargo test --benches` only asks whether it still runs.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let (sizes, rounds, times) = if quick { (&SIZES[..1], 1, 1) } else { (&SIZES[..], ROUNDS, TIMES) };
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if wanted.is_some_and(|filter| !"sqlite/history".contains(&filter)) {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(sizes, rounds, times));
}

async fn measure(sizes: &[u32], rounds: usize, times: u32) {
    let directory = tempfile::tempdir().unwrap();
    let mut histories = Vec::new();
    for &events in sizes {
        let store = past::of(&directory.path().join(format!("{events}.db")), events).await;
        histories.push((events, store));
    }
    let began = Instant::now();
    // For each page and each history, what each round took.
    let mut taken = vec![vec![Vec::new(); histories.len()]; PAGES.len()];
    for round in 0..rounds {
        if round > 0 && began.elapsed() > LONGEST {
            break;
        }
        for (page, taken) in PAGES.into_iter().zip(&mut taken) {
            for ((events, store), taken) in histories.iter().zip(taken) {
                taken.push(micros(store, page, *events, times).await);
            }
        }
    }
    for ((name, ..), taken) in PAGES.into_iter().zip(taken) {
        report(name, sizes, taken);
    }
    for (_, store) in histories {
        store.close().await;
    }
}

/// How long one reading of `page` takes, in microseconds.
async fn micros(store: &SqliteStore, page: Page, events: u32, times: u32) -> f64 {
    let began = Instant::now();
    for _ in 0..times {
        assert_eq!(read(store, page, events).await as u64, ENTRIES, "{}: the page is full", page.0);
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

/// Reads `page` of a history of `events`, and counts its entries.
async fn read(store: &SqliteStore, (_, of_releases, middle): Page, events: u32) -> usize {
    let service = Some("site-0".parse().unwrap());
    let (limit, half) = (Limit::new(ENTRIES).unwrap(), u64::from(events / 2));
    if of_releases {
        let query = ListQuery::Releases(ReleaseFilter { service, ..ReleaseFilter::default() });
        let after = middle.then(|| Place { number: half, id: "~".to_owned() }.to_string());
        store.list(&acme(), &query, after.as_deref(), limit).await.unwrap().items.len()
    } else {
        let (order, after, limit) = (Order::NewestFirst, middle.then_some(half), limit.get());
        let query = EventQuery { service, order, after, limit, ..EventQuery::of(Chain::Ledger) };
        store.events(&acme(), &query).await.unwrap().len()
    }
}

fn report(name: &str, sizes: &[u32], taken: Vec<Vec<f64>>) {
    let shortest = taken[0].clone();
    for (events, taken) in sizes.iter().zip(taken) {
        let ratio = median(taken.iter().zip(&shortest).map(|(long, short)| long / short).collect());
        println!(
            "sqlite/history    {name:<34} {events:>7} events: {:>6.0} us, {ratio:.2} x the shortest (goal <= 1.5)",
            median(taken)
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
