//! `cargo xtask prove`: the long counts, of which CI runs a tenth or less.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::failure::Failure;
use crate::tool;

/// A test that takes its count and its seed from the environment, and prints what it did.
struct Proof {
    name: &'static str,
    /// The variable that says how many.
    counter: &'static str,
    count: u64,
    /// The arguments of `cargo test` that select it.
    test: &'static [&'static str],
}

impl Proof {
    const fn of(name: &'static str, count: u64, test: &'static [&'static str]) -> Self {
        Self { name, counter: "CICD_PROVE_CASES", count, test }
    }
}

const PROOFS: &[Proof] = &[
    Proof::of(
        "release-sequences",
        1_000_000,
        &[
            "-p",
            "cicd-core",
            "--no-default-features",
            "--test",
            "release",
            "random_sequences_keep_every_promise",
        ],
    ),
    Proof::of(
        "store-traces",
        100_000,
        &["-p", "cicd-store-sqlite", "--features", "testing", "--test", "suite", "memory_and_sqlite_agree"],
    ),
    Proof::of(
        "postgres-traces",
        10_000,
        &["-p", "cicd-store-postgres", "--test", "suite", "memory_and_postgres_agree"],
    ),
    Proof::of(
        "tampering",
        10_000,
        &[
            "-p",
            "cicd-store-sqlite",
            "--features",
            "testing",
            "--test",
            "suite",
            "each_kind_is_found_by_whom_the_table_says",
        ],
    ),
    Proof::of(
        "postgres-quorums",
        6_250,
        &["-p", "cicd-tests", "--test", "engine_postgres", "no_quorum_is_lost_and_none_counts_twice"],
    ),
    Proof::of(
        "postgres-clients",
        100_000,
        &["-p", "cicd-store-postgres", "--test", "suite", "what_was_answered_outlives_clients_that_go_away"],
    ),
    Proof::of("cached-reads", 1_000_000, &["-p", "cicd-http", "--test", "cache"]),
    Proof::of("streams", 1_000, &["-p", "cicd-http", "--test", "api", "live::no_stream_has_a_gap"]),
    Proof::of(
        "policy-races",
        10_000,
        &["-p", "cicd-tests", "--test", "policy", "no_write_is_allowed_under_grants_that_were_taken"],
    ),
    Proof {
        counter: "CICD_PROVE_STOPS",
        ..Proof::of(
            "postgres-stops",
            50,
            &["-p", "cicd-store-postgres", "--test", "suite", "what_was_answered_outlives_the_servers_stops"],
        )
    },
    Proof::of(
        "rights",
        1_000_000,
        &["-p", "cicd-authz-casbin", "--test", "rights", "casbin_and_the_reference_agree"],
    ),
    Proof::of(
        "rules-in-the-browser",
        1_000_000,
        &["-p", "cicd-wasm", "--test", "wasm", "made_cases_are_answered_alike"],
    ),
    Proof::of("story", 1, &["-p", "cicd-tests", "--test", "browser"]),
    Proof::of("schemathesis", 50_000, &["-p", "cicd-http", "--test", "schemathesis"]),
    Proof::of(
        "forgeries",
        1_000_000,
        &["-p", "cicd-core", "--test", "source", "mutations::no_mutation_is_taken"],
    ),
    Proof {
        counter: "CICD_PROVE_KILLS",
        ..Proof::of(
            "kills",
            1_000,
            &["-p", "cicd-http", "--test", "kill", "what_was_acknowledged_survives_every_kill"],
        )
    },
    Proof {
        counter: "CICD_PROVE_KILLS",
        ..Proof::of(
            "replica-kills",
            200,
            &["-p", "cicd-http", "--test", "replicas", "the_other_host_takes_over_from_one_that_is_killed"],
        )
    },
    Proof {
        counter: "CICD_PROVE_PAUSES",
        ..Proof::of(
            "replica-pauses",
            1_000,
            &[
                "-p",
                "cicd-http",
                "--test",
                "replicas",
                "a_paused_host_that_wakes_up_changes_nothing_of_what_was_taken_over",
            ],
        )
    },
];

/// Runs the proofs whose name contains `filter`, optimised, from `seed` or one that is drawn.
pub(crate) fn run(filter: Option<&str>, seed: Option<u64>) -> Result<(), Failure> {
    let seed = seed.unwrap_or_else(clock);
    println!("commit {}, seed {seed}", tool::head()?);
    let mut broken = Vec::new();
    for proof in PROOFS.iter().filter(|proof| filter.is_none_or(|filter| proof.name.contains(filter))) {
        println!("\n{}: {}", proof.name, proof.count);
        let started = Instant::now();
        let mut command = tool::cargo(&["test", "--release", "--quiet"]);
        command.args(proof.test).args(["--", "--nocapture", "--include-ignored"]);
        command.env(proof.counter, proof.count.to_string());
        command.env("CICD_PROVE_SEED", seed.to_string()).env("CICD_SEED", seed.to_string());
        let outcome = tool::visibly(&mut command);
        let mark = if outcome.is_ok() { "✓" } else { "✗" };
        println!("{mark} {} in {:.0} s", proof.name, started.elapsed().as_secs_f64());
        broken.extend(outcome.is_err().then_some(proof.name));
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::new(format!("not proven: {}", broken.join(", ")))) }
}

/// A seed that differs from run to run.
fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
