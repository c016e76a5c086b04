//! The host over PostgreSQL, beside others.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Output;

use cicd_tests::postgres::{self, Database};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Data, Host, until};

const PASSWORD: &str = "hush-hush";

/// A database of this test's own, whose address has a password that the server doesn't ask for, and the hosts' blobs.
struct Server {
    database: Database,
    blobs: TempDir,
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

impl Server {
    fn new() -> Self {
        Self { database: wait(Database::empty()), blobs: TempDir::new().unwrap() }
    }

    fn migrated() -> Self {
        let server = Self::new();
        assert!(server.cicd(&Data::new(), &["migrate", "up"], &[]).status.success());
        server
    }

    fn url(&self) -> String {
        self.database.url().replacen("postgres@", &format!("postgres:{PASSWORD}@"), 1)
    }

    /// Does to the database what no host would.
    fn execute(&self, sql: &'static str) {
        wait(self.database.execute(sql));
    }

    fn cicd(&self, data: &Data, words: &[&str], rest: &[&str]) -> Output {
        data.cicd(words, &[&["--database", &self.url()], rest].concat())
    }

    fn serve(&self, data: &Data, flags: &[&str]) -> Host {
        let blobs = self.blobs.path().to_str().unwrap();
        data.serve(&[&["--database", &self.url(), "--blobs", blobs], flags].concat())
    }
}

fn said(ended: &Output) -> String {
    String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr)
}

#[test]
fn a_host_never_migrates_a_shared_database_unasked() {
    let (server, data) = (Server::new(), Data::new());
    let refused = server.cicd(&data, &["serve", "--listen", "127.0.0.1:0"], &[]);
    let text = said(&refused);
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with("cicd: ")).collect();
    assert!(!refused.status.success() && lines.len() == 1, "{text}");
    assert!(lines[0].contains("run the migrations first: `cicd migrate up`"), "{text}");
    let host = server.serve(&data, &["--migrate"]);
    assert_eq!(host.get("/readyz", None).0, 200);
    assert!(host.stop().success());
    let status = server.cicd(&data, &["migrate", "status"], &[]);
    assert!(said(&status).contains("as this binary needs it"), "{}", said(&status));
}

#[test]
fn every_command_works_on_a_shared_database_and_none_tells_its_password() {
    let (server, data) = (Server::migrated(), Data::new());
    let host = server.serve(&data, &[]);
    assert!(!data.join("cicd.db").exists());
    let token = server.cicd(&data, &["token", "create"], &["--principal", "ada", "--role", "viewer"]);
    let token = said(&token).trim().to_owned();
    assert_eq!(host.get("/api/v1/services", Some(&token)).0, 200, "it works at once");
    let doctor = server.cicd(&data, &["doctor"], &[]);
    assert!(doctor.status.success(), "{}", said(&doctor));
    for check in ["chain default/ledger", "chain default/security", "no invariant is broken"] {
        assert!(said(&doctor).contains(&format!("✓ {check}")), "{}", said(&doctor));
    }
    let verified = server.cicd(&data, &["audit", "verify"], &[]);
    assert!(said(&verified).contains("✓ default/ledger: "), "{}", said(&verified));
    let wrong = server.url().replace("/cicd_", "/absent_");
    let refused = data.cicd(&["doctor"], &["--database", &wrong]);
    assert!(!refused.status.success() && said(&refused).contains("does not exist"), "{}", said(&refused));
    assert!(host.stop().success());
    for text in [data.log(), said(&doctor), said(&verified), said(&refused)] {
        assert!(!text.contains(PASSWORD), "{text}");
    }
    assert!(data.log().contains("connected"), "{}", data.log());
}

