//! Traces on the store in memory: they come again to the byte, and reach what they are drawn for.
#![cfg(feature = "testing")]

use cicd_core::testing::store::Fixture;
use cicd_core::testing::trace;

/// A number that somebody asks for from outside.
#[expect(clippy::disallowed_methods, reason = "a test is asked from outside how long it may take")]
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// `CICD_PROVE_CASES` says how many seeds, `CICD_PROVE_SEED` with which to begin; both are printed.
#[tokio::test]
async fn a_trace_comes_again_with_its_seed() {
    let (cases, first) = (asked("CICD_PROVE_CASES").unwrap_or(100), asked("CICD_PROVE_SEED").unwrap_or(0));
    let (one, other) = (Fixture::of_memory().await, Fixture::of_memory().await);
    let answers = trace::agree(&one, &other, first..first + cases, 60).await;
    println!("{cases} traces from seed {first}: {answers}");
    assert_eq!(answers.missing(), [""; 0], "every kind of answer is given: {answers}");
}

#[tokio::test]
async fn traces_reach_the_end_of_rollouts() {
    let fixture = Fixture::of_memory().await;
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..150 {
        let trace = trace::run(&fixture, seed, 80).await;
        let events = trace.end.chains.iter().flat_map(|(_, events)| events);
        kinds.extend(events.map(|event| event.event().expect("the bytes are an event").kind));
    }
    for kind in [
        "release.approved",
        "release.rejected",
        "release.started",
        "release.waiting",
        "release.taken_over",
        "release.stopping",
        "release.succeeded",
        "release.failed",
        "release.rolled_back",
        "ledger_entry.written",
        "cd_config.deleted",
        "ci_run.succeeded",
        "ci_run.host_lost",
        "access.denied",
    ] {
        assert!(kinds.contains(kind), "no trace came to `{kind}`: {kinds:?}");
    }
}
