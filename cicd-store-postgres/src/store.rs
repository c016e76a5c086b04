//! The store: every read is one statement, every change is one call of the server's `cicd_commit`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::authz::Token;
use cicd_core::digest::Digest;
use cicd_core::id::{DeploymentId, TenantId, TokenId};
use cicd_core::page::{Limit, Page};
use cicd_core::port::{
    ChangeSet, ClaimRequest, Committed, EventQuery, Lease, ListQuery, Load, Record, RememberedGrants,
    Snapshot, Standing, Store, StoreError,
};
use cicd_core::time::Timestamp;
use sqlx::Connection as _;
use sqlx::postgres::PgPool;

use crate::config::PostgresOptions;
use crate::error::OpenError;
use crate::sessions::{self, Sessions};
use crate::verify::ChainReport;
use crate::whole::whole;
use crate::{agreement, commit, events, list, load, oracle, schema, standing, token, verify, work};

/// A store on a PostgreSQL server, which any number of processes share. Clones are the same store.
#[derive(Clone)]
pub struct PostgresStore {
    sessions: Sessions,
    grants: Arc<RememberedGrants>,
    /// The latest time that the server said, in microseconds: what a commit's time is guessed from.
    seen: Arc<AtomicI64>,
}

impl PostgresStore {
    /// Connects to the server at `url`, such as `postgres://cicd@db.example/cicd`, with a pool of its own.
    ///
    /// # Errors
    /// [`OpenError`] when the server can't be reached or is older than PostgreSQL 14, the schema's migrations do not allow
    /// this binary, or the last 100 events of a chain don't verify.
    pub async fn connect(url: &str, options: &PostgresOptions) -> Result<Self, OpenError> {
        Self::with_pool(options.pool(url).await?).await
    }

    /// The same on the host's own pool. Its sessions run at read committed; `force_generic_plan` as `plan_cache_mode`, the
    /// timeouts of [`PostgresOptions`] and `test_before_acquire(false)` are recommended.
    ///
    /// Where row-level security is on, the store names the tenant on a connection before it reads and unnames it before it
    /// gives the connection back. Whether it is on is looked at here, once.
    ///
    /// # Errors
    /// As [`PostgresStore::connect`].
    pub async fn with_pool(pool: PgPool) -> Result<Self, OpenError> {
        // Not given back to the pool: a caller that goes away here would leave it in the middle of a transaction.
        let mut connection = pool.acquire().await?.detach();
        schema::inspect(&mut connection).await?;
        verify::ends(&mut connection).await?;
        let are_secured = sessions::are_secured(&mut connection).await?;
        connection.close().await?;
        let sessions = Sessions { pool, are_secured };
        Ok(Self { sessions, grants: Arc::default(), seen: Arc::default() })
    }

    /// The pool, for an embedder that keeps tables of its own beside ours.
    #[must_use]
    pub const fn pool(&self) -> &PgPool {
        &self.sessions.pool
    }

    /// Ends all connections once what is under way has been answered. Whatever is asked later is `Unavailable`.
    pub async fn close(&self) {
        self.sessions.pool.close().await;
    }

    /// Verifies both chains of `tenant` from their first events on. It reads everything: for `cicd doctor`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], and [`StoreError::Corrupt`] for rows that can't be read.
    pub async fn verify_chains(&self, tenant: &TenantId) -> Result<Vec<ChainReport>, StoreError> {
        let mut reports = Vec::new();
        for chain in [Chain::Ledger, Chain::Security] {
            reports.push(verify::whole(&self.sessions, tenant, chain).await?);
        }
        Ok(reports)
    }

    /// What is wrong with what the database holds, one line each; empty on a sound one. It reads everything.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server can't be reached.
    pub async fn oracle(&self) -> Result<Vec<String>, StoreError> {
        oracle::broken(&self.sessions.pool).await
    }

