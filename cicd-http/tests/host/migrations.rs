//! `cicd migrate` and `cicd backup`, beside a host and without one.

use std::process::Output;

use serde_json::{Value, json};

use crate::support::{Data, forge};

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_schema_is_verified_and_rehearsed_beside_a_running_host() {
    let data = Data::new();
    let host = data.serve(&[]);
    let verified = data.cicd(&["migrate", "verify"], &[]);
    assert!(
        verified.status.success() && text(&verified).contains("objects are as migration"),
        "{verified:?}"
    );
    let rehearsed = data.cicd(&["migrate", "rehearse"], &[]);
    assert!(
        rehearsed.status.success() && text(&rehearsed).contains("every step left what it found"),
        "{rehearsed:?}"
    );
    let report = data.cicd(&["migrate", "rehearse"], &["--json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["tables"]["cicd_token"]["rows"], 1, "the first start made a token: {report}");
    assert_eq!(report["moves"][0]["way"], "down");
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    assert!(!data.join("cicd.db.rehearsal").exists());
    assert!(data.cicd(&["migrate", "status"], &[]).status.success());
    let up = data.cicd(&["migrate", "up"], &[]);
    assert!(!up.status.success() && text(&up).contains("is held by another process"), "{up:?}");
    assert!(host.stop().success());
}

#[test]
fn what_differs_is_an_answer_and_what_is_not_there_is_none() {
    let data = Data::new();
    for command in ["verify", "rehearse"] {
        assert_eq!(data.cicd(&["migrate", command], &[]).status.code(), Some(2), "there is no database");
    }
    assert!(data.serve(&[]).stop().success());
    forge(&data.join("cicd.db"), "cicd_ci_run_by_status", "cicd_ci_run_by_Status");
    let found = data.cicd(&["migrate", "verify"], &["--json"]);
    assert_eq!(found.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&found.stdout).unwrap();
    let extra = json!({"how": "extra", "object": "index `cicd_ci_run_by_Status`"});
    let missing = json!({"how": "missing", "object": "index `cicd_ci_run_by_status`"});
    assert_eq!(found["differences"], json!([extra, missing]));
    let rehearsed = data.cicd(&["migrate", "rehearse"], &[]);
    assert!(
        rehearsed.status.code() == Some(1)
            && text(&rehearsed).contains("✗ index `cicd_ci_run_by_status` is missing"),
        "{rehearsed:?}"
    );
}

#[test]
fn down_loses_the_audit_trail_only_when_told_twice() {
    let data = Data::new();
    assert!(data.serve(&[]).stop().success());
    let down = |flags: &[&str]| data.cicd(&["migrate", "down", "--to", "0"], flags);
    let refused = down(&[]);
    assert!(
        !refused.status.success() && text(&refused).contains("without losing what is stored"),
        "{refused:?}"
    );
    let once = down(&["--lose-audit-rows"]);
    assert!(!once.status.success() && text(&once).contains("--lose-rows"), "{once:?}");
    let rows = down(&["--lose-rows"]);
    assert!(!rows.status.success() && text(&rows).contains("migration 1 `audit`"), "{rows:?}");
    let pending = data.cicd(&["migrate", "status"], &[]);
    assert!(!pending.status.success() && text(&pending).contains("0002 rows         pending"), "{pending:?}");
    let twice = down(&["--lose-rows", "--lose-audit-rows"]);
    assert!(twice.status.success() && text(&twice) == "taken back: 1\n", "{twice:?}");
}

#[test]
fn a_backup_is_made_beside_a_running_host_and_overwrites_nothing() {
    let data = Data::new();
    let host = data.serve(&[]);
    let file = data.join("kept.db");
    let to = ["--to", file.to_str().unwrap()];
    let written = data.cicd(&["backup"], &to);
    assert!(
        written.status.success()
            && text(&written).contains("default/ledger: 2 events verified, head 2:sha256:"),
        "{written:?}"
    );
    let before = std::fs::read(&file).unwrap();
    let again = data.cicd(&["backup"], &to);
    assert!(!again.status.success() && text(&again).contains("is there already"), "{again:?}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert!(host.stop().success());

    let restored = Data::new();
    std::fs::create_dir_all(restored.path()).unwrap();
    std::fs::copy(&file, restored.join("cicd.db")).unwrap();
    let doctor = restored.cicd(&["doctor"], &[]);
    assert!(text(&doctor).contains("ledger: 2 events verified"), "{doctor:?}");
}
