//! What a person at a terminal is asked before a vote, and what is never asked.

use std::fs::File;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use nix::pty::openpty;
use serde_json::{Value, json};

use crate::support::{Data, Host};

/// Runs `cicd <words>` at a terminal at which `typed` is typed.
fn at_a_terminal(host: &Host, token: &str, words: &[&str], typed: &str) -> Output {
    let terminal = openpty(None, None).unwrap();
    // The terminal keeps what is typed until it is read.
    let mut keyboard = File::from(terminal.master);
    keyboard.write_all(typed.as_bytes()).unwrap();
    let command = Command::new(env!("CARGO_BIN_EXE_cicd"))
        .env_clear()
        .env("CICD_URL", host.url())
        .env("CICD_TOKEN", token)
        .args(words)
        .stdin(Stdio::from(terminal.slave))
        .output();
    command.unwrap()
}

/// A release that asks for one vote; gives it, and the token of who may cast that.
fn waiting(data: &Data, host: &Host) -> (Value, String) {
    let admin = data.admin_token();
    let write = |method: &str, path: &str, token: &str, body: Value| {
        host.write(method, &format!("/api/v1{path}"), token, &body)
    };
    write("PUT", "/services/shop", &admin, json!({ "name": "Shop" }));
    let deployment = json!({
        "service": "shop", "environment": "eu", "tier": "production", "executor": "command",
        "target": { "commands": { "apply": { "argv": ["/bin/true"] } } },
    });
    write("PUT", "/deployments/shop", &admin, deployment);
    let approval = json!({ "requirements": [{ "role": "approver", "count": 2 }] });
    let config =
        json!({ "strategy": { "type": "rolling" }, "approval": approval, "allow_external_artifacts": true });
    write("PUT", "/deployments/shop/cd-config", &admin, config);
    let digest = format!("sha256:{}", "5".repeat(64));
    let artifact = json!({ "digest": digest, "name": "page", "location": "registry" });
    let draft = json!({ "deployment": "shop", "artifact": { "external": artifact }, "version": "5" });
    let dora = write("POST", "/tokens", &admin, json!({ "principal": "dora", "roles": ["developer"] }));
    let release = write("POST", "/releases", dora["token"].as_str().unwrap(), draft);
    let ann = write("POST", "/tokens", &admin, json!({ "principal": "ann", "roles": ["approver"] }));
    (release, ann["token"].as_str().unwrap().to_owned())
}

#[test]
fn a_person_sees_what_they_vote_on_and_nothing_happens_unless_they_agree() {
    let data = Data::new();
    let host = data.serve(&["--dev"]);
    let (release, ann) = waiting(&data, &host);
    let (id, content) = (release["id"].as_str().unwrap(), release["content_digest"].as_str().unwrap());
    let votes = || {
        let shown = host.get(&format!("/api/v1/releases/{id}"), Some(&ann)).1;
        shown["votes"].as_array().unwrap().len()
    };
    let asked = |ended: &Output| {
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!told.contains(&ann), "the token is told");
        (told.contains("approve this? y/N"), told.contains(content))
    };
    let approve = ["release", "approve", id];
    for typed in ["n\n", "\n", "yes please\n", "\u{4}"] {
        let ended = at_a_terminal(&host, &ann, &approve, typed);
        assert_eq!(
            (ended.status.code(), asked(&ended), votes()),
            (Some(1), (true, true), 0),
            "{typed:?}: {ended:?}"
        );
    }
    let never = at_a_terminal(&host, &ann, &["release", "approve", id, "--no-input"], "y\n");
    assert_eq!((never.status.code(), asked(&never), votes()), (Some(2), (false, false), 0), "{never:?}");

    let ended = at_a_terminal(&host, &ann, &approve, "y\n");
    assert_eq!((ended.status.code(), asked(&ended), votes()), (Some(0), (true, true), 1), "{ended:?}");
    assert!(String::from_utf8_lossy(&ended.stdout).contains("pending_approval"), "{ended:?}");
}

#[test]
fn who_agrees_at_a_terminal_votes_on_the_content_that_was_named() {
    let data = Data::new();
    let host = data.serve(&["--dev"]);
    let (release, ann) = waiting(&data, &host);
    let other = format!("sha256:{}", "0".repeat(64));
    let words = ["release", "approve", release["id"].as_str().unwrap(), "--content", &other];
    let ended = at_a_terminal(&host, &ann, &words, "y\n");
    assert_eq!(ended.status.code(), Some(3), "what was seen elsewhere is not what is there: {ended:?}");
}
