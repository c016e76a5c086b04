//! The store under the engine: a database of its own, whose server says the test's time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::authz::Token;
use cicd_core::digest::Digest;
use cicd_core::id::{TenantId, TokenId};
use cicd_core::memory::Clock;
use cicd_core::page::{Limit, Page};
use cicd_core::port::{
    ChangeSet, ClaimRequest, Committed, EventQuery, Lease, ListQuery, Load, Record, Snapshot, Store,
    StoreError,
};
use cicd_core::time::Timestamp;
use cicd_store_postgres::{PostgresOptions, PostgresStore, migrate};
use cicd_tests::postgres::{Database, STOPPED_CLOCK};
use tokio::sync::OnceCell;

/// After how many polls most calls have come to their end.
pub(crate) const POLLS: u32 = 20;

/// How many denials make a flood.
pub(crate) const DENIALS: u64 = 1_000;

/// An empty store whose time is `clock`'s.
pub(crate) async fn open(clock: impl Clock) -> Arc<dyn Store> {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let database = Database::of(TEMPLATE.get_or_init(template).await).await;
    let options = PostgresOptions {
        connections: 4,
        acquire_timeout: Duration::from_secs(60),
        ..PostgresOptions::default()
    };
    let store = PostgresStore::connect(&database.url(), &options).await.unwrap();
    Arc::new(Timed { store, clock, _database: database })
}

async fn template() -> String {
    let database = Database::empty().await;
    let pool = database.pool().await;
    migrate(&pool).await.unwrap();
    sqlx::raw_sql(STOPPED_CLOCK).execute(&pool).await.unwrap();
    pool.close().await;
    database.into_template()
}

/// Tells the server the time before each call.
struct Timed<C> {
    store: PostgresStore,
    clock: C,
    _database: Database,
}

impl<C: Clock> Timed<C> {
    async fn tell(&self) -> &PostgresStore {
        // Calls overlap, and a later one may have told a later time.
        let tell = sqlx::query("UPDATE cicd_test_clock SET now = $1 WHERE now < $1");
        let (tell, pool) = (tell.bind(self.clock.now().as_micros()), self.store.pool().clone());
        // Whoever is cut off here has told the time all the same.
        tokio::spawn(async move { tell.execute(&pool).await }).await.unwrap().unwrap();
        &self.store
    }
}

#[async_trait]
impl<C: Clock> Store for Timed<C> {
    async fn load(&self, tenant: &TenantId, load: &Load) -> Result<Snapshot, StoreError> {
        self.tell().await.load(tenant, load).await
    }

    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        self.tell().await.commit(change).await
    }

    async fn list(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError> {
        self.store.list(tenant, query, after, limit).await
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        self.store.events(tenant, query).await
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        self.store.head(tenant, chain).await
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.store.tenants().await
    }

    async fn token(&self, hash: Digest) -> Result<Option<(TenantId, Token, Timestamp)>, StoreError> {
        self.tell().await.token(hash).await
    }

    async fn use_token(&self, tenant: &TenantId, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.store.use_token(tenant, token, at).await
    }

    async fn token_uses(
        &self,
        tenant: &TenantId,
        tokens: &[TokenId],
    ) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
        self.store.token_uses(tenant, tokens).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Lease>, StoreError> {
        self.tell().await.claim(request).await
    }

    async fn renew(&self, lease: &Lease, lease_micros: u64) -> Result<Lease, StoreError> {
        self.tell().await.renew(lease, lease_micros).await
    }

    async fn release(&self, lease: &Lease, due: Timestamp) -> Result<(), StoreError> {
        self.tell().await.release(lease, due).await
    }

    async fn ack(&self, lease: &Lease) -> Result<(), StoreError> {
        self.tell().await.ack(lease).await
    }
}

/// How many releases approvers race on; `CICD_PROVE_CASES` sets another number.
pub(crate) fn raced_releases() -> usize {
    std::env::var("CICD_PROVE_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(30)
}
