//! `cicd audit`: what it answers and with which exit code, on sound and on broken databases.

use serde_json::{Value, json};

use crate::support::{Data, forge};

/// A database with two events.
fn recorded() -> Data {
    let data = Data::new();
    assert!(data.serve(&[]).stop().success());
    data
}

/// The exit code, what was printed, and what was said about it.
fn verify(data: &Data, flags: &[&str]) -> (i32, String, String) {
    let ended = data.cicd(&["audit", "verify"], flags);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
}

fn answer(data: &Data, flags: &[&str]) -> Value {
    let (_, printed, said) = verify(data, &[flags, &["--json"]].concat());
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}{said}"))
}

const LEDGER: [&str; 4] = ["--tenant", "default", "--chain", "ledger"];

#[test]
fn a_sound_trail_while_a_host_runs_and_after() {
    let data = Data::new();
    let host = data.serve(&[]);
    let (code, printed, said) = verify(&data, &[]);
    assert_eq!((code, said.as_str()), (0, ""), "a bar is drawn on terminals alone");
    assert!(printed.contains("✓ default/ledger: 2 events verified, head 2:sha256:"), "{printed}");
    assert!(printed.contains("✓ default/security: 0 events verified"), "{printed}");
    assert!(host.stop().success());
    let answer = answer(&data, &LEDGER);
    assert_eq!((&answer["sound"], &answer["chains"][0]["verified"]), (&json!(true), &json!(2)));
    let copy = data.join("copy.db");
    std::fs::copy(data.join("cicd.db"), &copy).unwrap();
    std::fs::remove_file(data.join("cicd.db")).unwrap();
    assert_eq!(verify(&data, &[]).0, 2);
    assert_eq!(verify(&data, &["--database", copy.to_str().unwrap()]).0, 0);
}

#[test]
fn the_first_bad_event_and_what_is_wrong_with_it() {
    let data = recorded();
    forge(&data.join("cicd.db"), "token.created", "token.revoked");
    let (code, printed, said) = verify(&data, &[]);
    assert!(printed.contains("✗ default/ledger: 0 events verified\n"), "{printed}");
    assert!(printed.contains("event 1 does not have the hash of its contents"), "{printed}");
    assert_eq!((code, said.as_str()), (1, "cicd: 1 of 2 chains are broken\n"));
    let answer = answer(&data, &[]);
    let error = &answer["chains"][0]["error"];
    assert_eq!((&answer["sound"], &error["kind"], &error["seq"]), (&json!(false), &json!("hash"), &json!(1)));
}

#[test]
fn a_value_that_was_kept_elsewhere() {
    let data = recorded();
    let head = answer(&data, &LEDGER)["chains"][0]["head"]["hash"].as_str().unwrap().to_owned();
    let expecting = |kept: String| verify(&data, &[&LEDGER[..], &["--expect", &kept]].concat());
    assert_eq!(expecting(format!("2:{head}")).0, 0);
    let (code, printed, _) = expecting(format!("1:{head}"));
    assert!(code == 1 && printed.contains("event 1 does not have the hash that was kept"), "{printed}");
    let (code, printed, _) = expecting(format!("9:{head}"));
    assert!(code == 1 && printed.contains("ends at event 2, but event 9 was kept"), "{printed}");
    let from = |flags: &[&str]| verify(&data, &[&LEDGER[..], flags].concat());
    assert_eq!(from(&["--from", "3", "--from-hash", &head]).0, 0);
    let (code, printed, _) = from(&["--from", "2", "--from-hash", &head]);
    assert!(code == 1 && printed.contains("event 1 does not have the hash that was kept"), "{printed}");
    assert!(from(&["--from", "2"]).1.contains("1 events verified"));
}

