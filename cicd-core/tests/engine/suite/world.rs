//! A tenant with a service, a deployment and people; an engine over it, and the executors that it drives.

use std::sync::Arc;
use std::time::Duration;

use cicd_core::audit::Chain;
use cicd_core::authz::{Caller, GrantKey};
use cicd_core::ci::run::{CiRun, RunDraft};
use cicd_core::digest::Digest;
use cicd_core::engine::{
    ArtifactSource, Engine, EngineBuilder, EngineError, Options, ReleaseDraft, VoteDraft, WorkerConfig,
    Workers,
};
use cicd_core::id::{CiRunId, DeploymentId, ReleaseId, ServiceId, TenantId};
use cicd_core::memory::{MemoryBlobs, MemorySecrets, RoleTable, SequentialIds};
use cicd_core::port::{Authorizer, Cache, Load, SecretValue};
use cicd_core::release::Release;
use cicd_core::service::{DeploymentSpec, ServiceDraft};
use serde_json::{Value, json};

use super::builds::Builds;
use super::clock::TestClock;
use super::deploys::Deploys;
use super::hooks::Hooked;
use super::oracle;

/// How long anything may take that a test waits for. Only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct World {
    pub(crate) tenant: TenantId,
    pub(crate) store: Hooked,
    pub(crate) clock: TestClock,
    pub(crate) deploys: Deploys,
    pub(crate) builds: Builds,
    pub(crate) engine: Engine,
}

/// A rollout in one step, for which nobody has to vote.
pub(crate) fn rolling() -> Value {
    json!({
        "strategy": {"type": "rolling", "max_surge": 1, "max_unavailable": 0},
        "allow_external_artifacts": true,
    })
}

/// The same, with `more` on top.
pub(crate) fn rolling_with(more: &Value) -> Value {
    let mut config = rolling();
    for (key, value) in more.as_object().unwrap() {
        config[key] = value.clone();
    }
    config
}

/// The same, and `count` approvers must agree.
pub(crate) fn voted(count: u32) -> Value {
    rolling_with(&json!({"approval": {"requirements": [{"role": "approver", "count": count}]}}))
}

/// Apply, 10 %, a pause, an analysis, promote.
pub(crate) fn canary(pause: &Value, on_failure: &str) -> Value {
    let steps = json!([{"weight": 10, "pause": pause, "analysis": "command"}]);
    rolling_with(&json!({"strategy": {"type": "canary", "steps": steps, "on_failure": on_failure}}))
}

impl World {
    /// The deployment `shop-eu` in staging under `config`.
    pub(crate) async fn new(config: Value) -> Self {
        Self::judged_by(RoleTable::default(), config).await
    }

    /// The same, and `authorizer` judges.
    pub(crate) async fn judged_by(authorizer: impl Authorizer, config: Value) -> Self {
        let clock = TestClock::new();
        let store = Hooked::new(crate::backend::open(clock.clone()).await);
        let (deploys, builds) = (Deploys::new(), Builds::new());
        let engine = builder(&store, &clock, authorizer, &deploys, &builds, 1).build().unwrap();
        let tenant: TenantId = "acme".parse().unwrap();
        let world = Self { tenant, store, clock, deploys, builds, engine };
        // People and deployments come from an engine that knows the default roles.
        world.another_engine(2).settle_down(&world, config).await;
        world
    }

    /// Another process's engine over the same store; `seed` keeps its ids apart.
    pub(crate) fn another_engine(&self, seed: u64) -> Another {
        Another(self.engine_with(RoleTable::default(), &self.clock, seed))
    }

    /// The same, and `authorizer` judges, and it waits by `timer`.
    pub(crate) fn engine_with(&self, authorizer: impl Authorizer, timer: &TestClock, seed: u64) -> Engine {
        builder(&self.store, timer, authorizer, &self.deploys, &self.builds, seed).build().unwrap()
    }

    /// Another process's engine over the same store, which keeps its pages in `cache`.
    pub(crate) fn engine_over(&self, cache: impl Cache, seed: u64) -> Engine {
        let roles = RoleTable::default();
        let builder = builder(&self.store, &self.clock, roles, &self.deploys, &self.builds, seed);
        builder.cache(cache).build().unwrap()
    }

    pub(crate) fn person(&self, name: &str) -> Caller {
        Caller::person(self.tenant.clone(), name.parse().unwrap())
    }

    /// Sets up what is deployed.
    pub(crate) fn ada(&self) -> Caller {
        self.person("ada")
    }

    /// Asks for releases.
    pub(crate) fn ann(&self) -> Caller {
        self.person("ann")
    }