#[test]
fn what_is_wrong_is_found_on_a_shared_database_too() {
    let (server, data) = (Server::migrated(), Data::new());
    assert!(server.serve(&data, &[]).stop().success());
    server.execute(
        "ALTER TABLE cicd_audit_event DISABLE TRIGGER USER;
         UPDATE cicd_audit_event SET bytes = replace(bytes, 'token.created', 'token.revoked')",
    );
    let verified = server.cicd(&data, &["audit", "verify"], &[]);
    assert_eq!(verified.status.code(), Some(1));
    assert!(
        said(&verified).contains("event 1 does not have the hash of its contents"),
        "{}",
        said(&verified)
    );
    let doctor = server.cicd(&data, &["doctor"], &[]);
    assert!(!doctor.status.success() && said(&doctor).contains("is broken"), "{}", said(&doctor));
}

#[test]
fn a_shared_schema_is_verified_and_rehearsed_beside_a_host() {
    let (server, data) = (Server::migrated(), Data::new());
    let host = server.serve(&data, &[]);
    let verified = server.cicd(&data, &["migrate", "verify"], &[]);
    assert!(verified.status.success(), "{}", said(&verified));
    let rehearsed = server.cicd(&data, &["migrate", "rehearse"], &["--json"]);
    let report: serde_json::Value = serde_json::from_slice(&rehearsed.stdout).unwrap();
    assert_eq!((&report["tables"]["cicd_token"]["rows"], &report["findings"]), (&json!(1), &json!([])));
    assert!(host.stop().success());
    server.execute("DROP INDEX cicd_release_slot");
    for command in ["verify", "rehearse"] {
        let found = server.cicd(&data, &["migrate", command], &[]);
        assert_eq!(found.status.code(), Some(1));
        assert!(said(&found).contains("✗ index `cicd_release_slot` is missing"), "{}", said(&found));
    }
    let refused = server.cicd(&data, &["migrate", "down"], &["--to", "0"]);
    assert!(said(&refused).contains("without losing what is stored"), "{}", said(&refused));
    let backup = server.cicd(&data, &["backup"], &["--to", "kept.db"]);
    assert!(!backup.status.success() && said(&backup).contains("`pg_basebackup`"), "{}", said(&backup));
}

#[test]
fn of_two_first_starts_one_makes_the_admin_s_token() {
    let (server, data) = (Server::migrated(), [Data::new(), Data::new()]);
    let [one, other] = &data;
    let hosts = std::thread::scope(|scope| {
        let hosts = [scope.spawn(|| server.serve(one, &[])), scope.spawn(|| server.serve(other, &[]))];
        hosts.map(|host| host.join().unwrap())
    });
    let made: Vec<_> = data.iter().filter(|data| data.join("admin-token").exists()).collect();
    assert_eq!(made.len(), 1);
    for host in &hosts {
        let (status, tokens) = host.get("/api/v1/tokens", Some(&made[0].admin_token()));
        assert_eq!((status, tokens["items"].as_array().unwrap().len()), (200, 1));
        assert_eq!(tokens["items"][0]["principal"], json!("admin"));
    }
}

#[test]
fn a_token_that_is_revoked_on_one_host_works_on_none() {
    let (server, data) = (Server::migrated(), [Data::new(), Data::new()]);
    let hosts = data.each_ref().map(|data| server.serve(data, &[]));
    let [one, other] = &hosts;
    let admin = data[0].admin_token();
    for revoker in &hosts {
        let draft = json!({ "principal": "ada", "roles": ["viewer"] });
        let made = one.write("POST", "/api/v1/tokens", &admin, &draft);
        let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
        for host in [one, other, one, other] {
            assert_eq!(host.get("/api/v1/services", Some(token)).0, 200);
        }
        revoker.write("DELETE", &format!("/api/v1/tokens/{id}"), &admin, &json!(null));
        for host in [other, one] {
            let (status, problem) = host.get("/api/v1/services", Some(token));
            assert_eq!((status, &problem["type"]), (401, &json!("/problems/unauthenticated")));
        }
    }
    assert!(hosts.into_iter().all(|host| host.stop().success()));
}

