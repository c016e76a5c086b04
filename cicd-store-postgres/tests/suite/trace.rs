//! The same commands give the same trace on PostgreSQL as in memory: answers, rows, events and hashes.

use std::ops::Range;

use cicd_core::testing::store::Fixture;
use cicd_core::testing::trace::{Answers, agree};

use crate::conformance::fixture;

/// How many commands each seed draws.
const STEPS: usize = 40;
/// How many seeds share a database.
const PER_DATABASE: usize = 25;
/// How many databases are played on at once.
const PLAYERS: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_and_postgres_agree() {
    let (first, cases) = (number("CICD_PROVE_SEED").unwrap_or(0), number("CICD_PROVE_CASES").unwrap_or(100));
    println!("{cases} sequences of {STEPS} commands, CICD_PROVE_SEED={first}");
    let seeds = first..first.saturating_add(cases);
    let players: Vec<_> = (0..PLAYERS).map(|player| tokio::spawn(play(seeds.clone(), player))).collect();
    let mut kinds = Answers::default();
    for player in players {
        kinds.0.extend(player.await.unwrap().0);
    }
    if cases >= 100 {
        assert!(kinds.missing().is_empty(), "no seed led to {:?}: {kinds}", kinds.missing());
    }
}

/// Plays every database that is this player's.
async fn play(seeds: Range<u64>, player: usize) -> Answers {
    let mut answers = Answers::default();
    let databases = seeds.clone().step_by(PER_DATABASE).skip(player).step_by(PLAYERS);
    for begin in databases {
        let (memory, postgres) = (Fixture::of_memory().await, fixture().await);
        let some = begin..seeds.end.min(begin + PER_DATABASE as u64);
        answers.0.extend(agree(&memory, &postgres, some, STEPS).await.0);
    }
    answers
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|number| number.parse().ok())
}