    /// Manages releases.
    pub(crate) fn rita(&self) -> Caller {
        self.person("rita")
    }

    /// Votes; there are 64 of them.
    pub(crate) fn approver(&self, number: usize) -> Caller {
        self.person(&format!("approver-{number}"))
    }

    pub(crate) fn service(&self) -> ServiceId {
        "shop".parse().unwrap()
    }

    pub(crate) fn deployment(&self) -> DeploymentId {
        "shop-eu".parse().unwrap()
    }

    /// Asks, as `ann`, for a release of an external artifact.
    pub(crate) async fn release(&self, version: &str) -> Release {
        self.try_release(version, &Options::default()).await.unwrap()
    }

    pub(crate) async fn try_release(&self, version: &str, options: &Options) -> Result<Release, EngineError> {
        let draft = self.draft(version);
        self.engine.create_release(&self.ann(), &draft, options).await.map(|outcome| outcome.value)
    }

    pub(crate) fn draft(&self, version: &str) -> ReleaseDraft {
        ReleaseDraft {
            deployment: self.deployment(),
            artifact: ArtifactSource::External {
                digest: Digest::of(version.as_bytes()),
                name: "site".to_owned(),
                location: "https://artifacts.example/site".to_owned(),
            },
            version: version.to_owned(),
            reason: None,
        }
    }

    /// Approves, as the approver `number`.
    pub(crate) async fn approve(&self, number: usize, release: &Release) -> Result<Release, EngineError> {
        let (caller, vote) = (self.approver(number), vote_on(release));
        let outcome = self.engine.approve(&caller, release.id(), &vote, &Options::default()).await;
        outcome.map(|outcome| outcome.value)
    }

    /// Triggers, as `ann`, a run of `commit`.
    pub(crate) async fn run(&self, commit: &str) -> CiRun {
        let draft = RunDraft::parse(&json!({ "commit": commit })).unwrap();
        let outcome =
            self.engine.trigger_run(&self.ann(), &self.service(), &draft, &Options::default()).await;
        outcome.unwrap().value
    }

    pub(crate) fn work(&self) -> Workers {
        self.engine.spawn_workers(worker())
    }

    /// Kills workers in the middle of what they do.
    pub(crate) async fn die(&self, workers: Workers) {
        drop(workers);
        let busy = async || self.deploys.busy() + self.builds.busy() == 0;
        eventually("nothing of theirs goes on", busy).await;
    }

    /// The release as it is stored.
    pub(crate) async fn stored(&self, id: ReleaseId) -> Release {
        self.store.inner.load(&self.tenant, &Load::release(id)).await.unwrap().release.unwrap()
    }

    /// Whether a worker holds the release.
    pub(crate) async fn is_held(&self, id: ReleaseId) -> bool {
        self.store.inner.load(&self.tenant, &Load::release(id)).await.unwrap().lease_epoch > 0
    }

    pub(crate) async fn stored_run(&self, id: CiRunId) -> CiRun {
        self.store.inner.load(&self.tenant, &Load::run(id)).await.unwrap().run.unwrap()
    }

