//! Commands for CI jobs where policy keeps a release back.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::cli::{Person, create, shop, text};
use crate::support::{Data, Host, answer, run_as};

/// Changes what nobody has changed since it was made.
fn change(host: &Host, path: &str, token: &str, body: &Value) {
    let (mut stream, body) = (host.connect(), body.to_string());
    write!(
        stream,
        "PUT /api/v1{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nif-match: \"1\"\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let (status, answered) = answer(&mut stream);
    assert_eq!(status, 200, "{answered}");
}

fn lock(host: &Host, manager: &Person<'_>) -> Value {
    let lock = json!({ "deployment": "shop", "reason": "an audit", "expires_at": "2999-01-01T00:00:00Z" });
    host.write("POST", "/api/v1/locks", &manager.token, &lock)
}

fn unlock(host: &Host, manager: &Person<'_>, lock: &Value) {
    let path = format!("/api/v1/locks/{}?reason=done", text(lock, "id"));
    host.write("DELETE", &path, &manager.token, &Value::Null);
}

#[test]
fn a_gate_that_policy_closes_has_an_exit_code_of_its_own() {
    let data = Data::new();
    let host = data.serve(&["--run-as", &run_as()]);
    shop(&data, &host);
    let dora = Person::new(&data, &host, "dora", "developer");
    let ann = Person::new(&data, &host, "ann", "approver");
    let rhea = Person::new(&data, &host, "rhea", "release-manager");
    let admin = data.admin_token();
    let lock = lock(&host, &rhea);
    let release = create(&dora, "6");
    let (id, content) = (text(&release, "id"), text(&release, "content_digest"));
    assert_eq!(dora.json(4, &["release", "wait", id])["state"]["status"], "pending_approval");
    ann.json(0, &["release", "approve", id, "--content", content]);
    for words in [&["release", "wait", id][..], &["release", "wait", id, "--timeout", "1"]] {
        let kept = dora.cicd(words);
        let told = String::from_utf8(kept.stderr).unwrap();
        assert!(kept.status.code() == Some(3) && told.contains("locked by `rhea`: an audit"), "{told}");
    }
    assert_eq!(dora.json(3, &["release", "wait", id])["state"]["status"], "approved");
    unlock(&host, &rhea, &lock);
    assert_eq!(dora.json(0, &["release", "wait", id, "--timeout", "60"])["state"]["status"], "succeeded");

    // What was to be voted on is no longer what would be carried out.
    let stale = create(&dora, "7");
    let (id, content) = (text(&stale, "id"), text(&stale, "content_digest"));
    let mut config = host.get("/api/v1/deployments/shop/cd-config", Some(&admin)).1["spec"].clone();
    config["deadline_seconds"] = json!(61);
    change(&host, "/deployments/shop/cd-config", &admin, &config);
    // The gate is closed, or a worker was quicker and has cancelled what is stale.
    let refused = ann.json(3, &["release", "approve", id, "--content", content]);
    assert_eq!(refused["status"], 409, "{refused}");
}

#[test]
fn votes_that_count_no_more_keep_a_release_back() {
    let data = Data::new();
    let host = data.serve(&["--run-as", &run_as()]);
    shop(&data, &host);
    let dora = Person::new(&data, &host, "dora", "developer");
    let ann = Person::new(&data, &host, "ann", "approver");
    let rhea = Person::new(&data, &host, "rhea", "release-manager");
    let lock = lock(&host, &rhea);
    let release = create(&dora, "8");
    let (id, content) = (text(&release, "id"), text(&release, "content_digest"));
    ann.json(0, &["release", "approve", id, "--content", content]);
    let role = "/api/v1/roles/ann%7Capprover%7C*%7C*%7C*";
    host.write("DELETE", role, &data.admin_token(), &Value::Null);
    unlock(&host, &rhea, &lock);
    for words in [&["release", "wait", id][..], &["release", "wait", id, "--timeout", "1"]] {
        let kept = dora.cicd(words);
        let told = String::from_utf8(kept.stderr).unwrap();
        assert!(kept.status.code() == Some(3) && told.contains("1 of role `approver`"), "{told}");
    }
}
