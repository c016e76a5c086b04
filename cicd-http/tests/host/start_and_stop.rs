//! Starts and ends.

use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt as _;

use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::{Data, Host, answer, run_as};

#[test]
fn the_first_start_leaves_an_admin_token_for_its_owner_alone() {
    let data = Data::new();
    let host = data.serve(&["--tenant", "acme"]);
    let mode = |name: &str| std::fs::metadata(data.join(name)).unwrap().mode() & 0o777;
    assert_eq!((mode("admin-token"), mode("cicd.db"), mode("secrets")), (0o600, 0o600, 0o700));
    let token = data.admin_token();
    let (status, listed) = host.get("/api/v1/tokens", Some(&token));
    assert_eq!((status, &listed["items"][0]["principal"]), (200, &json!("admin")));
    assert!(host.stop().success());
    assert!(!data.log().contains(&token), "the token is never printed");

    let host = data.serve(&["--tenant", "acme"]);
    assert_eq!(data.admin_token(), token, "a later start leaves it alone");
    assert_eq!(host.get("/api/v1/services", Some(&token)).0, 200, "and it still works");
}

/// A request whose handler is under way and waits for the rest of the body, which comes second.
fn half_a_request(host: &Host, token: &str) -> (TcpStream, String) {
    let body = json!({ "principal": "ada", "roles": ["viewer"] }).to_string();
    let (first, second) = body.split_at(10);
    let mut stream = host.connect();
    write!(
        stream,
        "POST /api/v1/tokens HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    // The host asks for the body, so the handler is under way.
    let mut asked = [0; 25];
    std::io::Read::read_exact(&mut stream, &mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(first.as_bytes()).unwrap();
    (stream, second.to_owned())
}

fn until_nobody_is_accepted(stream: &TcpStream) {
    while TcpStream::connect(stream.peer_addr().unwrap()).is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn a_request_that_has_begun_is_answered_before_the_host_ends() {
    let data = Data::new();
    let host = data.serve(&[]);
    let (mut stream, rest) = half_a_request(&host, &data.admin_token());
    host.signal(Signal::SIGTERM);
    until_nobody_is_accepted(&stream);
    stream.write_all(rest.as_bytes()).unwrap();
    let (status, created) = answer(&mut stream);
    assert_eq!((status, &created["principal"]), (201, &json!("ada")));
    assert_eq!(host.wait().code(), Some(0));
}

#[test]
fn a_second_signal_ends_the_host_at_once() {
    for (second, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
        let data = Data::new();
        let host = data.serve(&[]);
        let (stream, _) = half_a_request(&host, &data.admin_token());
        host.signal(Signal::SIGTERM);
        until_nobody_is_accepted(&stream);
        host.signal(second);
        assert_eq!(host.wait().code(), Some(code), "it does not wait for the rest of the request");
        assert!(data.serve(&[]).stop().success(), "the next start finds all in order");
    }
}

#[test]
fn what_is_no_request_ends_its_connection_and_not_the_host() {
    let data = Data::new();
    let host = data.serve(&[]);
    let shapes = [
        "nonsense\r\n\r\n",
        "GET /livez HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        "POST /api/v1/freezes HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        "POST /api/v1/freezes HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n{}",
    ];
    for shape in shapes {
        let mut stream = host.connect();
        stream.write_all(shape.as_bytes()).unwrap();
        // The answer is read to the end: the host closes the connection.
        assert_eq!(answer(&mut stream).0, 400, "{shape}");
    }
    assert_eq!(host.get("/livez", None).0, 200);
}

#[test]
fn a_child_that_a_dead_host_had_begun_does_not_keep_the_next_one_out() {
    let data = Data::new();
    assert!(data.serve(&[]).stop().success());
    // Between its fork and its exec a child has all that the host had open, and so its lock.
    let lock = std::fs::File::open(data.join("cicd.db.lock")).unwrap();
    lock.lock().unwrap();
    let child = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        drop(lock);
    });
    assert!(data.serve(&[]).stop().success());
    child.join().unwrap();
}

#[test]
fn an_interrupt_ends_the_host_too() {
    let data = Data::new();
    let host = data.serve(&["--log", "json"]);
    host.signal(Signal::SIGINT);
    assert_eq!(host.wait().code(), Some(0));
    for line in data.log().lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "`{line}` is not JSON");
    }
}

#[test]
fn only_confined_commands_are_enabled() {
    let data = Data::new();
    let host = data.serve(&[]);
    let ready = host.get("/readyz", None).1;
    assert_eq!((&ready["mode"], &ready["executors"]["ci"]), (&json!("standard"), &json!([])));
    assert!(data.log().contains("the executor `command` is off"), "{}", data.log());
    drop(host);
    let host = data.serve(&["--dev"]);
    let ready = host.get("/readyz", None).1;
    assert_eq!((&ready["mode"], &ready["executors"]["deploy"]), (&json!("dev"), &json!(["command"])));
    assert!(data.log().contains("commands run with this host's own rights"), "{}", data.log());
    drop(host);
    let host = data.serve(&["--run-as", &run_as()]);
    assert_eq!(host.get("/readyz", None).1["executors"]["ci"], json!(["command"]));
}