    /// Waits until the release is as it shall be.
    pub(crate) async fn until(&self, id: ReleaseId, is: impl Fn(&Release) -> bool) -> Release {
        let looked = async {
            loop {
                let release = self.stored(id).await;
                if is(&release) {
                    return release;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, looked).await {
            Ok(release) => release,
            Err(_) => {
                panic!("it stays {:#?}; asked: {:?}", self.stored(id).await.state, self.deploys.verbs(id))
            }
        }
    }

    /// Waits until the release has the status `name`.
    pub(crate) async fn until_is(&self, id: ReleaseId, name: &str) -> Release {
        self.until(id, |release| release.state.name() == name).await
    }

    /// Waits until the release waits for `code`.
    pub(crate) async fn until_waits(&self, id: ReleaseId, code: &str) -> Release {
        self.until(id, |release| {
            let state = serde_json::to_value(&release.state).unwrap();
            state["phase"]["reason"]["code"] == code
        })
        .await
    }

    pub(crate) async fn until_run(&self, id: CiRunId, name: &str) -> CiRun {
        eventually(&format!("the run is {name}"), async || {
            self.stored_run(id).await.status.name().as_str() == name
        })
        .await;
        self.stored_run(id).await
    }

    /// The kinds of a release's events, in order.
    pub(crate) async fn kinds(&self, id: ReleaseId) -> Vec<String> {
        let events = oracle::chain(&*self.store.inner, &self.tenant, Chain::Ledger).await;
        let events = events.iter().map(|stored| stored.event().unwrap());
        events.filter(|event| event.subject.id == id.to_string()).map(|event| event.kind).collect()
    }

    /// How many events of `kind` the ledger has.
    pub(crate) async fn count(&self, kind: &str) -> usize {
        let events = oracle::chain(&*self.store.inner, &self.tenant, Chain::Ledger).await;
        events.iter().filter(|stored| stored.event().unwrap().kind == kind).count()
    }

    /// Fails unless everything that is stored fits together.
    pub(crate) async fn check(&self) {
        oracle::check(&*self.store.inner, &self.tenant).await;
        assert!(self.deploys.most_busy() <= 1, "two steps at once on one deployment");
    }
}

/// Waits until `is` holds.
pub(crate) async fn eventually(what: &str, is: impl AsyncFn() -> bool) {
    let holds = async {
        while !is().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, holds).await.is_ok(), "never: {what}");
}

pub(crate) fn vote_on(release: &Release) -> VoteDraft {
    VoteDraft { content: release.content_digest, role: None, comment: Some("seen".to_owned()) }
}

/// Leases that no test outlives unless it jumps, and hardly a pause between two looks.
pub(crate) fn worker() -> WorkerConfig {
    WorkerConfig {
        concurrency: 8,
        lease: Duration::from_secs(60),
        poll: Duration::from_millis(10),
        blocked: Duration::from_millis(10),
    }
}

/// A jump after which every lease has expired.
pub(crate) const BEYOND_LEASE: u64 = 61;

fn builder(
    store: &Hooked,
    clock: &TestClock,
    authorizer: impl Authorizer,
    deploys: &Deploys,
    builds: &Builds,
    seed: u64,
) -> EngineBuilder {
    Engine::builder()
        .store(store.clone())
        .authorizer(authorizer)
        .blobs(Arc::new(MemoryBlobs::default()))
        .ids(SequentialIds::seeded(seed))
        .timer(clock.clone())
        .secrets(Arc::new(secrets()))
        .ci_executor("test", builds.clone())
        .deploy_executor("test", deploys.clone())
}

/// What sources sign with.
pub(crate) const SECRETS: [(&str, &str); 2] =
    [("hook", "the-secret-of-the-hook"), ("next-hook", "the-secret-that-comes-next")];

fn secrets() -> MemorySecrets {
    let tenant: TenantId = "acme".parse().unwrap();
    SECRETS.into_iter().fold(MemorySecrets::new(), |secrets, (name, value)| {
        secrets.with(tenant.clone(), name, SecretValue::new(value.to_owned()))
    })
}

/// An engine that knows the default roles.
pub(crate) struct Another(pub(crate) Engine);

impl Another {
    async fn settle_down(&self, world: &World, config: Value) {
        let (engine, ada, plain) = (&self.0, world.ada(), Options::default());
        engine.bootstrap(&world.tenant, &ada.principal).await.unwrap().unwrap();
        let mut roles = vec![("ann".to_owned(), "developer"), ("rita".to_owned(), "release-manager")];
        roles.push(("ada".to_owned(), "developer"));
        roles.extend((0..64).map(|number| (format!("approver-{number}"), "approver")));
        for (name, role) in roles {
            let key = GrantKey::new(name.parse().unwrap(), role.parse().unwrap());
            engine.grant(&ada, &key, &plain).await.unwrap();
        }
        let service = ServiceDraft::parse(&json!({"name": "Shop"})).unwrap();
        engine.put_service(&ada, &world.service(), &service, &plain).await.unwrap();
        engine.put_ci_config(&world.ann(), &world.service(), &ci_config(), &plain).await.unwrap();
        engine.put_deployment(&ada, &world.deployment(), &target("eu-1"), &plain).await.unwrap();
        engine.put_cd_config(&ada, &world.deployment(), &config, &plain).await.unwrap();
    }
}

/// The deployment of the tests, on `host`.
pub(crate) fn target(host: &str) -> DeploymentSpec {
    DeploymentSpec::parse(&json!({
        "service": "shop", "environment": "eu", "tier": "staging", "executor": "test", "target": {"host": host},
    }))
    .unwrap()
}

/// Two steps, two attempts.
pub(crate) fn ci_config() -> Value {
    let step = |name| json!({"name": name, "argv": ["make", name], "timeout_seconds": 60});
    json!({
        "repository": "https://git.example/shop.git",
        "branches": ["*"],
        "steps": [step("build"), step("test")],
        "artifact": {"path": "out", "name": "site"},
        "trigger_mode": "both",
        "executor": "test",
        "max_attempts": 2,
    })
}
