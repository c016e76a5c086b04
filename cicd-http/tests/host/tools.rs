//! `cicd token create` and `cicd doctor`.

use serde_json::json;

use crate::support::Data;

#[test]
fn a_token_is_made_while_no_host_runs() {
    let data = Data::new();
    let host = data.serve(&[]);
    let flags = ["--principal", "robot", "--role", "viewer", "--role", "auditor", "--service-account"];
    let held = data.cicd(&["token", "create"], &flags);
    assert!(!held.status.success() && held.stdout.is_empty());
    assert!(String::from_utf8(held.stderr).unwrap().contains("POST /api/v1/tokens"));
    assert!(host.stop().success());

    let made = data.cicd(&["token", "create"], &flags);
    assert!(made.status.success(), "{made:?}");
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let host = data.serve(&[]);
    assert_eq!(host.get("/api/v1/services", Some(&token)).0, 200);
    let (_, events) = host.get("/api/v1/audit-events?kind=token.created", Some(&token));
    assert_eq!(events["items"][1]["actor"]["id"], json!("operator"), "the audit says who: {events}");
}

#[test]
fn a_sound_database_passes_every_check() {
    let data = Data::new();
    assert!(!data.cicd(&["doctor"], &[]).status.success(), "there is none yet");
    assert!(data.serve(&[]).stop().success());
    let doctor = data.cicd(&["doctor"], &[]);
    let found = String::from_utf8(doctor.stdout).unwrap();
    assert!(doctor.status.success() && !found.contains('✗'), "{found}");
    assert!(found.contains("ledger: 2 events verified"), "{found}");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(data.join("admin-token"), open).unwrap();
    assert!(!data.cicd(&["doctor"], &[]).status.success());
}
