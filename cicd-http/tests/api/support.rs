//! A host in memory: a router, people with tokens, and executors that do as they are told.

mod executors;
mod request;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use cicd_core::engine::{Engine, WorkerConfig, Workers};
use cicd_core::memory::{MemoryBlobs, MemoryStore, RoleTable, SteppedClock};
use cicd_core::port::Blobs;
use cicd_http::{RandomIds, TokenAuthenticator, router};
use serde_json::{Value, json};

pub(crate) use executors::{TestCi, TestDeploy};
pub(crate) use request::{Answer, Request};

/// A host with two tenants, `default` and `other`.
pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) engine: Engine,
    pub(crate) clock: SteppedClock,
    pub(crate) admin: String,
    pub(crate) stranger: String,
    workers: Option<Workers>,
}

impl World {
    /// A host without workers: nothing moves but by request.
    pub(crate) async fn still() -> Self {
        let clock = SteppedClock::default();
        let blobs: Arc<dyn Blobs> = Arc::new(MemoryBlobs::default());
        let engine = Engine::builder()
            .store(MemoryStore::new(clock_of(&clock)))
            .authorizer(RoleTable::default())
            .blobs(Arc::clone(&blobs))
            .ids(RandomIds)
            .ci_executor("test", TestCi::new(blobs))
            .deploy_executor("test", TestDeploy)
            .build()
            .unwrap();
        let admin = bootstrap(&engine, "default").await;
        let stranger = bootstrap(&engine, "other").await;
        let router = router(engine.clone(), TokenAuthenticator::new(engine.clone()));
        Self { router, engine, clock, admin, stranger, workers: None }
    }

    /// A host whose workers carry out what is due.
    pub(crate) async fn working() -> Self {
        let mut world = Self::still().await;
        let config = WorkerConfig { poll: Duration::from_millis(5), ..WorkerConfig::default() };
        world.workers = Some(world.engine.spawn_workers(config));
        world
    }

    /// A request without a credential.
    pub(crate) fn anonymous(&self, method: &str, path: &str) -> Request {
        Request::new(self.router.clone(), method, path)
    }

    /// A request with `token` to a path below the API.
    pub(crate) fn call(&self, token: &str, method: &str, path: &str) -> Request {
        self.anonymous(method, &format!("/api/v1{path}")).header("authorization", &format!("Bearer {token}"))
    }

    /// What GET `path` answers `token`.
    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(token, "GET", path).send().await
    }

    /// What POST `path` answers `token`.
    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call(token, "POST", path).json(&body).send().await
    }

    /// Creates what is not there yet.
    pub(crate) async fn create(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call(token, "PUT", path).header("if-none-match", "*").json(&body).send().await
    }

    /// The token of a new person with these roles.
    pub(crate) async fn person(&self, name: &str, roles: &[&str]) -> String {
        let draft = json!({ "principal": name, "roles": roles });
        let created = self.post(&self.admin, "/tokens", draft).await;
        assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
        created.text("/token")
    }

    /// Service `shop` with a CI config, and deployments `shop-staging` (rolling, no votes) and `shop-production` (canary,
    /// two votes).
    pub(crate) async fn with_shop(self) -> Self {
        let admin = self.admin.clone();
        for (path, body) in shop() {
            let created = self.create(&admin, path, body).await;
            assert_eq!(created.status, StatusCode::CREATED, "{path}: {created:?}");
        }
        self
    }

    /// Waits until GET `path` satisfies `done`.
    pub(crate) async fn until(&self, token: &str, path: &str, done: impl Fn(&Value) -> bool) -> Value {
        let wait = async {
            loop {
                let answer = self.get(token, path).await;
                assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
                if done(&answer.body) {
                    return answer.body;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), wait).await.expect("it happens at last")
    }
}

fn clock_of(clock: &SteppedClock) -> impl Fn() -> cicd_core::time::Timestamp + Send + Sync + use<> {
    let clock = clock.clone();
    move || cicd_core::memory::Clock::now(&clock)
}

async fn bootstrap(engine: &Engine, tenant: &str) -> String {
    let tenant = tenant.parse().unwrap();
    let token = engine.bootstrap(&tenant, &"root".parse().unwrap()).await.unwrap();
    token.unwrap().secret.unwrap()
}

/// What [`World::with_shop`] creates.
pub(crate) fn shop() -> Vec<(&'static str, Value)> {
    let deployment = |tier: &str| json!({ "service": "shop", "environment": tier, "tier": tier, "executor": "test", "target": {} });
    vec![
        ("/services/shop", json!({ "name": "Web shop" })),
        (
            "/services/shop/ci-config",
            json!({
                "repository": "https://example.com/shop.git",
                "steps": [{ "name": "build", "argv": ["make"], "timeout_seconds": 60 }],
                "artifact": { "name": "shop", "path": "out/shop" },
                "trigger_mode": "manual",
                "executor": "test",
            }),
        ),
        ("/deployments/shop-staging", deployment("staging")),
        (
            "/deployments/shop-staging/cd-config",
            json!({ "strategy": { "type": "rolling", "max_surge": 1, "max_unavailable": 0 } }),
        ),
        ("/deployments/shop-production", deployment("production")),
        (
            "/deployments/shop-production/cd-config",
            json!({
                "strategy": {
                    "type": "canary",
                    "steps": [{ "weight": 20, "pause": "manual" }, { "weight": 60, "pause": "manual" }],
                    "on_failure": "undo",
                },
                "approval": { "requirements": [{ "role": "approver", "count": 2 }] },
            }),
        ),
    ]
}

/// What triggers a run of `shop`.
pub(crate) fn run_draft() -> Value {
    json!({ "commit": "0123456789abcdef0123456789abcdef01234567", "git_ref": { "type": "branch", "name": "main" } })
}

/// What asks for a release of `run` to `deployment`.
pub(crate) fn release_draft(deployment: &str, run: &str) -> Value {
    json!({ "deployment": deployment, "artifact": { "ci_run": run }, "version": "1.0.0", "reason": "ship it" })
}
