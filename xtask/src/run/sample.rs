//! The sample: a small site in a git repository, a staging deployment and a production deployment.

mod repository;

use std::time::Instant;

use serde_json::{Value, json};

use super::api::{Person, text};
use super::await_release;
use super::people::People;
use super::place::Place;
use super::{GLANCE, PATIENCE};
use crate::failure::{Context as _, Failure};
use crate::front::{Front, StateDirectory};
use crate::tool;
pub(super) use repository::Repository;

pub(super) const SERVICE: &str = "lighthouse";
pub(super) const STAGING: &str = "lighthouse-staging";
pub(super) const PRODUCTION: &str = "lighthouse-production";

/// The sample as it stands on a host.
pub(super) struct Sample {
    pub(super) repository: Repository,
    pub(super) staging: Front,
    pub(super) production: Front,
}

/// A CI run that succeeded.
pub(super) struct Build {
    /// What people call it: the beginning of the commit.
    pub(super) version: String,
    pub(super) run: String,
    pub(super) commit: String,
    /// The artifact, as `sha256:…`.
    pub(super) digest: String,
}

impl Build {
    /// What asks for a release of it to `deployment`.
    pub(super) fn release_draft(&self, deployment: &str, reason: &str) -> Value {
        json!({
            "deployment": deployment,
            "artifact": { "ci_run": self.run },
            "version": self.version,
            "reason": reason,
        })
    }
}

impl Sample {
    /// Makes the repository, starts the fronts, and registers service, deployments and configs.
    pub(super) fn set_up(place: &Place, people: &People, ports: (u16, u16)) -> Result<Self, Failure> {
        let site = place.copy(&tool::root().join("examples/sample/site"), "site")?;
        let sample = Self {
            repository: Repository::init(site)?,
            staging: Front::start(StateDirectory::new(place.join("staging")), ports.0)?,
            production: Front::start(StateDirectory::new(place.join("production")), ports.1)?,
        };
        let admin = &people.admin;
        let service = json!({ "name": "Lighthouse", "description": "A small site, to try releases with." });
        create(admin, &format!("/services/{SERVICE}"), &service)?;
        create(admin, &format!("/services/{SERVICE}/ci-config"), &sample.ci_config())?;
        create(admin, &format!("/deployments/{STAGING}"), &deployment("staging", &sample.staging)?)?;
        create(admin, &format!("/deployments/{PRODUCTION}"), &deployment("production", &sample.production)?)?;
        create(admin, &format!("/deployments/{STAGING}/cd-config"), &rolling())?;
        create(admin, &format!("/deployments/{PRODUCTION}/cd-config"), &canary())?;
        Ok(sample)
    }

    /// Builds the last commit and waits until the run succeeded.
    pub(super) fn build(&self, who: &Person, reason: &str) -> Result<Build, Failure> {
        let commit = self.repository.head()?;
        let draft =
            json!({ "commit": commit, "git_ref": { "type": "branch", "name": "main" }, "reason": reason });
        let created = who.post(&format!("/services/{SERVICE}/ci-runs"), &draft)?.success()?;
        let run = text(&created, "/id")?;
        let finished = finished(who, &run)?;
        let version = commit.chars().take(8).collect();
        Ok(Build { version, run, commit, digest: text(&finished, "/artifact/digest")? })
    }

    /// Builds the first version and brings it to staging.
    pub(super) fn first_light(&self, people: &People) -> Result<Build, Failure> {
        let reason = "first light";
        let build = self.build(&people.ada, reason)?;
        let asked = people.ada.post("/releases", &build.release_draft(STAGING, reason))?.success()?;
        await_release::status(&people.ada, &text(&asked, "/id")?, "succeeded")?;
        Ok(build)
    }

    fn ci_config(&self) -> Value {
        json!({
            "repository": self.repository.path().display().to_string(),
            "branches": ["main"],
            "steps": [
                { "name": "check", "argv": ["sh", "check.sh"], "timeout_seconds": 60 },
                { "name": "build", "argv": ["sh", "build.sh"], "timeout_seconds": 60 },
            ],
            "artifact": { "name": "site", "path": "dist/site.html" },
            "trigger_mode": "manual",
            "executor": "command",
        })
    }
}

fn create(admin: &Person, path: &str, body: &Value) -> Result<(), Failure> {
    admin.create(path, body)?.success().map(drop)
}

/// A deployment in the environment and tier `tier`, behind `front`.
fn deployment(tier: &str, front: &Front) -> Result<Value, Failure> {
    let script = tool::root().join("examples/sample/deploy.sh").display().to_string();
    let state = front.state.path().display().to_string();
    let command = |verb: &str| json!({ "argv": ["/bin/sh", script, verb, state], "timeout_seconds": 30 });
    let program = std::env::current_exe().context(|| "this program's path".into())?;
    let mut commands =
        json!({ "apply": command("apply"), "undo": command("undo"), "status": command("status") });
    if let (Some(commands), "production") = (commands.as_object_mut(), tier) {
        commands.insert("set-weight".into(), command("set-weight"));
        commands.insert("promote".into(), command("promote"));
        let analyse = json!([program.display().to_string(), "analyse", front.url()]);
        commands.insert("analyse".into(), json!({ "argv": analyse, "timeout_seconds": 30 }));
    }
    Ok(json!({
        "service": SERVICE,
        "environment": tier,
        "tier": tier,
        "executor": "command",
        "target": { "commands": commands },
    }))
}

/// Staging: everything at once, nobody asked.
fn rolling() -> Value {
    json!({ "strategy": { "type": "rolling", "max_surge": 1, "max_unavailable": 0 } })
}

/// Production: a fifth of the visitors until somebody resumes, more than half for a minute, then all; two votes.
fn canary() -> Value {
    json!({
        "strategy": {
            "type": "canary",
            "steps": [
                { "weight": 20, "pause": "manual", "analysis": "command" },
                { "weight": 60, "pause": { "seconds": 60 } },
            ],
            "on_failure": "undo",
        },
        "approval": { "requirements": [{ "role": "approver", "count": 2 }] },
    })
}

/// Waits until a CI run ended; fails with its log when it did not succeed.
fn finished(who: &Person, run: &str) -> Result<Value, Failure> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let body = who.get(&format!("/ci-runs/{run}"))?.success()?;
        match text(&body, "/status")?.as_str() {
            "succeeded" => return Ok(body),
            "queued" | "running" => std::thread::sleep(GLANCE),
            _ => {
                let log = who.text(&format!("/ci-runs/{run}/log")).unwrap_or_default();
                return Err(Failure::new(format!("the build did not succeed: {body:#}\n{log}")));
            }
        }
    }
    Err(Failure::new(format!("ci run {run} has not ended after {} s", PATIENCE.as_secs())))
}
