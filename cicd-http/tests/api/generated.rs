//! Generated requests over all routes: no 5xx but 503, no panic, and every refusal is a whole problem.
//!
//! `CICD_PROVE_CASES` says how many, `CICD_PROVE_SEED` which; both are printed.

mod bodies;
mod requests;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, RandomState};

use axum::http::StatusCode;

use crate::support::{Answer, Random, World};
use requests::{Generated, Generator};

/// How many requests are sent unless `CICD_PROVE_CASES` says otherwise.
const REQUESTS: usize = 20_000;

fn asked<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

/// What the requests met, so that a generator which only ever meets the same wall is noticed.
#[derive(Default)]
struct Met {
    successes: BTreeMap<String, usize>,
    problems: BTreeSet<String>,
}

impl Met {
    /// Checks an answer, and counts it.
    fn check(&mut self, request: &Generated, answer: &Answer) {
        let tolerable = !answer.status.is_server_error() || answer.status == StatusCode::SERVICE_UNAVAILABLE;
        assert!(tolerable, "{request:?}\n{answer:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{request:?}");
        assert!(!answer.header("x-request-id").is_empty(), "{request:?}");
        if answer.status.is_success() {
            let json = answer.headers.get("content-type").is_some_and(|kind| kind == "application/json");
            assert!(!json || answer.bytes.is_empty() || !answer.body.is_null(), "{request:?}\n{answer:?}");
            self.count(request);
        } else if answer.status.is_redirection() {
            assert!(!answer.header("location").is_empty(), "{request:?}");
            self.count(request);
        } else if request.method != "HEAD" {
            self.problems.insert(answer.problem().to_owned());
        }
    }

    fn count(&mut self, request: &Generated) {
        if request.route.starts_with(&request.method) {
            *self.successes.entry(request.route.clone()).or_default() += 1;
        }
    }

    fn conclude(&self, requests: usize) {
        println!(
            "{} routes reached: {:?}\nproblems: {:?}",
            self.successes.len(),
            self.successes,
            self.problems
        );
        if requests >= REQUESTS {
            let routes = cicd_http::routes().len();
            let reached = self.successes.len();
            assert!(reached * 10 >= routes * 8, "only {reached} of {routes} routes: {:?}", self.successes);
            assert!(self.problems.len() >= 15, "{:?}", self.problems);
        }
    }
}

async fn send_all(world: World, requests: usize) {
    let seed = asked("CICD_PROVE_SEED").unwrap_or_else(|| RandomState::new().hash_one(requests));
    println!("{requests} requests, CICD_PROVE_SEED={seed}");
    let mut generator = Generator::new(&world, Random::seeded(seed)).await;
    let mut met = Met::default();
    for _ in 0..requests {
        let request = generator.next();
        let answer = request.send(&world).await;
        met.check(&request, &answer);
        generator.learn(&request, &answer);
        // The workers share this thread.
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
    }
    met.conclude(requests);
}

#[tokio::test]
async fn no_request_breaks_the_host() {
    send_all(World::working().await.with_shop().await, asked("CICD_PROVE_CASES").unwrap_or(REQUESTS)).await;
}

#[cfg(feature = "bin")]
#[tokio::test]
async fn no_request_breaks_the_host_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::on_sqlite(directory.path()).await.with_shop().await;
    send_all(world, asked("CICD_PROVE_CASES").unwrap_or(REQUESTS) / 10).await;
}
