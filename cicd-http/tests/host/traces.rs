//! The trace of a request, in what its host's children are told.

use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::shop::Repository;
use crate::support::{Data, Host, answer, until};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// POSTs `body` in [`TRACE`]; gives what was made.
fn post(host: &Host, path: &str, token: &str, body: &Value) -> Value {
    let (mut stream, body) = (host.connect(), body.to_string());
    write!(
        stream,
        "POST /api/v1{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntraceparent: 00-{TRACE}-{SPAN}-01\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let (status, made) = answer(&mut stream);
    assert_eq!(status, 201, "{made}");
    made
}

/// What a child was told, as it printed it.
fn told(log: &str) -> Option<String> {
    log.lines().find_map(|line| line.strip_prefix("told ")).map(str::to_owned)
}

/// A service that says what it is told and waits for `go`, and a deployment that says it too.
fn set_up(host: &Host, token: &str, repository: &Repository, go: &Path) {
    let put = |path: &str, body: Value| drop(host.write("PUT", &format!("/api/v1{path}"), token, &body));
    let build =
        format!("echo told $TRACEPARENT; until [ -e {} ]; do sleep 0.02; done; cp page out", go.display());
    put("/services/web", json!({ "name": "web" }));
    put(
        "/services/web/ci-config",
        json!({
            "repository": repository.path().display().to_string(), "executor": "command", "trigger_mode": "manual",
            "steps": [{ "name": "build", "shell": build, "timeout_seconds": 60 }],
            "artifact": { "path": "out", "name": "page" }, "max_attempts": 2,
        }),
    );
    let commands = json!({ "apply": { "shell": "echo told $TRACEPARENT" } });
    put(
        "/deployments/web",
        json!({
            "service": "web", "environment": "staging", "tier": "staging", "executor": "command",
            "target": { "commands": commands },
        }),
    );
    put("/deployments/web/cd-config", json!({ "strategy": { "type": "rolling" } }));
}

/// What a row says of its trace: a span of the host's in the trace that was sent.
fn kept(row: &Value) -> String {
    let kept = row["trace"].as_str().unwrap_or_default();
    assert!(
        kept.starts_with(&format!("00-{TRACE}-")) && kept.ends_with("-01") && !kept.contains(SPAN),
        "{row}"
    );
    kept.to_owned()
}

#[test]
fn the_trace_of_a_request_reaches_the_commands_of_a_host_that_starts_later() {
    let (data, repository) = (Data::new(), Repository::new());
    let commit = repository.commit("hello");
    let host = data.serve(&["--dev"]);
    let (admin, go) = (data.admin_token(), data.join("go"));
    set_up(&host, &admin, &repository, &go);
    let rhea = json!({ "principal": "rhea", "roles": ["developer", "release-manager"] });
    let rhea = host.write("POST", "/api/v1/tokens", &admin, &rhea);
    let token = rhea["token"].as_str().unwrap().to_owned();
    let run = post(&host, "/services/web/ci-runs", &token, &json!({ "commit": commit }));
    let id = run["id"].as_str().unwrap();
    let log = format!("/api/v1/ci-runs/{id}/log");
    assert_eq!(until("the first attempt", || told(&host.text(&log, &token))), kept(&run));
    // Dropped, a host is killed.
    drop(host);

    let host = data.serve(&["--dev"]);
    let path = format!("/api/v1/ci-runs/{id}");
    until("the second attempt", || (host.get(&path, Some(&token)).1["attempt"] == 2).then_some(()));
    assert_eq!(until("what it is told", || told(&host.text(&log, &token))), kept(&run));
    std::fs::write(&go, "").unwrap();
    until("the artifact", || (host.get(&path, Some(&token)).1["status"] == "succeeded").then_some(()));
    let lock = json!({ "deployment": "web", "reason": "not yet", "expires_at": "2999-01-01T00:00:00Z" });
    let lock = host.write("POST", "/api/v1/locks", &token, &lock);
    let draft = json!({ "deployment": "web", "artifact": { "ci_run": id }, "version": "1" });
    let release = post(&host, "/releases", &token, &draft);
    assert!(host.stop().success());

    let host = data.serve(&["--dev"]);
    let lifted = format!("/api/v1/locks/{}?reason=now", lock["id"].as_str().unwrap());
    host.write("DELETE", &lifted, &token, &Value::Null);
    let log = format!("/api/v1/releases/{}/log", release["id"].as_str().unwrap());
    assert_eq!(until("the rollout", || told(&host.text(&log, &token))), kept(&release));
    assert!(host.stop().success());
}
