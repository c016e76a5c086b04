//! A service that is built from a repository on this machine.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Data, Host, until};

/// A git repository that everybody may read, with a file `page`.
pub(crate) struct Repository(TempDir);

impl Repository {
    pub(crate) fn new() -> Self {
        let repository = Self(TempDir::new().unwrap());
        std::fs::set_permissions(repository.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Commits `page` with this content, and gives the commit's id.
    pub(crate) fn commit(&self, page: &str) -> String {
        std::fs::write(self.path().join("page"), page).unwrap();
        self.git(&["add", "page"]);
        let author = ["-c", "user.name=shop", "-c", "user.email=shop@example.org"];
        self.git(&[&author[..], &["commit", "--quiet", "-m", page]].concat());
        self.git(&["rev-parse", "HEAD"])
    }

    fn git(&self, arguments: &[&str]) -> String {
        let done = Command::new("git").arg("-C").arg(self.path()).args(arguments).output().unwrap();
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }
}

/// A developer at a host, and the admin who sets up what is built.
pub(crate) struct Shop<'a> {
    host: &'a Host,
    admin: String,
    developer: String,
}

impl<'a> Shop<'a> {
    pub(crate) fn new(data: &Data, host: &'a Host) -> Self {
        let admin = data.admin_token();
        let draft = json!({ "principal": "dora", "roles": ["developer"] });
        let token = host.write("POST", "/api/v1/tokens", &admin, &draft);
        Self { host, admin, developer: token["token"].as_str().unwrap().to_owned() }
    }

    /// A service whose one step is `shell`, which leaves its artifact at `out`.
    pub(crate) fn service(&self, name: &str, repository: &Repository, shell: &str) {
        self.put(&format!("/services/{name}"), &json!({ "name": name, "description": "" }));
        let config = json!({
            "repository": repository.path().display().to_string(),
            "steps": [{ "name": "build", "shell": shell, "timeout_seconds": 60 }],
            "artifact": { "path": "out", "name": "page" },
            "trigger_mode": "manual",
            "executor": "command",
        });
        self.put(&format!("/services/{name}/ci-config"), &config);
    }

    /// A deployment of a service that takes every artifact at once, without a vote.
    pub(crate) fn deployment(&self, service: &str) {
        let commands = json!({ "apply": { "argv": ["/bin/true"] } });
        let deployment = json!({
            "service": service, "environment": "staging", "tier": "staging", "executor": "command",
            "target": { "commands": commands },
        });
        self.put(&format!("/deployments/{service}"), &deployment);
        let config = json!({ "strategy": { "type": "rolling" } });
        self.put(&format!("/deployments/{service}/cd-config"), &config);
    }

    fn put(&self, path: &str, body: &Value) {
        self.host.write("PUT", &format!("/api/v1{path}"), &self.admin, body);
    }

    /// Begins to build a commit; gives the run's id.
    pub(crate) fn run(&self, service: &str, commit: &str) -> String {
        let path = format!("/api/v1/services/{service}/ci-runs");
        let run = self.host.write("POST", &path, &self.developer, &json!({ "commit": commit }));
        run["id"].as_str().unwrap().to_owned()
    }

    /// Releases what a run built; gives the release's path.
    pub(crate) fn release(&self, deployment: &str, run: &str) -> String {
        let draft = json!({ "deployment": deployment, "artifact": { "ci_run": run }, "version": "1" });
        let release = self.host.write("POST", "/api/v1/releases", &self.developer, &draft);
        format!("/releases/{}", release["id"].as_str().unwrap())
    }

    /// What `path` shows once `pointer` in it is `succeeded`.
    pub(crate) fn succeeded(&self, path: &str, pointer: &str) -> Value {
        until(path, || {
            let row = self.get(path);
            let status = row.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            assert_ne!(status, "failed", "{row}");
            (status == "succeeded").then_some(row)
        })
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.host.get(&format!("/api/v1{path}"), Some(&self.developer)).1
    }

    /// The log of a run.
    pub(crate) fn log(&self, run: &str) -> String {
        self.host.text(&format!("/api/v1/ci-runs/{run}/log"), &self.developer)
    }
}
