//! The host is killed with signal 9 at random moments while sixteen clients write and retry with the same keys. What was
//! acknowledged is there afterwards, nothing is there twice, and no child of a dead host meets the next attempt.
//!
//! `CICD_PROVE_KILLS` sets how often it is killed.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests: a panic is how they fail")]

mod client;
mod host;
mod journal;
mod setup;
mod verify;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use host::Host;

const CLIENTS: usize = 16;
const KILLS: u64 = 12;

/// A small generator of random numbers, so that a seed repeats a run's pauses.
pub(crate) struct Dice(u64);

impl Dice {
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
    let mut dice = Dice(seed);
    let mut host = Host::start().await;
    let people = setup::people_and_places(&host, CLIENTS).await;

    let over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| tokio::spawn(client::run(number, people.clone(), host.api(), Arc::clone(&over))))
        .collect();
    for _ in 0..kills {
        tokio::time::sleep(Duration::from_millis(100 + dice.below(700))).await;
        host.kill();
        host.restart().await;
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
