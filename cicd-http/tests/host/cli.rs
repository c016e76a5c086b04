//! The commands for CI jobs, against a host: what they print, and how they end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::support::{Data, Host, run_as};

/// Somebody at a host.
pub(crate) struct Person<'a> {
    host: &'a Host,
    pub(crate) token: String,
}

impl<'a> Person<'a> {
    pub(crate) fn new(data: &Data, host: &'a Host, name: &str, role: &str) -> Self {
        let draft = json!({ "principal": name, "roles": [role] });
        let token = host.write("POST", "/api/v1/tokens", &data.admin_token(), &draft);
        Self { host, token: token["token"].as_str().unwrap().to_owned() }
    }

    pub(crate) fn cicd(&self, words: &[&str]) -> Output {
        let output = cicd(&self.host.url(), Some(&self.token), words);
        for bytes in [&output.stdout, &output.stderr] {
            assert!(!String::from_utf8_lossy(bytes).contains(&self.token), "the token is told");
        }
        output
    }

    /// The JSON that a command prints, which ends with `code`.
    pub(crate) fn json(&self, code: i32, words: &[&str]) -> Value {
        let output = self.cicd(&[words, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn cicd(url: &str, token: Option<&str>, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cicd"));
    command.env_clear().env("CICD_URL", url).envs(token.map(|token| ("CICD_TOKEN", token)));
    command.args(words).stdin(Stdio::null()).output().unwrap()
}

/// A deployment that takes artifacts from elsewhere and asks for one vote.
pub(crate) fn shop(data: &Data, host: &Host) {
    let put =
        |path: &str, body: Value| host.write("PUT", &format!("/api/v1{path}"), &data.admin_token(), &body);
    put("/services/shop", json!({ "name": "Shop", "description": "" }));
    let deployment = json!({
        "service": "shop", "environment": "production", "tier": "production", "executor": "command",
        "target": { "commands": { "apply": { "argv": ["/bin/true"] } } },
    });
    put("/deployments/shop", deployment);
    let approval = json!({ "requirements": [{ "role": "approver", "count": 1 }] });
    let config =
        json!({ "strategy": { "type": "rolling" }, "approval": approval, "allow_external_artifacts": true });
    put("/deployments/shop/cd-config", config);
}

pub(crate) fn create(developer: &Person<'_>, digit: &str) -> Value {
    let digest = format!("sha256:{}", digit.repeat(64));
    let words = ["release", "create", "shop", "--version", digit, "--name", "page", "--location", "registry"];
    developer.json(0, &[&words[..], &["--digest", &digest]].concat())
}

#[test]
fn a_release_is_asked_for_approved_waited_for_and_taken_back() {
    let data = Data::new();
    let host = data.serve(&["--run-as", &run_as()]);
    shop(&data, &host);
    let dora = Person::new(&data, &host, "dora", "developer");
    let ann = Person::new(&data, &host, "ann", "approver");
    let rita = Person::new(&data, &host, "rita", "release-manager");
    let mut releases = Vec::new();
    for digit in ["1", "2"] {
        let release = create(&dora, digit);
        let (id, content) = (text(&release, "id"), text(&release, "content_digest"));
        assert_eq!(dora.json(4, &["release", "wait", id])["state"]["status"], "pending_approval");
        assert_eq!(dora.json(4, &["release", "wait", id, "--timeout", "1"])["id"], id);
        assert_eq!(dora.json(0, &["release", "explain", id])["open"], false);
        let denied = dora.json(3, &["release", "approve", id, "--no-input", "--content", content]);
        assert_eq!(denied["status"], 403);
        assert_eq!(ann.cicd(&["release", "approve", id, "--no-input"]).status.code(), Some(2));
        ann.json(0, &["release", "approve", id, "--no-input", "--content", content]);
        assert_eq!(dora.json(0, &["release", "wait", id, "--timeout", "60"])["state"]["status"], "succeeded");
        releases.push(id.to_owned());
    }
    let undo = ["release", "rollback", &releases[1], "--reason", "slow"];
    assert_eq!(rita.json(0, &[&undo[..], &["--dry-run"]].concat())["kind"]["type"], "rollback");
    let back = rita.json(0, &undo);
    rita.json(0, &["release", "wait", text(&back, "id"), "--timeout", "60"]);
    assert_eq!(dora.json(1, &["release", "wait", &releases[1]])["state"]["status"], "rolled_back");
    let told = |words: &[&str]| dora.json(0, &[&["timeline", "shop"], words].concat())["items"].clone();
    let all = told(&["--all"]);
    let all = all.as_array().unwrap();
    let first = told(&["--limit", "3"]);
    assert_eq!(first.as_array().unwrap(), &all[..3]);
    let votes = told(&["--kind", "release.approved", "--actor", "ann", "--environment", "production"]);
    assert_eq!(votes.as_array().unwrap().len(), 2);
    assert_eq!(told(&["--until", "2001-01-01T00:00:00Z"]), json!([]));
}

#[test]
fn what_goes_wrong_has_its_exit_code() {
    let data = Data::new();
    let host = data.serve(&["--run-as", &run_as()]);
    shop(&data, &host);
    let dora = Person::new(&data, &host, "dora", "developer");
    let ann = Person::new(&data, &host, "ann", "approver");
    let release = create(&dora, "3");
    let (id, content) = (text(&release, "id"), text(&release, "content_digest"));
    ann.json(0, &["release", "reject", id, "--comment", "no", "--content", content]);
    assert_eq!(dora.json(3, &["release", "wait", id])["state"]["status"], "rejected");
    let again = ann.cicd(&["release", "approve", id, "--content", content]);
    assert_eq!(again.status.code(), Some(3));
    let told = String::from_utf8(again.stderr).unwrap();
    assert!(again.stdout.is_empty() && told.contains("request id: "), "{told}");
    let run = dora.cicd(&["run", "trigger", "shop", "--commit", "x"]);
    let told = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.code() == Some(1) && told.contains("/commit: "), "{told}");
    for words in
        [&["release"][..], &["release", "wait", "x"], &["timeline"], &["timeline", "shop", "--token", "x"]]
    {
        assert_eq!(dora.cicd(words).status.code(), Some(2), "{words:?}");
    }
    assert_eq!(cicd(&host.url(), None, &["timeline", "shop"]).status.code(), Some(2));
    assert_eq!(cicd("ftp://x", Some("t"), &["timeline", "shop"]).status.code(), Some(2));
}

#[test]
fn a_repeated_key_gives_the_first_outcome_and_a_dry_run_none() {
    let data = Data::new();
    let host = data.serve(&["--run-as", &run_as()]);
    shop(&data, &host);
    let dora = Person::new(&data, &host, "dora", "developer");
    let digest = format!("sha256:{}", "4".repeat(64));
    let words = ["release", "create", "shop", "--version", "4", "--name", "page", "--location", "registry"];
    let words = [&words[..], &["--digest", &digest]].concat();
    dora.json(0, &[&words[..], &["--dry-run"]].concat());
    let count = || host.get("/api/v1/releases", Some(&dora.token)).1["items"].as_array().unwrap().len();
    assert_eq!(count(), 0);
    let first = dora.json(0, &[&words[..], &["--idempotency-key", "job-1"]].concat());
    let second = dora.json(0, &[&words[..], &["--idempotency-key", "job-1"]].concat());
    assert_eq!((first["id"].clone(), count()), (second["id"].clone(), 1));
}

/// A host that answers each request as `answers` says, one after the other, and tells what it was asked.
fn scripted(answers: &'static [&'static str]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || answers.iter().map(|answer| reply(&listener, answer)).collect());
    (url, asked)
}

/// Reads a request and closes the connection after `answer`; gives the request's head.
fn reply(listener: &TcpListener, answer: &str) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let head = head(&stream);
    stream.write_all(answer.as_bytes()).unwrap();
    head
}

