//! What a host does not start on, and why in one line.

use crate::support::{Data, forge};

fn refused(data: &Data, flags: &[&str], why: &str) {
    let ended = data.cicd(&["serve", "--listen", "127.0.0.1:0"], flags);
    assert!(!ended.status.success());
    let text = String::from_utf8(ended.stderr).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with("cicd: ")).collect();
    assert!(lines.len() == 1 && lines[0].contains(why), "`{why}` is not in {text}");
}

fn prepared() -> Data {
    let data = Data::new();
    assert!(data.serve(&[]).stop().success());
    data
}

#[test]
fn a_file_that_is_no_database() {
    let data = prepared();
    std::fs::write(data.join("cicd.db"), "not a database, however one looks at it".repeat(100)).unwrap();
    refused(&data, &[], "file is not a database");
}

#[test]
fn a_broken_chain() {
    let data = prepared();
    forge(&data.join("cicd.db"), "token.created", "token.revoked");
    refused(&data, &[], "the ledger chain of tenant `default` is broken");
    let doctor = data.cicd(&["doctor"], &[]);
    let found = String::from_utf8(doctor.stderr).unwrap();
    assert!(!doctor.status.success() && found.contains("is broken"), "{found}");
}

#[test]
fn a_schema_that_is_older_or_altered() {
    let data = prepared();
    assert!(data.cicd(&["migrate", "down"], &["--to", "2"]).status.success());
    refused(&data, &[], "cicd migrate up");
    let status = data.cicd(&["migrate", "status"], &[]);
    assert!(String::from_utf8(status.stderr).unwrap().contains("the schema is at migration 2"));
    assert!(data.cicd(&["migrate", "up"], &[]).status.success());
    assert!(data.serve(&[]).stop().success());
    forge(&data.join("cicd.db"), "CREATE TRIGGER cicd_audit", "CREATE trigger cicd_audit");
    refused(&data, &[], "not as the migrations made it");
}

#[test]
fn a_database_that_another_host_holds() {
    let data = Data::new();
    let _holder = data.serve(&[]);
    refused(&data, &[], "is held by another process");
}

#[test]
fn flags_that_make_no_sense() {
    let data = prepared();
    refused(&data, &["--wrapper", "bwrap"], "accepted: an absolute path of a program");
    let ended = data.cicd(&["serve"], &["--tenant", "ACME"]);
    assert!(
        String::from_utf8(ended.stderr).unwrap().contains("accepted: 1 to 63"),
        "bad ids are told by clap"
    );
}

#[test]
fn rules_that_can_t_be_used() {
    let data = prepared();
    let policy = data.file("policy.csv", "# ours\np, viewer, *, *, reed\n");
    refused(
        &data,
        &["--authz-policy", &policy],
        "policy.csv` can't be used: line 2 of the policy: the action `reed`",
    );
    refused(&data, &["--authz-model", "/nowhere/model.conf"], "`/nowhere/model.conf` can't be read");
}

#[test]
fn a_data_directory_that_others_write_to() {
    let data = prepared();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(data.path(), open).unwrap();
    refused(&data, &[], "others may write to it");
}