#[test]
fn a_stream_of_one_host_tells_what_another_one_does() {
    let (server, data) = (Server::migrated(), [Data::new(), Data::new()]);
    let hosts = data.each_ref().map(|data| server.serve(data, &[]));
    let [one, other] = &hosts;
    let admin = data[0].admin_token();
    let draft = json!({ "principal": "ada", "roles": ["viewer"] });
    let made = one.write("POST", "/api/v1/tokens", &admin, &draft);
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let mut stream = one.connect();
    write!(stream, "GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n")
        .unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "event: ready"));
    other.write("PUT", "/api/v1/services/shop", &admin, &json!({ "name": "Shop" }));
    assert!(lines.any(|line| line.contains("service.registered")), "told by the other host's commit");
    other.write("DELETE", &format!("/api/v1/tokens/{id}"), &admin, &json!(null));
    assert!(lines.any(|line| line.contains("unauthenticated")), "ended by the other host's commit");
}

#[test]
fn a_data_directory_is_one_host_s() {
    let (server, data) = (Server::migrated(), Data::new());
    let host = server.serve(&data, &[]);
    let refused = server.cicd(&data, &["serve", "--listen", "127.0.0.1:0"], &[]);
    assert!(said(&refused).contains("another host uses this directory"), "{}", said(&refused));
    drop(host);
    assert!(server.serve(&data, &[]).stop().success(), "a dead host holds nothing");
}

#[test]
fn an_address_of_another_kind_is_refused() {
    let data = Data::new();
    let refused = data.cicd(&["serve"], &["--database", "mysql://ada:hush-hush@db.example/cicd"]);
    assert!(!refused.status.success());
    assert!(
        said(&refused).contains("`mysql://db.example/cicd` is no database that a host runs on"),
        "{refused:?}"
    );
}

#[test]
fn a_host_whose_blobs_are_not_shared_does_not_start_beside_others() {
    let (server, data, stranger) = (Server::migrated(), Data::new(), Data::new());
    let host = server.serve(&data, &[]);
    let refused = server.cicd(&stranger, &["serve", "--listen", "127.0.0.1:0"], &[]);
    let text = said(&refused);
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with("cicd: ")).collect();
    assert!(!refused.status.success() && lines.len() == 1, "{text}");
    assert!(lines[0].contains("not the blobs of the database's other hosts"), "{text}");
    assert!(server.serve(&stranger, &[]).stop().success(), "with their blobs it starts");
    assert!(host.stop().success());
    let later = server.cicd(&stranger, &["serve", "--listen", "127.0.0.1:0"], &[]);
    assert!(said(&later).contains("not the blobs"), "{}", said(&later));

    let doctor = |blobs: &Path| {
        let doctor = server.cicd(&data, &["doctor"], &["--blobs", blobs.to_str().unwrap()]);
        (doctor.status.success(), said(&doctor))
    };
    let (whole, told) = doctor(server.blobs.path());
    assert!(whole && told.contains("✓ the blobs are those of the database's hosts"), "{told}");
    let (whole, told) = doctor(TempDir::new().unwrap().path());
    assert!(!whole && told.contains("not the blobs of the database's other hosts"), "{told}");
    let nowhere = server.blobs.path().join("nowhere");
    let (whole, told) = doctor(&nowhere);
    assert!(!whole && told.contains("nowhere` is not there") && !nowhere.exists(), "{told}");
}

#[test]
fn a_host_is_ready_for_as_long_as_its_database_answers() {
    let (server, data) = (postgres::Server::start(false), Data::new());
    let host = data.serve(&["--database", server.url(), "--migrate"]);
    let becomes = |told: &str| {
        until(told, || {
            let answer = host.get("/readyz", None).1;
            assert_ne!(answer["type"], json!("/problems/timed-out"), "a probe has a limit of its own");
            [&answer["status"], &answer["type"]].contains(&&json!(told)).then_some(())
        });
    };
    becomes("ready");
    server.signal("-STOP");
    becomes("/problems/unavailable");
    assert_eq!(host.get("/livez", None).0, 200);
    server.signal("-CONT");
    becomes("ready");
    server.stop_at_once();
    becomes("ready");
    assert!(host.stop().success());
}