    /// What the hosts of this database agreed on under `name`; `None` before anybody proposed anything.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server can't be reached.
    pub async fn agreed(&self, name: &str) -> Result<Option<String>, StoreError> {
        let (pool, name) = (self.sessions.pool.clone(), name.to_owned());
        whole(async move { agreement::get(&pool, &name).await }).await
    }

    /// Proposes `value` under `name`, and gives what holds from now on: of all that was ever proposed, the first.
    ///
    /// # Errors
    /// As [`PostgresStore::agreed`].
    pub async fn propose(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let (pool, name, value) = (self.sessions.pool.clone(), name.to_owned(), value.to_owned());
        whole(async move { agreement::propose(&pool, &name, &value).await }).await
    }

    fn see(&self, time: Timestamp) {
        self.seen.fetch_max(time.as_micros(), Ordering::Relaxed);
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn load(&self, tenant: &TenantId, load: &Load) -> Result<Snapshot, StoreError> {
        let (store, tenant, load) = (self.clone(), tenant.clone(), load.clone());
        let loaded = async move { load::load(&store.sessions, &store.grants, &tenant, &load).await };
        let (snapshot, latest) = whole(loaded).await?;
        self.see(latest);
        Ok(snapshot)
    }

    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        let (pool, guess) =
            (self.sessions.pool.clone(), Timestamp::from_micros(self.seen.load(Ordering::Relaxed)));
        let committed = whole(async move { commit::commit(&pool, &change, guess).await }).await?;
        self.see(committed.at);
        Ok(committed)
    }

    async fn list(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError> {
        let (sessions, tenant, query) = (self.sessions.clone(), tenant.clone(), query.clone());
        let after = after.map(str::to_owned);
        whole(async move { list::list(&sessions, &tenant, &query, after.as_deref(), limit).await }).await
    }

    async fn standings(
        &self,
        tenant: &TenantId,
        deployments: &[DeploymentId],
    ) -> Result<Vec<Standing>, StoreError> {
        standing::standings(&self.sessions, tenant, deployments).await
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        let (sessions, tenant, query) = (self.sessions.clone(), tenant.clone(), query.clone());
        whole(async move { events::events(&sessions, &tenant, &query).await }).await
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        let (sessions, tenant) = (self.sessions.clone(), tenant.clone());
        whole(async move { events::head(&sessions, &tenant, chain).await }).await
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let sessions = self.sessions.clone();
        whole(async move { events::tenants(&sessions).await }).await
    }

    async fn token(&self, hash: Digest) -> Result<Option<(TenantId, Token, Timestamp)>, StoreError> {
        let sessions = self.sessions.clone();
        whole(async move { token::by_hash(&sessions, hash).await }).await
    }

    async fn use_token(&self, tenant: &TenantId, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
        let (sessions, tenant) = (self.sessions.clone(), tenant.clone());
        whole(async move { token::note_use(&sessions, &tenant, token, at).await }).await
    }

    async fn token_uses(
        &self,
        tenant: &TenantId,
        tokens: &[TokenId],
    ) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
        let (sessions, tenant, tokens) = (self.sessions.clone(), tenant.clone(), tokens.to_vec());
        whole(async move { token::uses(&sessions, &tenant, &tokens).await }).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Lease>, StoreError> {
        let sessions = self.sessions.clone();
        whole(async move { work::claim(&sessions, request).await }).await
    }

    async fn renew(&self, lease: &Lease, lease_micros: u64) -> Result<Lease, StoreError> {
        let (sessions, lease) = (self.sessions.clone(), lease.clone());
        whole(async move { work::renew(&sessions, lease, lease_micros).await }).await
    }

    async fn release(&self, lease: &Lease, due: Timestamp) -> Result<(), StoreError> {
        let (sessions, lease) = (self.sessions.clone(), lease.clone());
        whole(async move { work::give_up(&sessions, &lease, Some(due)).await }).await
    }

    async fn ack(&self, lease: &Lease) -> Result<(), StoreError> {
        let (sessions, lease) = (self.sessions.clone(), lease.clone());
        whole(async move { work::give_up(&sessions, &lease, None).await }).await
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}
