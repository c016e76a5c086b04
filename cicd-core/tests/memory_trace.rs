//! Traces on the store in memory: they come again to the byte, and reach what they are drawn for.
#![cfg(feature = "testing")]

use cicd_core::testing::store::Fixture;
use cicd_core::testing::trace;

/// How many seeds; `CICD_PROVE_CASES` asks for more.
#[expect(clippy::disallowed_methods, reason = "a test is asked from outside how long it may take")]
fn seeds() -> u64 {
    std::env::var("CICD_PROVE_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(100)
}

#[tokio::test]
async fn a_trace_comes_again_with_its_seed() {
    let (one, other) = (Fixture::of_memory().await, Fixture::of_memory().await);
    let answers = trace::agree(&one, &other, 0..seeds(), 60).await;
    println!("{} seeds: {answers}", seeds());
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
