//! Requests that schemathesis makes from the served document, against the real binary: those that it allows and those that it
//! does not. No answer may be a defect, or another one than is described, and no credential may be ignored.
//!
//! `cargo xtask test` runs it with few requests for each operation; `CICD_PROVE_CASES` sets how many there are at least in all,
//! `CICD_SEED` which. It needs Python 3, and takes schemathesis from the package index into an environment of its own.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is how they fail"
)]

#[path = "../load/mod.rs"]
#[allow(dead_code, reason = "the load itself is for other tests")]
mod load;

use std::path::{Path, PathBuf};
use std::process::Command;

use load::host::Host;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Where the settings and the hooks lie.
const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemathesis");
/// How many requests are drawn for each operation unless `CICD_PROVE_CASES` says otherwise.
const DRAWN: u64 = 10;

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test]
async fn the_host_keeps_to_its_document() {
    let program = installed();
    let place = TempDir::new().expect("a directory for the host");
    let host = Host::start(place.path(), "data", None).await;
    let base = format!("http://127.0.0.1:{}", host.port());
    let token = somebody_with_every_role(&base, &host.admin_token().expect("a token")).await;
    // What it remembers goes with the data.
    for name in ["schemathesis.toml", "hooks.py"] {
        std::fs::copy(format!("{HERE}/{name}"), place.path().join(name)).expect("settings");
    }
    let document = cicd_http::openapi();
    let operations = document["paths"].as_object().expect("paths").values();
    let operations: usize = operations.map(|item| item.as_object().expect("methods").len()).sum();
    let operations = u64::try_from(operations).expect("a small number");
    let least = asked("CICD_PROVE_CASES");
    // The other phases have requests too, so that this is enough.
    let drawn = least.map_or(DRAWN, |least| least.div_ceil(operations).saturating_add(50));
    let seed = asked("CICD_SEED").unwrap_or(1);
    let mut command = Command::new(program);
    command.args(["run", &format!("{base}/api/v1/openapi.json"), "--checks", "all", "--mode", "all"]);
    command.args(["--phases", "examples,coverage,fuzzing", "--workers", "2", "--no-color"]);
    command.args(["--max-examples", &drawn.to_string(), "--seed", &seed.to_string()]);
    let output =
        command.current_dir(place.path()).env("CICD_TOKEN", token).output().expect("schemathesis starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{}", end_of(&told));
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let generated = generated(&told);
    assert!(generated >= least.unwrap_or(operations * 10), "only {generated} requests:\n{told}");
    assert!(!host.said().contains("a request met a defect"), "the log tells of a defect");
}

/// The program, in an environment that is made when it is not there.
fn installed() -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemathesis");
    let run = |program: &Path, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().expect("the program starts");
        assert!(
            output.status.success(),
            "{program:?} {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    run(Path::new("python3"), &["-m", "venv", place.to_str().expect("UTF-8")]);
    let requirements = format!("{HERE}/requirements.txt");
    run(&place.join("bin/pip"), &["install", "--quiet", "--requirement", &requirements]);
    place.join("bin/schemathesis")
}

/// The token of a person who may do everything, so that few requests end at a right.
async fn somebody_with_every_role(base: &str, admin: &str) -> String {
    let roles = ["admin", "developer", "approver", "release-manager", "auditor"];
    let draft = json!({ "principal": "grace", "roles": roles });
    let request =
        reqwest::Client::new().post(format!("{base}/api/v1/tokens")).bearer_auth(admin).json(&draft);
    let made: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    made["token"].as_str().expect("a token").to_owned()
}

/// How many requests the report counts.
fn generated(told: &str) -> u64 {
    let line = told.lines().find(|line| line.contains(" generated, ")).unwrap_or_default();
    line.split_whitespace().next().and_then(|count| count.parse().ok()).unwrap_or_default()
}

fn end_of(told: &str) -> &str {
    told.rfind("SUMMARY").and_then(|at| told.get(at..)).unwrap_or(told)
}
