//! The clients, and what they hold the answers against.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use cicd_cache::CacheOptions;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::site::{SERVICES, Site, service};

const CLIENTS: u64 = 8;
/// Of so many requests one is a write.
const WRITES: u64 = 40;
/// Of so many reads one says nothing of what its client has seen.
const SILENT: u64 = 5;
/// What the clock of Redis and ours may drift apart in a head's life.
const DRIFT: Duration = Duration::from_millis(50);
/// How many entries a page has.
const PAGE: usize = 20;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) reads: u64,
    pub(crate) writes: u64,
    /// Answers that were no page.
    pub(crate) errors: u64,
    /// Pages that lack what their client had seen.
    pub(crate) wrong: u64,
    /// Pages that lack what was there a head's life before they were asked for.
    pub(crate) late: u64,
    micros: Vec<u128>,
}

/// The writes that were acknowledged, by service: sequence and time.
type Ledger = Arc<[Mutex<Vec<(u64, Instant)>>; SERVICES]>;

struct Client {
    site: Arc<Site>,
    ledger: Ledger,
    state: u64,
    seen: u64,
    told: Told,
}

/// Lets the clients read so often.
pub(crate) async fn run(site: Site, reads: u64, seed: u64) -> Told {
    let (site, ledger) = (Arc::new(site), Ledger::default());
    let clients = (0..CLIENTS).map(|number| {
        let client = Client {
            site: Arc::clone(&site),
            ledger: Arc::clone(&ledger),
            state: seed.wrapping_mul(CLIENTS).wrapping_add(number) | 1,
            seen: 0,
            told: Told::default(),
        };
        tokio::spawn(client.work(reads.div_ceil(CLIENTS)))
    });
    let mut all = Told::default();
    for client in futures_util::future::join_all(clients).await {
        all.add(client.unwrap());
    }
    all
}

impl Client {
    async fn work(mut self, reads: u64) -> Told {
        while self.told.reads < reads {
            let host = usize::from(self.below(2) == 0);
            let number = usize::try_from(self.below(SERVICES as u64)).unwrap();
            if self.below(WRITES) == 0 {
                self.write(host, number).await;
            } else {
                self.read(host, number).await;
            }
        }
        self.told
    }

    async fn write(&mut self, host: usize, number: usize) {
        let name = format!("name {}", self.below(u64::MAX));
        let seq = self.site.write(host, number, &name).await;
        self.ledger[number].lock().unwrap().push((seq, Instant::now()));
        self.seen = self.seen.max(seq);
        self.told.writes += 1;
    }

    async fn read(&mut self, host: usize, number: usize) {
        let silent = self.below(SILENT) == 0;
        let asked = Instant::now();
        let due = self.due(number, asked, silent);
        let path = format!("/api/v1/services/{}/timeline?limit={PAGE}", service(number));
        let mut request = Request::get(path);
        if !silent {
            request = request.header("x-consistency", self.seen);
        }
        let answer = self.site.hosts[host].router.clone().oneshot(request.body(Body::empty()).unwrap());
        let answer = answer.await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        self.told.micros.push(asked.elapsed().as_micros());
        self.told.reads += 1;
        let lacks = match serde_json::from_slice::<Value>(&body) {
            Ok(page) if status == StatusCode::OK => due.iter().any(|seq| !has(&page, *seq)),
            _ => return self.told.errors += 1,
        };
        let counted = if silent { &mut self.told.late } else { &mut self.told.wrong };
        *counted += u64::from(lacks);
    }

    /// The latest writes that an answer asked for now must have.
    fn due(&self, number: usize, asked: Instant, silent: bool) -> Vec<u64> {
        let behind = CacheOptions::default().head_life + DRIFT;
        let ledger = self.ledger[number].lock().unwrap();
        let is_due = |(seq, at): &&(u64, Instant)| {
            if silent { asked.duration_since(*at) > behind } else { *seq <= self.seen }
        };
        ledger.iter().rev().filter(is_due).take(PAGE / 2).map(|(seq, _)| *seq).collect()
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % bound
    }
}

/// Whether the page has the event, or only newer ones.
fn has(page: &Value, seq: u64) -> bool {
    let seqs: Vec<u64> =
        page["items"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    seqs.contains(&seq) || (seqs.len() == PAGE && seqs.iter().all(|other| *other > seq))
}

impl Told {
    fn add(&mut self, other: Self) {
        self.reads += other.reads;
        self.writes += other.writes;
        self.errors += other.errors;
        self.wrong += other.wrong;
        self.late += other.late;
        self.micros.extend(other.micros);
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut micros = self.micros.clone();
        micros.sort_unstable();
        let at = |share: usize| micros.get(micros.len() * share / 100).copied().unwrap_or_default();
        let Self { reads, writes, errors, wrong, late, .. } = self;
        write!(
            f,
            "{reads} reads, {writes} writes: {errors} errors, {wrong} wrong, {late} late; p50 {} µs, p99 {} µs",
            at(50),
            at(99)
        )
    }
}
