//! A sender who delivers to the real host.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;

use cicd_core::testing::sender::hub_signature;
use serde_json::{Value, json};

use crate::support::{Data, Host, answer, run_as};

const SECRET: &str = "the-secret-of-the-hook";

/// What comes of a push that is signed with `secret`.
fn push(host: &Host, hook: &str, secret: &str) -> (u16, Value) {
    let commit = "a".repeat(40);
    let body = json!({
        "ref": "refs/heads/main", "after": commit, "repository": { "clone_url": "https://example.com/shop.git" },
        "head_commit": { "id": commit, "url": "https://example.com/c", "author": { "name": "Grace" } },
    })
    .to_string();
    let mut stream = host.connect();
    write!(
        stream,
        "POST {hook} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
         x-github-event: push\r\nx-github-delivery: 1\r\nx-hub-signature-256: {}\r\ncontent-length: {}\r\n\r\n{body}",
        hub_signature(secret, body.as_bytes()),
        body.len(),
    )
    .unwrap();
    answer(&mut stream)
}

#[test]
fn a_push_starts_a_run_on_the_real_host() {
    let data = Data::new();
    let host = data.serve(&["--run-as", &run_as()]);
    let secret = data.join("secrets/default/hook");
    std::fs::create_dir_all(secret.parent().unwrap()).unwrap();
    std::fs::write(&secret, SECRET).unwrap();
    std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o600)).unwrap();
    let admin = data.admin_token();
    let write =
        |method, path: &str, body: Value| host.write(method, &format!("/api/v1{path}"), &admin, &body);
    write("PUT", "/services/shop", json!({ "name": "Shop" }));
    let config = json!({
        "repository": "https://example.com/shop.git", "trigger_mode": "both", "executor": "command",
        "steps": [{ "name": "build", "argv": ["make"], "timeout_seconds": 60 }],
        "artifact": { "name": "page", "path": "out" },
    });
    write("PUT", "/services/shop/ci-config", config);
    let source = json!({ "name": "GitHub", "service": "shop", "provider": "github", "secrets": [{ "secret": "hook" }] });
    let source = write("POST", "/sources", source);
    let hook = source["hook"].as_str().unwrap();

    let (status, forged) = push(&host, hook, "not-the-secret-of-it");
    assert_eq!((status, &forged["type"]), (401, &json!("/problems/unverified")), "{forged}");
    let (status, taken) = push(&host, hook, SECRET);
    assert_eq!((status, &taken["duplicate"]), (202, &json!(false)), "{taken}");
    let (status, repeat) = push(&host, hook, SECRET);
    assert_eq!((status, &repeat["delivery"]), (200, &taken["delivery"]), "{repeat}");

    let runs = host.get("/api/v1/services/shop/ci-runs", Some(&admin)).1["items"].clone();
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "{runs}");
    assert_eq!(runs[0]["trigger"]["source"]["author"], "Grace", "{runs}");
    assert!(!data.log().contains(SECRET), "the log tells the secret");
    assert!(host.stop().success());
}