/// Reads a request; gives its head.
fn head(stream: &TcpStream) -> String {
    let (mut head, mut length) = (String::new(), 0);
    let mut reader = BufReader::new(stream);
    while !head.ends_with("\r\n\r\n") {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(given) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = given.trim().parse().unwrap();
        }
        head += &line;
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    head
}

#[test]
fn a_request_is_sent_again_with_the_same_key() {
    let (url, asked) = scripted(&[
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        // The host dies before it answers.
        "",
        "HTTP/1.1 201 Created\r\ncontent-length: 14\r\nconnection: close\r\n\r\n{\"id\":\"run-1\"}",
    ]);
    let commit = "a".repeat(40);
    let words = ["run", "trigger", "shop", "--commit", &commit, "--branch", "main", "--json"];
    let output = cicd(&url, Some("cicd_x"), &words);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"{\"id\":\"run-1\"}\n");
    let key = |head: &String| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("idempotency-key: "));
        line.unwrap().to_owned()
    };
    let keys: Vec<_> = asked.join().unwrap().iter().map(key).collect();
    assert!(keys.len() == 3 && keys.windows(2).all(|two| two[0] == two[1]), "{keys:?}");
}

#[test]
fn a_timeline_is_read_page_by_page() {
    let (url, asked) = scripted(&[
        "HTTP/1.1 200 OK\r\ncontent-length: 37\r\nconnection: close\r\n\r\n{\"items\":[{\"seq\":9}],\"next\":\"ab.7~\"} ",
        "HTTP/1.1 200 OK\r\ncontent-length: 36\r\nconnection: close\r\n\r\n{\"items\":[{\"seq\":7}],\"next\":\"a&b c\"}",
        "HTTP/1.1 200 OK\r\ncontent-length: 24\r\nconnection: close\r\n\r\n{\"items\":[],\"next\":null}",
    ]);
    let output = cicd(&url, Some("cicd_x"), &["timeline", "shop", "--actor", "a b", "--all", "--json"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"{\"items\":[{\"seq\":9},{\"seq\":7}]}\n");
    let lines: Vec<_> =
        asked.join().unwrap().iter().filter_map(|head| head.lines().next().map(str::to_owned)).collect();
    let path = "GET /api/v1/services/shop/timeline?limit=200&actor=a%20b";
    let expected = ["", "&after=ab.7~", "&after=a%26b%20c"].map(|after| format!("{path}{after} HTTP/1.1"));
    assert_eq!(lines, expected);
}

/// A release as a host tells it.
fn release_that_is(status: &str) -> String {
    let body = json!({ "id": WAITED_FOR, "state": { "status": status } }).to_string();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

const WAITED_FOR: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

#[test]
fn a_wait_asks_again_when_the_host_has_news() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let host = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let asked = head(&stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nid: 1\nevent: ready\ndata: {}\n\n").unwrap();
        reply(&listener, &release_that_is("executing"));
        // Whoever asks once a second has asked by now; who hears nothing has no reason to.
        std::thread::sleep(std::time::Duration::from_secs(3));
        stream
            .write_all(
                b"id: 2\nevent: release.succeeded\ndata: {\"seq\":2,\"subject\":{\"id\":\"other\"}}\n\n",
            )
            .unwrap();
        listener.set_nonblocking(true).unwrap();
        let early = listener.accept().is_ok();
        listener.set_nonblocking(false).unwrap();
        let event =
            format!("id: 3\nevent: release.succeeded\ndata: {{\"subject\":{{\"id\":\"{WAITED_FOR}\"}}}}\n\n");
        stream.write_all(event.as_bytes()).unwrap();
        reply(&listener, &release_that_is("succeeded"));
        (asked, early)
    });
    let words = ["release", "wait", WAITED_FOR, "--timeout", "60", "--json"];
    let waited = cicd(&url, Some("cicd_x"), &words);
    assert_eq!(waited.status.code(), Some(0), "{waited:?}");
    let (asked, early) = host.join().unwrap();
    assert!(asked.starts_with("GET /api/v1/events ") && !early, "{asked}");
}

