//! Two hosts over one PostgreSQL, while clients write to both and retry with the same keys: one is killed with signal 9, or
//! paused past its lease, or they are restarted one after the other. The other one goes on with the work, what was acknowledged
//! is there afterwards, nothing is there twice, and `cicd doctor` finds nothing wrong. Times to recover are told, not judged.
//!
//! `CICD_PROVE_KILLS` and `CICD_PROVE_PAUSES` set how often, `CICD_SEED` when and what the clients ask for.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests: a panic is how they fail"
)]

#[path = "../load/mod.rs"]
mod load;
mod pair;

use std::time::{Duration, Instant};

use load::host::{Host, LEASE};
use load::{Dice, number, open};
use nix::sys::signal::Signal;
use pair::Pair;

const KILLS: u64 = 4;
const PAUSES: u64 = 2;
/// After so many kills the dead host stays away until the other one has taken over what it held.
const REST: u64 = 4;
/// How many pairs of hosts share a long count of pauses, most of which is waiting.
const PAIRS: u64 = 4;
/// Past a lease, which a host renews every third of.
const PAST_A_LEASE: Duration = Duration::from_secs(LEASE.as_secs() + 1);
/// How often a pause is tried until it hits a host that holds a lease.
const TRIES: u32 = 5;
/// What a host says that comes back to work which is no longer its own.
const LATE: &str = "work was interrupted and will be taken up again";

#[tokio::test(flavor = "multi_thread")]
async fn the_other_host_takes_over_from_one_that_is_killed() {
    let (kills, seed) = (number("CICD_PROVE_KILLS", KILLS), number("CICD_SEED", 0x5eed_0b0e));
    let mut dice = Dice::new(seed, 0);
    let mut pair = Pair::under_load(seed).await;
    let mut recovered = Vec::new();
    for kill in 1..=kills {
        tokio::time::sleep(Duration::from_millis(200 + dice.below(1000))).await;
        let dying = pair.pick(&mut dice);
        pair.hosts[dying].kill();
        if kill % REST == 0 || kill == kills {
            let since = Instant::now();
            open::owners_found(&pair.site, &pair.people).await;
            recovered.push(since.elapsed().as_secs_f32());
        }
        pair.hosts[dying].restart().await;
    }
    let (told, overlaps) = pair.judge().await;
    assert_eq!(overlaps, 0, "a child of a dead host met the next attempt");
    println!("{kills} kills, seed {seed}: {told}; lost 0, twice 0; seconds to recover: {recovered:.1?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_host_that_wakes_up_changes_nothing_of_what_was_taken_over() {
    let (pauses, seed) = (number("CICD_PROVE_PAUSES", PAUSES), number("CICD_SEED", 0x5eed_51ee));
    let pairs = (pauses / PAUSES).clamp(1, PAIRS);
    let each = |pair| pause_often(pauses.div_ceil(pairs), seed.wrapping_add(pair));
    futures_util::future::join_all((0..pairs).map(each)).await;
}

/// Pauses hosts of one pair `pauses` times, each time until that meets one at work.
async fn pause_often(pauses: u64, seed: u64) {
    let mut dice = Dice::new(seed, 0);
    let pair = Pair::under_load(seed).await;
    let mut late = 0;
    for _ in 0..pauses {
        let mut tries = 0;
        loop {
            tokio::time::sleep(Duration::from_millis(200 + dice.below(1000))).await;
            let paused = pair.pick(&mut dice);
            let refused = pause(&pair.hosts[paused]).await;
            late += refused;
            tries += 1;
            if refused > 0 {
                break;
            }
            assert!(tries < TRIES, "no pause met a host at work");
        }
    }
    let (told, overlaps) = pair.judge().await;
    assert_eq!(overlaps, 0, "a child of a paused host met the next attempt");
    println!("{pauses} pauses, seed {seed}: {told}; {late} pieces of work came back late; lost 0, twice 0");
}

/// Pauses a host past its leases; gives how many pieces of work it finds in other hands when it wakes up.
async fn pause(host: &Host) -> usize {
    let late = || host.said().lines().filter(|line| line.contains(LATE)).count();
    let before = late();
    host.signal(Signal::SIGSTOP);
    tokio::time::sleep(PAST_A_LEASE).await;
    host.signal(Signal::SIGCONT);
    tokio::time::sleep(Duration::from_secs(2)).await;
    late() - before
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_loses_nothing() {
    let seed = number("CICD_SEED", 0x5eed_4011);
    let mut pair = Pair::under_load(seed).await;
    for _ in 0..2 {
        for host in &mut pair.hosts {
            tokio::time::sleep(Duration::from_secs(1)).await;
            host.stop().await;
            host.restart().await;
        }
    }
    let (told, overlaps) = pair.judge().await;
    assert_eq!(overlaps, 0, "a child of a host that has ended met the next attempt");
    println!("4 restarts, seed {seed}: {told}; lost 0, twice 0");
}
