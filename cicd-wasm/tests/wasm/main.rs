//! The module of the package, in Node.js, against the same functions natively: they answer alike, byte by byte.
//!
//! `cargo xtask test` runs it by its name, since it takes Node.js and builds the package. `CICD_PROVE_CASES` sets how many
//! cases are made, `CICD_SEED` which.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "../golden/corpus.rs"]
#[allow(dead_code, reason = "writing cases is for the native tests")]
mod corpus;
mod mutate;
mod node;

use std::collections::BTreeMap;

use mutate::{Mutator, Random};
use node::Node;

/// How many cases are made unless `CICD_PROVE_CASES` says otherwise.
const MADE: u64 = 10_000;

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn differing(function: &str, arguments: &str, theirs: &str) -> Option<String> {
    let ours = cicd_wasm::call(function, arguments).expect("a function");
    (ours != theirs).then(|| format!("{function} {arguments}\n  natively {ours}\n  in wasm  {theirs}"))
}

#[test]
fn the_corpus_is_answered_alike() {
    let cases = corpus::all();
    let asked = cases.iter().map(|case| (case.function, case.arguments.to_string())).collect();
    let mut broken = Vec::new();
    Node::start().answers(asked, |function, arguments, theirs| {
        broken.extend(differing(function, arguments, theirs));
    });
    assert!(cases.len() > 200, "{} cases", cases.len());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn made_cases_are_answered_alike() {
    let (count, seed) = (asked("CICD_PROVE_CASES").unwrap_or(MADE), asked("CICD_SEED").unwrap_or(5));
    let mutator = Mutator::of(corpus::all());
    let mut random = Random::seeded(seed);
    let mut node = Node::start();
    let mut kinds: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut left = count;
    while left > 0 {
        let asked: Vec<_> = (0..left.min(1_000)).map(|_| mutator.make(&mut random)).collect();
        left -= u64::try_from(asked.len()).expect("a small number");
        node.answers(asked, |function, arguments, theirs| {
            if let Some(difference) = differing(function, arguments, theirs) {
                panic!("seed {seed}: {difference}");
            }
            *kinds.entry((function, kind(theirs))).or_default() += 1;
        });
    }
    println!("{count} cases from seed {seed}: {kinds:?}");
    for function in cicd_wasm::FUNCTIONS {
        for kind in ["answer", "problem"] {
            let is_total = function.starts_with("validate") && kind == "problem";
            assert!(
                is_total || kinds.contains_key(&(function, kind)),
                "no {kind} of {function} was compared"
            );
        }
    }
}

/// What sort of answer it is.
fn kind(answer: &str) -> &'static str {
    if answer.starts_with("{\"answer\":{\"valid\":false") {
        "violations"
    } else if answer.starts_with("{\"answer\":") {
        "answer"
    } else {
        "problem"
    }
}