#[test]
fn a_wait_asks_from_time_to_time_where_there_are_no_news() {
    let none = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned();
    let answers =
        [none, release_that_is("approved"), release_that_is("executing"), release_that_is("failed")];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let host = std::thread::spawn(move || answers.map(|answer| reply(&listener, &answer)).len());
    let waited = cicd(&url, Some("cicd_x"), &["release", "wait", WAITED_FOR, "--timeout", "60", "--json"]);
    assert_eq!((waited.status.code(), host.join().unwrap()), (Some(1), 4), "{waited:?}");
}

#[test]
fn a_token_comes_from_a_file_too() {
    let data = Data::new();
    let host = data.serve(&["--run-as", &run_as()]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{}\n", data.admin_token())).unwrap();
    shop(&data, &host);
    let path = file.path().to_str().unwrap();
    let told = cicd(&host.url(), None, &["timeline", "shop", "--token-file", path]);
    assert!(told.status.success() && !told.stdout.is_empty(), "{told:?}");
    let missing = cicd(&host.url(), None, &["timeline", "shop", "--token-file", "/nowhere"]);
    assert_eq!(missing.status.code(), Some(2), "{missing:?}");
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[test]
fn a_token_does_not_leave_the_machine_by_plain_http_unless_told() {
    let words = ["release", "explain", "01890a5d-ac96-774b-bcce-b302099a8057"];
    // A name that is never resolved: nothing may be sent there in the first place.
    let refused = cicd("http://cicd.invalid", Some("cicd_secret"), &words);
    let text = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{text}");
    assert!(text.contains("--allow-http") && !text.contains("cicd_secret"), "{text}");
    // `0.0.0.0` is not known as this machine, though here it leads to it.
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://0.0.0.0:{}", host.local_addr().unwrap().port());
    let answering = std::thread::spawn(move || {
        let mut stream = host.accept().unwrap().0;
        let answer = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let mut asked = String::new();
        BufReader::new(&stream).read_line(&mut asked).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        asked
    });
    let told = cicd(&url, Some("cicd_secret"), &[&words[..], &["--allow-http"]].concat());
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    assert!(answering.join().unwrap().starts_with("GET /api/v1/releases/"));
}
