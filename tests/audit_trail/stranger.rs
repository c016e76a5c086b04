//! `examples/verify_audit/verify.py`, and what it is given.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use cicd_core::audit::json_line;
use cicd_core::port::EventQuery;
use cicd_core::trail::{CHAINS, Selection, Trail};

/// Every event of every chain, as `cicd audit export` writes it.
pub(crate) async fn export(trail: &dyn Trail) -> String {
    let mut lines = Vec::new();
    for tenant in trail.tenants().await.unwrap() {
        for chain in CHAINS {
            let mut selected = Selection::of(EventQuery::of(chain)).read(trail, &tenant);
            while let Some(events) = selected.next().await.unwrap() {
                events.iter().for_each(|event| json_line(&tenant, event, &mut lines).unwrap());
            }
        }
    }
    String::from_utf8(lines).unwrap()
}

/// The program's exit code for `lines`, and all that it printed.
pub(crate) fn judge(lines: &str, expected: &[&str]) -> (i32, String) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/verify_audit/verify.py");
    let mut command = Command::new("python3");
    command.arg(program).args(expected.iter().flat_map(|head| ["--expect", *head]));
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child =
        spawned.unwrap_or_else(|error| panic!("this test needs `python3` (3.11 or newer): {error}"));
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
    let output = child.wait_with_output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(told).unwrap())
}
