//! A host in memory: a router, people with tokens, and executors that do as they are told.

mod drafts;
mod executors;
mod gate;
mod random;
mod request;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use cicd_core::engine::{Engine, WorkerConfig, Workers};
use cicd_core::memory::{MemoryBlobs, MemoryCache, MemorySecrets, MemoryStore, RoleTable, SteppedClock};
use cicd_core::port::{Authorizer, Blobs, SecretValue, Store};
use cicd_http::{Metrics, RandomIds, RouterOptions, TokenAuthenticator, router_with};
use serde_json::{Value, json};

pub(crate) use drafts::{draft, reasoned, release_draft, run_draft, shop, source_draft};
pub(crate) use executors::{TestCi, TestDeploy};
pub(crate) use gate::{Gate, Gated};
pub(crate) use random::Random;
pub(crate) use request::{Answer, Request};

/// A host with two tenants, `default` and `other`.
pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) engine: Engine,
    pub(crate) clock: SteppedClock,
    pub(crate) admin: String,
    pub(crate) stranger: String,
    pub(crate) deploy: TestDeploy,
    pub(crate) metrics: Metrics,
    workers: Option<Workers>,
}

impl World {
    /// A host without workers: nothing moves but by request.
    pub(crate) async fn still() -> Self {
        let clock = SteppedClock::default();
        let store = MemoryStore::new(clock_of(&clock));
        Self::over(store, RoleTable::default(), clock).await
    }

    /// A host without workers, and what stops its store.
    pub(crate) async fn gated() -> (Self, Gate) {
        let (clock, gate) = (SteppedClock::default(), Gate::default());
        let store = Gated(MemoryStore::new(clock_of(&clock)), gate.clone());
        (Self::over(store, RoleTable::default(), clock).await, gate)
    }

    /// A working host over SQLite and Casbin, as the binary has them.
    #[cfg(feature = "bin")]
    pub(crate) async fn on_sqlite(directory: &std::path::Path) -> Self {
        let path = directory.join("cicd.db");
        cicd_store_sqlite::migrate(&path).await.unwrap();
        let store = cicd_store_sqlite::SqliteStore::open(&path, Default::default()).await.unwrap();
        let authorizer = cicd_authz_casbin::CasbinAuthorizer::default_roles().await.unwrap();
        Self::over(store, authorizer, SteppedClock::default()).await.worked()
    }

    async fn over(store: impl Store, authorizer: impl Authorizer, clock: SteppedClock) -> Self {
        let metrics = Metrics::default();
        let blobs: Arc<dyn Blobs> = Arc::new(MemoryBlobs::default());
        let deploy = TestDeploy::default();
        let engine = Engine::builder()
            .store(store)
            .authorizer(authorizer)
            .blobs(Arc::clone(&blobs))
            .ids(RandomIds)
            .observer(metrics.clone())
            .secrets(Arc::new(secrets()))
            // Its heads live until they are lifted: what a commit fails to tell is never seen here.
            .cache(MemoryCache::new(SteppedClock::default(), 1_000_000))
            .ci_executor("test", metrics.counted("test", TestCi::new(blobs)))
            .deploy_executor("test", metrics.counted("test", deploy.clone()))
            .build()
            .unwrap();
        let admin = bootstrap(&engine, "default").await;
        let stranger = bootstrap(&engine, "other").await;
        let options = RouterOptions { metrics: metrics.clone(), ..RouterOptions::default() };
        let router = router_with(engine.clone(), TokenAuthenticator::new(engine.clone()), options);
        Self { router, engine, clock, admin, stranger, deploy, metrics, workers: None }
    }

    /// A host whose workers carry out what is due.
    pub(crate) async fn working() -> Self {
        Self::still().await.worked()
    }

    /// Lets workers carry out what is due.
    pub(crate) fn worked(mut self) -> Self {
        let config = WorkerConfig { poll: Duration::from_millis(5), ..WorkerConfig::default() };
        self.workers = Some(self.engine.spawn_workers(config));
        self
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
        let began = Instant::now();
        loop {
            let answer = self.get(token, path).await;
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            if done(&answer.body) {
                return answer.body;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "it does not happen: {answer:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn clock_of(clock: &SteppedClock) -> impl Fn() -> cicd_core::time::Timestamp + Send + Sync + use<> {
    let clock = clock.clone();
    move || cicd_core::memory::Clock::now(&clock)
}

/// What the source of the tests signs with.
pub(crate) const SECRET: &str = "the-secret-of-the-hook";

fn secrets() -> MemorySecrets {
    let tenant = "default".parse().unwrap();
    MemorySecrets::new().with(tenant, "hook", SecretValue::new(SECRET.to_owned()))
}

async fn bootstrap(engine: &Engine, tenant: &str) -> String {
    let tenant = tenant.parse().unwrap();
    let token = engine.bootstrap(&tenant, &"root".parse().unwrap()).await.unwrap();
    token.unwrap().secret.unwrap()
}
