//! What every function answers, natively: the cases of `tests/golden`, which the browser's module is held against too.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

#[allow(dead_code, reason = "what is made of all cases is another test's")]
mod corpus;

use std::collections::BTreeSet;

use corpus::Case;
use serde_json::Value;

fn answer(case: &Case) -> Value {
    let answer = cicd_wasm::call(case.function, &case.arguments.to_string()).expect("a function");
    serde_json::from_str(&answer).expect("a function answers JSON")
}

#[test]
fn every_answer_is_the_one_that_was_written_down() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut broken = Vec::new();
    for function in cicd_wasm::FUNCTIONS {
        let mut cases = corpus::of(function);
        for case in &mut cases {
            let answer = answer(case);
            if answer != case.answer {
                broken.push(format!("{function}, {}:\n  was {}\n  now {answer}", case.name, case.answer));
                case.answer = answer;
            }
        }
        if update {
            corpus::write(function, &cases);
        }
    }
    assert!(update || broken.is_empty(), "write them anew with UPDATE_GOLDEN=1:\n{}", broken.join("\n"));
}

#[test]
fn each_function_answers_and_refuses() {
    for function in cicd_wasm::FUNCTIONS {
        let cases = corpus::of(function);
        let names: BTreeSet<_> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), cases.len(), "{function}: two cases have one name");
        assert!(cases.iter().any(|case| case.answer.get("answer").is_some()), "{function} never answers");
        let refuses = cases.iter().any(|case| {
            case.answer.get("problem").is_some()
                || case.answer.pointer("/answer/valid") == Some(&false.into())
        });
        assert!(refuses, "{function} never refuses");
    }
}

#[test]
fn what_is_no_json_is_a_problem() {
    for function in cicd_wasm::FUNCTIONS {
        for text in ["", "{", "{\"draft\":}", &"[".repeat(100_000)] {
            let answer = cicd_wasm::call(function, text).expect("a function");
            let answer: Value = serde_json::from_str(&answer).expect("a function answers JSON");
            assert!(answer["problem"].is_string(), "{function}: {answer}");
        }
    }
    assert_eq!(cicd_wasm::call("validateEverything", "{}"), None);
}