#[test]
fn a_checkpoint_is_taken_up_again() {
    let data = recorded();
    let file = data.join("checkpoint.json");
    let flags = ["--checkpoint", file.to_str().unwrap()];
    assert_eq!(verify(&data, &flags).0, 0);
    let kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!((&kept["format"], &kept["heads"][0]["seq"]), (&json!("cicd-audit-checkpoint-v1"), &json!(2)));
    let more = ["--principal", "robot", "--role", "viewer"];
    assert!(data.cicd(&["token", "create"], &more).status.success());
    let answer = answer(&data, &flags);
    assert_eq!((&answer["chains"][0]["after"], &answer["chains"][0]["verified"]), (&json!(2), &json!(2)));

    // The database of another first start has a chain of its own.
    let other = recorded();
    let (code, printed, _) = verify(&other, &flags);
    assert!(code == 1 && printed.contains("ends at event 2, but event 4 was kept elsewhere"), "{printed}");
    let (code, printed, _) = verify(&other, &["--checkpoint", file.to_str().unwrap(), "--tenant", "default"]);
    assert_eq!((code, printed.matches('✗').count()), (1, 1));
    let after: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(after["heads"][0]["seq"], json!(4), "it never goes back");
    std::fs::write(&file, "{}").unwrap();
    assert_eq!(verify(&data, &flags).0, 2);
}

#[test]
fn questions_that_have_no_answer() {
    let data = recorded();
    for flags in [
        &["--expect", "1:00"][..],
        &["--from", "1"],
        &["--chain", "gold"],
        &["--tenant", "nobody"],
        &["--database", "postgres://there/is/none"],
        &["--database", "nowhere.db"],
        &["--checkpoint", "x", "--from", "2", "--tenant", "default", "--chain", "ledger"],
    ] {
        let (code, printed, said) = verify(&data, flags);
        assert!(code == 2 && printed.is_empty() && !said.is_empty(), "{flags:?}: {code} {printed}{said}");
    }
    std::fs::write(data.join("cicd.db"), "not a database".repeat(100)).unwrap();
    assert_eq!(verify(&data, &[]).0, 2);
}

/// What an export holds; it must succeed.
fn export(data: &Data, flags: &[&str]) -> String {
    let ended = data.cicd(&["audit", "export"], flags);
    assert!(ended.status.success(), "{flags:?}: {ended:?}");
    String::from_utf8(ended.stdout).unwrap()
}

#[test]
fn an_export_holds_what_was_asked_for() {
    let data = recorded();
    let all = export(&data, &[]);
    let lines: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let head = answer(&data, &LEDGER)["chains"][0]["head"]["hash"].clone();
    assert_eq!((lines.len(), &lines[1]["hash"], &lines[1]["tenant"]), (2, &head, &json!("default")));
    let seqs = |flags: &[&str]| -> Vec<u64> {
        let lines = export(&data, flags);
        lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["seq"].as_u64().unwrap())
            .collect()
    };
    let kind = |line: &Value| -> String {
        let said: Value = serde_json::from_str(line["bytes"].as_str().unwrap()).unwrap();
        said["kind"].as_str().unwrap().to_owned()
    };
    assert_eq!(seqs(&LEDGER), [1, 2]);
    assert_eq!(seqs(&["--kind", &kind(&lines[1])]), [2]);
    assert_eq!(seqs(&["--from", "2"]), [2]);
    assert_eq!(seqs(&["--to", "1"]), [1]);
    assert_eq!(seqs(&["--actor", "bootstrap"]), [1, 2]);
    for none in [
        ["--chain", "security"],
        ["--tenant", "nobody"],
        ["--service", "shop"],
        ["--deployment", "shop-eu"],
        ["--actor", "ada"],
        ["--until", "2026-01-01T00:00:00Z"],
        ["--since", "9999-01-01T00:00:00Z"],
    ] {
        assert_eq!(seqs(&none), [0_u64; 0], "{none:?}");
    }
    assert_eq!(seqs(&["--since", "2026-01-01T00:00:00Z", "--until", "9999-01-01T00:00:00Z"]), [1, 2]);
}

#[test]
fn an_export_is_written_whole_or_not_at_all() {
    let data = recorded();
    let out = data.join("audit.csv");
    let flags = ["--format", "csv", "--out", out.to_str().unwrap()];
    assert_eq!(export(&data, &flags), "");
    let csv = std::fs::read_to_string(&out).unwrap();
    assert!(csv.starts_with("tenant,chain,seq,") && csv.matches("\r\n").count() == 3, "{csv}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&out).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let again = data.cicd(&["audit", "export"], &flags);
    assert_eq!(again.status.code(), Some(2), "it is there already");
    let nowhere = data.join("nowhere/audit.csv");
    let ended = data.cicd(&["audit", "export"], &["--out", nowhere.to_str().unwrap()]);
    assert_eq!(ended.status.code(), Some(2));
    assert_eq!(data.cicd(&["audit", "export"], &["--database", "nowhere.db"]).status.code(), Some(2));
}
