//! A host with everything but an engine, and jobs for it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cicd_core::cd::{ApprovalPolicy, QueueRule, StaleRule, Strategy};
use cicd_core::ci::run::{CiRun, RunCommand, RunDraft, StepResult, decide};
use cicd_core::ci::{CiConfig, CiRules, CiSpec};
use cicd_core::digest::Digest;
use cicd_core::id::{AttemptId, CiRunId, ReleaseId, RowVersion, TenantId};
use cicd_core::port::{
    Blobs as _, CiExecutor as _, CiJob, CiOutcome, DeployJob, LogName, SecretValue, StepSink, Stop,
};
use cicd_core::release::content::{Artifact, ArtifactOrigin, Content};
use cicd_core::release::event::ReleaseEvent;
use cicd_core::release::{Release, ReleaseKind, ReleaseSpec};
use cicd_core::service::Tier;
use cicd_core::time::Timestamp;
use cicd_executor::blobs::{BlobLimits, FsBlobs};
use cicd_executor::command::{CommandConfig, CommandExecutor, Isolation, SetupError};
use cicd_executor::secrets::FileSecrets;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

/// What takes longer than this hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) fn tenant() -> TenantId {
    "acme".parse().unwrap()
}

/// Users that no other test has, also not one of another test process.
pub(crate) fn run_as(count: u32) -> Isolation {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let first = 1_000_000_000 + std::process::id() * 64 + TAKEN.fetch_add(count, Ordering::Relaxed);
    Isolation::RunAs { first_uid: first, count, gid: first }
}

/// A host: its directory, and its executor with blobs and secrets.
pub(crate) struct Host {
    pub(crate) directory: PathBuf,
    pub(crate) executor: CommandExecutor,
    pub(crate) blobs: Arc<FsBlobs>,
    _kept: Option<TempDir>,
}

impl Host {
    pub(crate) async fn dev() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut CommandConfig)) -> Self {
        let kept = tempfile::tempdir().unwrap();
        let host = Self::open(kept.path(), change).await.unwrap();
        Self { _kept: Some(kept), ..host }
    }

    pub(crate) async fn open(
        directory: &Path,
        change: impl FnOnce(&mut CommandConfig),
    ) -> Result<Self, SetupError> {
        // Children of other users have to get to their workspaces.
        fs::set_permissions(directory, Permissions::from_mode(0o711)).unwrap();
        let blobs = Arc::new(FsBlobs::open(directory.join("blobs"), BlobLimits::default()).unwrap());
        let secrets = Arc::new(FileSecrets::new(directory.join("secrets")));
        let mut config = CommandConfig::dev(directory.join("executor"));
        config.grace = Duration::from_millis(200);
        change(&mut config);
        let executor = CommandExecutor::start(config, blobs.clone(), secrets).await?;
        Ok(Self { directory: directory.to_owned(), executor, blobs, _kept: None })
    }

    pub(crate) fn secret(&self, name: &str, value: &str) {
        let path = self.directory.join("secrets/acme").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, value).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) async fn log(&self, name: LogName) -> String {
        let chunk = self.blobs.log(&tenant(), name, 0, 1 << 20).await.unwrap();
        String::from_utf8_lossy(&chunk.unwrap_or_default().bytes).into_owned()
    }

    pub(crate) fn workspaces(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.directory.join("executor/workspaces")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Builds, and gives outcome, step results and log.
    pub(crate) async fn build(&self, job: &CiJob) -> Built {
        let steps = Results::default();
        let run = self.executor.run(job, &steps, Stop::never());
        let outcome = tokio::time::timeout(PATIENCE, run).await.expect("the build hangs");
        Built { outcome, steps: steps.0.into_inner().unwrap(), log: self.log(job.log).await }
    }
}

pub(crate) struct Built {
    pub(crate) outcome: CiOutcome,
    pub(crate) steps: Vec<StepResult>,
    pub(crate) log: String,
}

#[derive(Default)]
pub(crate) struct Results(Mutex<Vec<StepResult>>);

#[async_trait]
impl StepSink for Results {
    async fn step(&self, result: StepResult) {
        self.0.lock().unwrap().push(result);
    }
}

/// A git repository that everybody may read.
pub(crate) struct Repository(TempDir);

