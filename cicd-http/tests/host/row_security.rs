//! Hosts over a database with parted roles and row-level security.

use std::process::Output;

use cicd_tests::postgres::Database;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::shop::{Repository, Shop};
use crate::support::{Data, Host};

/// A database, where its administrator reaches it and where a host does.
struct Secured {
    _database: Database,
    admin: String,
    host: String,
    data: Data,
    blobs: TempDir,
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn said(ended: &Output) -> String {
    String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr)
}

impl Secured {
    fn new() -> Self {
        let database = wait(Database::empty());
        let (admin, login) = (database.url(), format!("{}_host", database.name()));
        let host = admin.replacen("postgres@", &format!("{login}@"), 1);
        let (data, blobs) = (Data::new(), TempDir::new().unwrap());
        let secured = Self { _database: database, admin, host, data, blobs };
        assert!(secured.migrate(&["up"]).status.success());
        let early = secured.migrate(&["row-security", "on"]);
        assert!(!early.status.success() && said(&early).contains("`cicd migrate roles grant`"), "{early:?}");
        for words in [["roles", "grant"], ["row-security", "on"]] {
            let done = secured.migrate(&words);
            assert!(done.status.success(), "{words:?}: {}", said(&done));
        }
        let login: &str = format!("CREATE ROLE {login} LOGIN IN ROLE cicd_app, cicd_worker").leak();
        wait(secured._database.execute(login));
        secured
    }

    fn migrate(&self, words: &[&str]) -> Output {
        self.data.cicd(&[&["migrate"], words].concat(), &["--database", &self.admin])
    }

    /// Runs a command as a host's login.
    fn cicd(&self, words: &[&str], rest: &[&str]) -> Output {
        self.data.cicd(words, &[&["--database", &self.host], rest].concat())
    }

    fn serve(&self) -> Host {
        let blobs = self.blobs.path().to_str().unwrap();
        self.data.serve(&["--database", &self.host, "--blobs", blobs, "--dev"])
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[test]
fn two_tenants_work_on_a_secured_database_and_see_nothing_of_each_other() {
    let (secured, repository) = (Secured::new(), Repository::new());
    let (host, commit) = (secured.serve(), repository.commit("hello"));
    let globex = ["--tenant", "globex", "--principal", "ada", "--role", "admin"];
    let token = said(&secured.cicd(&["token", "create"], &globex)).trim().to_owned();
    host.write("PUT", "/api/v1/services/theirs", &token, &json!({ "name": "theirs", "description": "" }));

    let shop = Shop::new(&secured.data, &host);
    shop.service("ours", &repository, "cp page out");
    shop.deployment("ours");
    let run = shop.run("ours", &commit);
    shop.succeeded(&format!("/ci-runs/{run}"), "/status");
    let release = shop.release("ours", &run);
    shop.succeeded(&release, "/state/status");

    assert_eq!(ids(&shop.get("/services")), ["ours"]);
    assert_eq!(ids(&host.get("/api/v1/services", Some(&token)).1), ["theirs"]);
    for path in ["/services/ours".to_owned(), format!("/ci-runs/{run}"), release] {
        assert_eq!(host.get(&format!("/api/v1{path}"), Some(&token)).0, 404, "{path}");
    }
    for words in [["doctor"].as_slice(), &["audit", "verify"]] {
        let found = secured.cicd(words, &[]);
        assert!(found.status.success(), "{}", said(&found));
        for chain in ["default/ledger", "globex/ledger"] {
            assert!(said(&found).contains(chain), "{}", said(&found));
        }
    }
    assert!(host.stop().success());
}

#[test]
fn what_is_in_force_is_told_and_goes_as_it_came() {
    let secured = Secured::new();
    let status = || said(&secured.migrate(&["status"]));
    let in_force = |roles: &str, security: &str| {
        let told = status();
        let line = |name: &str| told.lines().find(|line| line.trim().starts_with(name)).unwrap().to_owned();
        assert!(line("roles").ends_with(roles) && line("row-security").ends_with(security), "{told}");
    };
    in_force(" on", " on");
    let verified = secured.migrate(&["verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
    let revoked = secured.migrate(&["roles", "revoke"]);
    assert!(!revoked.status.success(), "{revoked:?}");
    assert!(said(&revoked).contains("turn it off first: `cicd migrate row-security off`"), "{revoked:?}");
    assert!(secured.migrate(&["row-security", "off"]).status.success());
    in_force(" on", " off");
    assert!(secured.migrate(&["roles", "revoke"]).status.success());
    in_force(" off", " off");
    let sqlite = secured.data.cicd(&["migrate", "row-security", "on"], &[]);
    assert!(!sqlite.status.success() && said(&sqlite).contains("SQLite has no roles"), "{sqlite:?}");
}

#[test]
fn a_host_that_was_started_before_fails_rather_than_takes_hidden_rows_for_absent_ones() {
    let secured = Secured::new();
    assert!(secured.migrate(&["row-security", "off"]).status.success());
    let host = secured.serve();
    let token = secured.data.admin_token();
    assert_eq!(host.get("/api/v1/tokens", Some(&token)).0, 200);
    assert!(secured.migrate(&["row-security", "on"]).status.success());
    assert_eq!(host.get("/api/v1/tokens", Some(&token)).0, 503);
    assert!(host.stop().success());
    let host = secured.serve();
    assert_eq!(host.get("/api/v1/tokens", Some(&token)).0, 200);
    assert!(host.stop().success());
}
