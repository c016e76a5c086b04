//! Two hosts over one database.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::http::request::Parts;
use cicd_authz_casbin::CasbinAuthorizer;
use cicd_core::authz::Caller;
use cicd_core::engine::{Engine, Options};
use cicd_core::id::ServiceId;
use cicd_core::memory::MemoryBlobs;
use cicd_core::port::{Cache, Store};
use cicd_core::service::ServiceDraft;
use cicd_http::{Authenticator, RandomIds, Unauthenticated, router};
use cicd_store_sqlite::SqliteStore;
use serde_json::json;
use tempfile::TempDir;

/// How many services the clients share.
pub(crate) const SERVICES: usize = 4;

pub(crate) struct Host {
    pub(crate) engine: Engine,
    pub(crate) router: Router,
}

pub(crate) struct Site {
    pub(crate) hosts: [Host; 2],
    store: Arc<SqliteStore>,
    _directory: Option<TempDir>,
}

/// Knows everybody as the admin: who asks is not what is looked at here.
#[derive(Debug)]
struct Everybody;

#[async_trait]
impl Authenticator for Everybody {
    async fn authenticate(&self, _: &Parts) -> Result<Caller, Unauthenticated> {
        Ok(admin())
    }
}

pub(crate) fn admin() -> Caller {
    Caller::person("acme".parse().unwrap(), "ada".parse().unwrap())
}

pub(crate) fn service(number: usize) -> ServiceId {
    format!("service-{number}").parse().unwrap()
}

impl Site {
    /// Two new hosts over a new database, which is gone with them.
    pub(crate) async fn new(caches: [Box<dyn Cache>; 2]) -> Self {
        // In memory where the system has such a place: what is asked here does not depend on how long a disk takes.
        let memory = Path::new("/dev/shm");
        let directory = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let directory = directory.unwrap();
        let site = Self::at(directory.path(), caches).await;
        site.fill().await;
        Self { _directory: Some(directory), ..site }
    }

    /// Two hosts that start over the database in `directory`.
    pub(crate) async fn at(directory: &Path, [one, other]: [Box<dyn Cache>; 2]) -> Self {
        let path = directory.join("cicd.db");
        cicd_store_sqlite::migrate(&path).await.unwrap();
        let store = Arc::new(SqliteStore::open(&path, Default::default()).await.unwrap());
        let shared: Arc<dyn Store> = Arc::<SqliteStore>::clone(&store);
        let hosts = [host(&shared, one).await, host(&shared, other).await];
        Self { hosts, store, _directory: None }
    }

    /// Writes what the clients look at.
    pub(crate) async fn fill(&self) {
        let ada = admin();
        self.hosts[0].engine.bootstrap(&ada.tenant, &ada.principal).await.unwrap().unwrap();
        for number in 0..SERVICES {
            self.write(0, number, "first").await;
        }
    }

    /// Ends the hosts, so that the database can be taken away.
    pub(crate) async fn close(self) {
        self.store.close().await;
    }

    /// Writes on a host; gives the sequence that the writer is told.
    pub(crate) async fn write(&self, host: usize, number: usize, name: &str) -> u64 {
        let draft = ServiceDraft::parse(&json!({ "name": name })).unwrap();
        let engine = &self.hosts[host].engine;
        engine.put_service(&admin(), &service(number), &draft, &Options::default()).await.unwrap().seq
    }
}

async fn host(store: &Arc<dyn Store>, cache: Box<dyn Cache>) -> Host {
    let engine = Engine::builder()
        .shared_store(Arc::clone(store))
        .authorizer(CasbinAuthorizer::default_roles().await.unwrap())
        .blobs(Arc::new(MemoryBlobs::default()))
        .ids(RandomIds)
        .shared_cache(Arc::from(cache))
        .build()
        .unwrap();
    Host { router: router(engine.clone(), Everybody), engine }
}
