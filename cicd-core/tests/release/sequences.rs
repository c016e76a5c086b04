//! Random sequences of moves in random worlds, under the eye of the oracle.
//!
//! `CICD_PROVE_CASES` says how many, `CICD_PROVE_SEED` which; both are printed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroUsize;

use cicd_core::release::Release;
use cicd_core::release::event::ReleaseEvent;
use cicd_core::release::state::{Phase, State};
use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::moves;
use crate::world::World;

/// How many sequences run unless `CICD_PROVE_CASES` says otherwise.
const CASES: u64 = 2000;

/// How many moves a sequence has at most.
const MOVES: usize = 50;

/// What the sequences did: without it, a green test could be an idle one.
type Counts = BTreeMap<String, u64>;

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says how long and from where")]
fn number(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("`{name}` is `{value}`; accepted: a whole number")))
}

#[test]
fn random_sequences_keep_every_promise() {
    let cases = number("CICD_PROVE_CASES").unwrap_or(CASES);
    let seed = number("CICD_PROVE_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("{cases} sequences of up to {MOVES} moves, CICD_PROVE_SEED={seed}");
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get) as u64;
    let shards: Vec<Counts> = std::thread::scope(|scope| {
        let run = |shard| scope.spawn(move || play(cases.div_ceil(threads), seed, shard));
        let running: Vec<_> = (0..threads).map(run).collect();
        running.into_iter().map(|shard| shard.join().expect("a shard without a failure")).collect()
    });
    let mut counts = Counts::new();
    for (what, times) in shards.into_iter().flatten() {
        *counts.entry(what).or_default() += times;
    }
    counts.iter().for_each(|(what, times)| println!("{times:>12} {what}"));
    for what in MUST_HAPPEN {
        assert!(counts.contains_key(*what), "`{what}` never happened");
    }
}

/// What a run that proves anything has seen: every state and phase at the end of a sequence, and every event.
const MUST_HAPPEN: &[&str] = &[
    "ended pending_approval",
    "ended approved",
    "ended rejected",
    "ended cancelled",
    "ended executing, running",
    "ended executing, waiting",
    "ended executing, stopping",
    "ended succeeded",
    "ended failed",
    "ended rolled_back",
    "release.vote_cast",
    "release.approved",
    "release.started",
    "release.progressed",
    "release.waiting",
    "release.pause_requested",
    "release.resumed",
    "release.promoted",
    "release.stopping",
    "release.taken_over",
    "release.reported",
    "rollback succeeded",
    "rollback failed",
    "rollback of a rollback succeeded",
];

/// Plays `cases` sequences; a failing one is shrunk and panics with its moves.
fn play(cases: u64, seed: u64, shard: u64) -> Counts {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..16].copy_from_slice(&shard.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let cases = u32::try_from(cases).expect("at most 4 billion");
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let counts = RefCell::new(Counts::new());
    let number = proptest::num::u8::ANY;
    let sequences = ((number, number, number, number), vec((number, number, number), 10..=MOVES));
    let result = TestRunner::new_with_rng(config, rng).run(&sequences, |(kind, moves)| {
        let mut world = moves::world(kind);
        for step in moves {
            moves::make(&mut world, step);
        }
        look_back(&world, &mut counts.borrow_mut());
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("CICD_PROVE_SEED={seed}: {failure}"));
    counts.into_inner()
}

/// Folding a release's events gives its row, and both survive JSON.
fn look_back(world: &World, counts: &mut Counts) {
    let mut count = |what: &str| match counts.get_mut(what) {
        Some(times) => *times += 1,
        None => drop(counts.insert(what.to_owned(), 1)),
    };
    assert!(world.releases().filter(|release| release.state.execution().is_some()).count() <= 1);
    for row in &world.rows {
        let events: Vec<_> = row.history.iter().map(|(event, at)| (copy(event), *at)).collect();
        let folded = Release::fold(None, events.iter().map(|(event, at)| (event, *at))).unwrap();
        assert_eq!(folded.as_ref(), Some(&row.release), "folding the events gives the row");
        assert_eq!(copy(&row.release), row.release, "a row survives json");
        row.history.iter().for_each(|(event, _)| count(event.kind()));
        count(&format!("ended {}", standing(&row.release)));
        if row.release.is_rollback() {
            rollback_ended(world, row, &mut count);
        }
    }
}

fn rollback_ended(world: &World, row: &crate::world::Row, count: &mut impl FnMut(&str)) {
    for (event, _) in &row.history {
        match event {
            ReleaseEvent::Succeeded => {
                count("rollback succeeded");
                if row.release.spec.kind.undoes().iter().any(|undone| world.release(*undone).is_rollback()) {
                    count("rollback of a rollback succeeded");
                }
            }
            ReleaseEvent::Failed { .. } => count("rollback failed"),
            _ => {}
        }
    }
}

fn copy<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn standing(release: &Release) -> String {
    let State::Executing(execution) = &release.state else { return release.state.name().to_owned() };
    let phase = match execution.phase {
        Phase::Running { .. } => "running",
        Phase::Waiting { .. } => "waiting",
        Phase::Stopping { .. } => "stopping",
    };
    format!("executing, {phase}")
}
