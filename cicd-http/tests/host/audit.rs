//! `cicd audit verify`: what it answers and with which exit code, on sound and on broken databases.

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
