//! The host is killed with signal 9 at random moments while sixteen clients write and retry with the same keys. What was
//! acknowledged is there afterwards, nothing is there twice, no child of a dead host meets the next attempt, and what executes
//! has an owner again within two leases. Now and then `cicd doctor` examines what a dead host left.
//!
//! `CICD_PROVE_KILLS` sets how often it is killed, `CICD_SEED` when and what the clients ask for.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests: a panic is how they fail")]

#[path = "../load/mod.rs"]
mod load;

use std::time::Duration;

use load::host::Host;
use load::{Dice, Load, Site, number, open, setup, verify};
use tempfile::TempDir;

const CLIENTS: usize = 16;
const KILLS: u64 = 12;
/// After so many kills a host lives until every rollout has found an owner.
const REST: u64 = 20;
/// After so many kills a dead host's database is examined.
const EXAMINATION: u64 = 50;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_every_kill() {
    let (kills, seed) = (number("CICD_PROVE_KILLS", KILLS), number("CICD_SEED", 0x5eed_1e55));
    let mut dice = Dice::new(seed, 0);
    let directory = TempDir::new().expect("a directory for the host");
    let mut host = Host::start(directory.path(), "data", None).await;
    let site = Site::new(&[host.port()], directory.path());
    let admin = host.admin_token().expect("the first start leaves a token");
    let people = setup::people_and_places(&site, &admin, CLIENTS).await;
    let load = Load::begin(&site, &people, CLIENTS, seed);
    for kill in 1..=kills {
        tokio::time::sleep(Duration::from_millis(100 + dice.below(700))).await;
        host.kill();
        if kill % EXAMINATION == 0 {
            host.examine();
            println!("{kill} kills");
        }
        host.restart().await;
        if kill % REST == 0 || kill == kills {
            open::owners_found(&site, &people).await;
        }
    }
    let told = verify::everything(&site, &people, &load.end().await).await;
    assert_eq!(verify::overlaps(&site), 0, "a child of a dead host met the next attempt");
    host.stop().await;
    host.examine();
    println!("{kills} kills, seed {seed}: {told}; lost 0, twice 0");
}
