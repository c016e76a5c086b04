//! The store: it sends changes to the writer and reads for itself.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

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
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::config::SqliteOptions;
use crate::error::OpenError;
use crate::lock::FileLock;
use crate::writer::{Clock, Job, Reply, Writer};
use crate::{events, list, load, oracle, schema, standing, token, verify, work};

/// A store in one SQLite file, which this process holds until the store is closed. Clones are the same store.
#[derive(Clone)]
pub struct SqliteStore {
    path: PathBuf,
    clock: Clock,
    readers: SqlitePool,
    writer: mpsc::Sender<Job>,
    grants: Arc<RememberedGrants>,
}

impl SqliteStore {
    /// Opens the database at `path`, takes its lock, and voids the leases of whoever held it before. It must be called
    /// on a tokio runtime, which then carries the writer.
    ///
    /// # Errors
    /// [`OpenError`] when another process holds the file, the schema's migrations do not allow this binary, the schema was
    /// altered, the last 100 events of a chain don't verify, or the file can't be read.
    pub async fn open(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, OpenError> {
        Self::open_at(path.as_ref(), options, Arc::new(system_time)).await
    }

    /// The same, with a clock that a test steps.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    #[cfg(feature = "testing")]
    pub async fn open_with_clock(
        path: impl AsRef<Path>,
        options: SqliteOptions,
        clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Result<Self, OpenError> {
        Self::open_at(path.as_ref(), options, clock).await
    }

    async fn open_at(path: &Path, options: SqliteOptions, clock: Clock) -> Result<Self, OpenError> {
        let (lock, path) = FileLock::take(path)?;
        let mut connection = options.writer(&path).await?;
        if let Err(error) = inspect(&mut connection).await {
            // The error matters more than how the connection ends.
            let _ = connection.close().await;
            return Err(error);
        }
        let readers = options.readers(&path).await?;
        let (writer, queue) = mpsc::channel(options.queue.max(1));
        let run = Writer {
            connection: Some(connection),
            lock,
            path: path.clone(),
            options,
            clock: Arc::clone(&clock),
        };
        tokio::spawn(run.run(queue));
        Ok(Self { path, clock, readers, writer, grants: Arc::default() })
    }

    /// Carries out what waits, ends all connections and gives the file up. Whatever is asked later is `Unavailable`.
    pub async fn close(&self) {
        let (closed, is_closed) = oneshot::channel();
        self.readers.close().await;
        if self.writer.send(Job::Close(closed)).await.is_ok() {
            // An error means that it has ended already.
            let _ = is_closed.await;
        }
    }

    /// What is wrong with the file and with what it holds, one line each; empty on a sound database. It reads everything.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file can't be read.
    pub async fn oracle(&self) -> Result<Vec<String>, StoreError> {
        oracle::broken(&self.readers).await
    }

    /// Hands a job to the writer, which does it whether or not anybody still waits for the answer.
    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let closed = || StoreError::Unavailable { message: "the store is closed".to_owned() };
        self.writer.send(job(reply)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

/// What must be as it was left, before anything is read or written.
async fn inspect(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    schema::inspect(connection).await?;
    verify::ends(connection).await?;
    Ok(work::void(connection).await?)
}

fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[async_trait]
impl Store for SqliteStore {
    async fn load(&self, tenant: &TenantId, load: &Load) -> Result<Snapshot, StoreError> {
        load::load(&self.readers, &self.grants, tenant, load, self.now()).await
    }

    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        self.ask(|reply| Job::Commit(Box::new(change), reply)).await
    }

    async fn list(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError> {
        list::list(&self.readers, tenant, query, after, limit).await
    }

    async fn standings(
        &self,
        tenant: &TenantId,
        deployments: &[DeploymentId],
    ) -> Result<Vec<Standing>, StoreError> {
        standing::standings(&self.readers, tenant, deployments, self.now()).await
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        events::events(&self.readers, tenant, query).await
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        events::head(&self.readers, tenant, chain).await
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        events::tenants(&self.readers).await
    }

    async fn token(&self, hash: Digest) -> Result<Option<(TenantId, Token, Timestamp)>, StoreError> {
        let now = self.now();
        let found = token::by_hash(&self.readers, hash).await?;
        Ok(found.map(|(tenant, token)| (tenant, token, now)))
    }

    async fn use_token(&self, tenant: &TenantId, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.ask(|reply| Job::UseToken(tenant.clone(), token, at, reply)).await
    }

    async fn token_uses(
        &self,
        tenant: &TenantId,
        tokens: &[TokenId],
    ) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
        token::uses(&self.readers, tenant, tokens).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Lease>, StoreError> {
        self.ask(|reply| Job::Claim(request, reply)).await
    }

    async fn renew(&self, lease: &Lease, lease_micros: u64) -> Result<Lease, StoreError> {
        self.ask(|reply| Job::Renew(lease.clone(), lease_micros, reply)).await
    }

    async fn release(&self, lease: &Lease, due: Timestamp) -> Result<(), StoreError> {
        self.ask(|reply| Job::GiveUp(lease.clone(), Some(due), reply)).await
    }

    async fn ack(&self, lease: &Lease) -> Result<(), StoreError> {
        self.ask(|reply| Job::GiveUp(lease.clone(), None, reply)).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}