impl Repository {
    /// One with a file `page` and one commit, whose id comes second.
    pub(crate) fn new() -> (Self, String) {
        let repository = Self(tempfile::tempdir().unwrap());
        fs::set_permissions(repository.path(), Permissions::from_mode(0o755)).unwrap();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        let commit = repository.commit("page", "first");
        (repository, commit)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn commit(&self, file: &str, content: &str) -> String {
        fs::write(self.path().join(file), content).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", content]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(self.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "a").env(format!("GIT_{role}_EMAIL"), "a@example.com");
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// A run of `commit` with these steps, which leave an artifact at `out`; the first attempt has begun.
pub(crate) fn job(repository: &Repository, commit: &str, steps: &Value) -> CiJob {
    let path = repository.path().display().to_string();
    job_of(&path, commit, &json!({ "path": "out", "name": "site" }), steps)
}

/// A run that executes one line, which leaves an artifact at `out`.
pub(crate) fn line(repository: &Repository, commit: &str, line: &str) -> CiJob {
    job(repository, commit, &json!([{ "name": "build", "shell": line }]))
}

pub(crate) fn job_of(repository: &str, commit: &str, artifact: &Value, steps: &Value) -> CiJob {
    let draft = json!({
        "repository": repository, "branches": [], "tags": [], "paths": [], "steps": steps, "artifact": artifact,
        "trigger_mode": "manual", "executor": "command", "max_attempts": 1,
    });
    let by: cicd_core::id::PrincipalId = "ada".parse().unwrap();
    let config = CiConfig {
        service: "shop".parse().unwrap(),
        revision: 1,
        spec: CiSpec::parse_with(&draft, CiRules { allow_local_repositories: true }).unwrap(),
        updated_at: Timestamp::default(),
        updated_by: by.clone(),
        row_version: RowVersion(1),
    };
    let git_ref = json!({ "type": "branch", "name": "main" });
    let trigger = RunDraft::parse(&json!({ "commit": commit, "git_ref": git_ref })).unwrap().by(by);
    let id = CiRunId::from_uuid(fresh());
    let fold = |run, events: Vec<_>| {
        let apply = |run, event| CiRun::apply(run, event, Timestamp::default()).map(Some);
        events.iter().try_fold(run, apply).unwrap().unwrap()
    };
    let run = fold(None, CiRun::create(id, &config, trigger, None).unwrap());
    let attempt = AttemptId::from_uuid(fresh());
    let started = decide(&run, &RunCommand::Start { attempt_id: attempt, epoch: 7 }).unwrap();
    let run = fold(Some(run), started);
    CiJob { tenant: tenant(), run, attempt, epoch: 7, trace: None, log: LogName::CiRun(id, 1) }
}

/// A release of `artifact` by `commands`.
pub(crate) fn rollout(commands: &Value, strategy: Strategy, artifact: Digest) -> DeployJob {
    let spec = ReleaseSpec {
        id: ReleaseId::from_uuid(fresh()),
        service: "shop".parse().unwrap(),
        environment: "eu".parse().unwrap(),
        tier: Tier::Production,
        kind: ReleaseKind::Deploy,
        version: "1.2.3".to_owned(),
        content: Content {
            artifact: Artifact {
                digest: artifact,
                name: "site".to_owned(),
                origin: ArtifactOrigin::External { location: "shelf 3".to_owned() },
            },
            deployment: "shop-eu".parse().unwrap(),
            deployment_revision: 1,
            cd_config_revision: 1,
            strategy,
            approval: ApprovalPolicy { requirements: Vec::new(), deadline_seconds: None },
        },
        executor: "command".parse().unwrap(),
        target: json!({ "commands": commands }),
        queue: QueueRule::Wait,
        when_stale: StaleRule::Cancel,
        deadline_seconds: 3600,
        requester: "ada".parse().unwrap(),
        reason: None,
        retry_of: None,
    };
    let content_digest = spec.content.digest().unwrap();
    let log = LogName::Release(spec.id);
    let created = ReleaseEvent::Created {
        release: Box::new(spec),
        content_digest,
        without_vote: Some("none is asked".to_owned()),
        expires_after_seconds: 60,
        trace: None,
    };
    let release = Release::apply(None, &created, Timestamp::default()).unwrap();
    let attempt = AttemptId::from_uuid(fresh());
    let report_token = SecretValue::new("report-it".to_owned());
    DeployJob {
        tenant: tenant(),
        release,
        attempt,
        epoch: 3,
        report_token,
        previous: Some(Digest::ZERO),
        trace: None,
        log,
    }
}

fn fresh() -> Uuid {
    fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap().trim().parse().unwrap()
}

/// Whether `pid` runs: not gone, and no zombie.
pub(crate) fn runs(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Asks until `found` finds something.
pub(crate) async fn until<T>(what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(found) = found().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("{what} does not come"))
}
