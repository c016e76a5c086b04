//! The cases of `tests/golden`: for each function its arguments, and what it must answer.

use std::path::PathBuf;

use serde_json::{Value, json};

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The function, as the package names it.
    pub(crate) function: &'static str,
    /// What it is about.
    pub(crate) name: String,
    /// The arguments.
    pub(crate) arguments: Value,
    /// What the function must say; null where that was never written down.
    pub(crate) answer: Value,
}

fn file(function: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden")).join(format!("{function}.json"))
}

/// The cases of `function`.
pub(crate) fn of(function: &'static str) -> Vec<Case> {
    let path = file(function);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases: Vec<Value> = serde_json::from_str(&text).expect("a list of cases");
    let case = |mut case: Value| Case {
        function,
        name: case["name"].as_str().expect("a name").to_owned(),
        arguments: case["arguments"].take(),
        answer: case["answer"].take(),
    };
    cases.into_iter().map(case).collect()
}

/// All cases.
pub(crate) fn all() -> Vec<Case> {
    cicd_wasm::FUNCTIONS.iter().flat_map(|function| of(function)).collect()
}

/// Writes the cases of `function`, one a line.
pub(crate) fn write(function: &str, cases: &[Case]) {
    let line = |case: &Case| {
        let case = json!({"name": case.name, "arguments": case.arguments, "answer": case.answer});
        serde_json::to_string(&case).expect("JSON")
    };
    let lines: Vec<String> = cases.iter().map(line).collect();
    std::fs::write(file(function), format!("[\n{}\n]\n", lines.join(",\n"))).expect("the file is written");
}
