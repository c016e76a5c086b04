//! Roles are given and taken on one replica while another one writes: two engines, each with its own store and its own memory of
//! verdicts, over one PostgreSQL. The ledger says in which order it all happened, and so whether a write was ever allowed under
//! grants that were not the last ones any more.
//!
//! `CICD_PROVE_CASES` sets how many times the role is taken.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use cicd_authz_casbin::CasbinAuthorizer;
use cicd_core::audit::Chain;
use cicd_core::authz::{Caller, GrantKey};
use cicd_core::engine::{Engine, EngineError, Options};
use cicd_core::memory::{MemoryBlobs, SequentialIds};
use cicd_core::port::{EventQuery, Store};
use cicd_core::service::ServiceDraft;
use cicd_store_postgres::{PostgresOptions, PostgresStore, migrate};
use cicd_tests::postgres::Database;

const ROUNDS: usize = 30;

struct Replicas {
    engines: [Engine; 2],
    store: Arc<PostgresStore>,
    ada: Caller,
    dan: Caller,
    developer: GrantKey,
}

impl Replicas {
    async fn over(database: &Database) -> Self {
        let stores = [store(database).await, store(database).await];
        let engines = [engine(&stores[0], 1).await, engine(&stores[1], 2).await];
        let [store, _] = stores;
        let caller = |name: &str| Caller::person("acme".parse().unwrap(), name.parse().unwrap());
        let (ada, dan) = (caller("ada"), caller("dan"));
        engines[0].bootstrap(&ada.tenant, &ada.principal).await.unwrap().unwrap();
        let developer = GrantKey::new(dan.principal.clone(), "developer".parse().unwrap());
        Self { engines, store, ada, dan, developer }
    }

    async fn give(&self) {
        self.engines[0].grant(&self.ada, &self.developer, &Options::default()).await.unwrap();
    }

    async fn take(&self) {
        self.engines[0].revoke_grant(&self.ada, &self.developer, &Options::default()).await.unwrap();
    }

    /// Whether dan's write on the other replica was allowed.
    async fn write(&self, name: &str) -> bool {
        let draft = ServiceDraft { name: name.to_owned(), description: String::new() };
        let id = "shop".parse().unwrap();
        match self.engines[1].put_service(&self.dan, &id, &draft, &Options::default()).await {
            Ok(_) => true,
            Err(EngineError::Denied { .. }) => false,
            Err(error) => panic!("{error}"),
        }
    }
}

async fn store(database: &Database) -> Arc<PostgresStore> {
    let options = PostgresOptions { connections: 2, ..PostgresOptions::default() };
    Arc::new(PostgresStore::connect(&database.url(), &options).await.unwrap())
}

async fn engine(store: &Arc<PostgresStore>, seed: u64) -> Engine {
    let store: Arc<dyn Store> = Arc::clone(store) as _;
    Engine::builder()
        .shared_store(store)
        .authorizer(CasbinAuthorizer::default_roles().await.unwrap())
        .blobs(Arc::new(MemoryBlobs::default()))
        .ids(SequentialIds::seeded(seed))
        .build()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_write_is_allowed_under_grants_that_were_taken() {
    let rounds =
        std::env::var("CICD_PROVE_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(ROUNDS);
    let database = Database::empty().await;
    let pool = database.pool().await;
    migrate(&pool).await.unwrap();
    pool.close().await;
    let replicas = Replicas::over(&database).await;
    let (mut allowed, mut overtaken) = (0, 0);
    for round in 0..rounds {
        replicas.give().await;
        assert!(replicas.write(&format!("given {round}")).await, "a role holds at once");
        let ((), raced) =
            tokio::join!(replicas.take(), async { replicas.write(&format!("raced {round}")).await });
        allowed += usize::from(raced);
        overtaken += usize::from(!raced);
        assert!(
            !replicas.write(&format!("taken {round}")).await,
            "the role was taken before the request was sent"
        );
    }
    let checked = check_order(&replicas).await;
    println!(
        "{rounds} times taken: {allowed} writes were first, {overtaken} were not; {checked} writes, none under old grants"
    );
}

/// Fails when the ledger has a write of dan's while dan held no role; gives how many writes it has.
async fn check_order(replicas: &Replicas) -> usize {
    let tenant = &replicas.ada.tenant;
    let (mut query, mut holds, mut writes) = (EventQuery::of(Chain::Ledger), false, 0);
    query.limit = EventQuery::MAX_LIMIT;
    loop {
        let page = replicas.store.events(tenant, &query).await.unwrap();
        let Some(last) = page.last() else { return writes };
        query.after = Some(last.seq);
        for stored in &page {
            let event = stored.event().unwrap();
            match event.kind.as_str() {
                "role.granted" if event.subject.id.starts_with("dan|") => holds = true,
                "role.revoked" => holds = false,
                _ if event.actor == replicas.dan.actor() => {
                    assert!(holds, "event {} was written without a role", stored.seq);
                    writes += 1;
                }
                _ => {}
            }
        }
    }
}
