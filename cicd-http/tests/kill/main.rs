//! The host is killed with signal 9 at random moments while sixteen clients write and retry with the same keys. What was
//! acknowledged is there afterwards, nothing is there twice, no child of a dead host meets the next attempt, and what executes
//! has an owner again within two leases. Now and then `cicd doctor` examines what a dead host left.
//!
//! `CICD_PROVE_KILLS` sets how often it is killed, `CICD_SEED` when and what the clients ask for.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests: a panic is how they fail")]

mod client;
mod host;
mod journal;
mod open;
mod setup;
mod verify;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use host::Host;

const CLIENTS: usize = 16;
const KILLS: u64 = 12;
/// After so many kills a host lives until every rollout has found an owner.
const REST: u64 = 20;
/// After so many kills a dead host's database is examined.
const EXAMINATION: u64 = 50;

/// A small generator of random numbers, so that a seed repeats a run's pauses.
pub(crate) struct Dice(u64);

impl Dice {
    /// Those of one of the parties of a run.
    fn new(seed: u64, party: u64) -> Self {
        Self((seed ^ party.wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1))
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_every_kill() {
    let kills = std::env::var("CICD_PROVE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let seed = std::env::var("CICD_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0x5eed_1e55);
    let mut dice = Dice::new(seed, 0);
    let mut host = Host::start().await;
    let people = setup::people_and_places(&host, CLIENTS).await;

    let over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (1..=CLIENTS)
        .map(|number| {
            let dice = Dice::new(seed, number as u64);
            tokio::spawn(client::run(number, people.clone(), host.api(), dice, Arc::clone(&over)))
        })
        .collect();
    for kill in 1..=kills {
        tokio::time::sleep(Duration::from_millis(100 + dice.below(700))).await;
        host.kill();
        if kill % EXAMINATION == 0 {
            host.examine();
            println!("{kill} kills");
        }
        host.restart().await;
        if kill % REST == 0 || kill == kills {
            open::owners_found(&host, &people).await;
        }
    }
    over.store(true, Ordering::SeqCst);
    let mut journals = Vec::new();
    for client in clients {
        journals.push(client.await.expect("a client must not panic"));
    }
    let told = verify::everything(&host, &people, &journals).await;
    host.stop_and_examine().await;
    println!("{kills} kills, seed {seed}: {told}; lost 0, twice 0");
}
