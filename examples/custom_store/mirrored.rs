//! A store around another one: every event is also written to a file, which can lie on another machine.
//!
//! A chain inside a database shows a partial edit. Who can rewrite the whole database shows up only against a copy that
//! lies elsewhere: this store keeps one, line by line, and does not open when the two have come apart.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use async_trait::async_trait;
use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::authz::Token;
use cicd_core::digest::Digest;
use cicd_core::id::{TenantId, TokenId};
use cicd_core::page::{Limit, Page};
use cicd_core::port::{
    ChangeSet, ClaimRequest, Committed, EventQuery, Lease, ListQuery, Load, Record, Snapshot, Store,
    StoreError,
};
use cicd_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// One line of the mirror.
#[derive(Serialize, Deserialize)]
pub(crate) struct Line {
    /// Whose event.
    pub(crate) tenant: TenantId,
    /// The event, as the chain has it.
    pub(crate) event: StoredEvent,
}

/// The store `S`, and a file that holds every event of it.
pub(crate) struct MirroredStore<S> {
    inner: S,
    mirror: Mutex<Mirror>,
}

struct Mirror {
    file: File,
    /// The last event of each chain that the file holds.
    last: HashMap<(TenantId, Chain), StoredEvent>,
}

impl<S: Store> MirroredStore<S> {
    /// Opens the mirror at `path`, or begins one, and catches up with `inner`.
    ///
    /// # Errors
    /// When the file can't be read or written, or `inner` is not the store that it mirrors.
    pub(crate) async fn open(inner: S, path: &Path) -> Result<Self, StoreError> {
        let mut mirror = Mirror::open(path).map_err(unavailable)?;
        for ((tenant, chain), last) in &mirror.last {
            let query = EventQuery { after: Some(last.seq - 1), limit: 1, ..EventQuery::of(*chain) };
            if inner.events(tenant, &query).await?.first() != Some(last) {
                let message = format!("event {} of `{tenant}` is not the one that was mirrored", last.seq);
                return Err(StoreError::Corrupt { message });
            }
        }
        for tenant in inner.tenants().await? {
            mirror.catch_up(&inner, &tenant).await?;
        }
        Ok(Self { inner, mirror: Mutex::new(mirror) })
    }
}

impl Mirror {
    fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut last = HashMap::new();
        let (mut reader, mut whole, mut text) = (BufReader::new(&file), 0, String::new());
        loop {
            text.clear();
            let length = reader.read_line(&mut text)?;
            if length == 0 || !text.ends_with('\n') {
                break;
            }
            whole += u64::try_from(length).map_err(io::Error::other)?;
            let Line { tenant, event } = serde_json::from_str(&text)?;
            last.insert((tenant, event.chain), event);
        }
        // A host that died while it wrote leaves a line without an end; the event comes again.
        file.set_len(whole)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, last })
    }

    /// Writes what the store has and the mirror has not. A caller that went away before this leaves it to the next one.
    async fn catch_up(&mut self, store: &impl Store, tenant: &TenantId) -> Result<(), StoreError> {
        for chain in [Chain::Ledger, Chain::Security] {
            let key = (tenant.clone(), chain);
            loop {
                let after = self.last.get(&key).map(|event| event.seq);
                let events = store.events(tenant, &EventQuery { after, ..EventQuery::of(chain) }).await?;
                let Some(newest) = events.last().cloned() else { break };
                // No await from here on: the lines and what is known of them can't come apart.
                self.append(tenant, events).map_err(unavailable)?;
                self.last.insert(key.clone(), newest);
            }
        }
        Ok(())
    }

    fn append(&mut self, tenant: &TenantId, events: Vec<StoredEvent>) -> io::Result<()> {
        let mut lines = Vec::new();
        for event in events {
            serde_json::to_writer(&mut lines, &Line { tenant: tenant.clone(), event })?;
            lines.push(b'\n');
        }
        self.file.write_all(&lines)?;
        self.file.sync_data()
    }
}

fn unavailable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable { message: format!("the mirror: {error}") }
}

#[async_trait]
impl<S: Store> Store for MirroredStore<S> {
    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        let tenant = change.tenant().clone();
        // `Unavailable` promises that nothing has changed, so a mirror that can't be written is found out before.
        self.mirror.lock().await.catch_up(&self.inner, &tenant).await?;
        let committed = self.inner.commit(change).await?;
        if let Err(error) = self.mirror.lock().await.catch_up(&self.inner, &tenant).await {
            eprintln!("committed, but the mirror is behind until the next commit: {error}");
        }
        Ok(committed)
    }

    async fn load(&self, tenant: &TenantId, load: &Load) -> Result<Snapshot, StoreError> {
        self.inner.load(tenant, load).await
    }

    async fn list(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError> {
        self.inner.list(tenant, query, after, limit).await
    }

    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.events(tenant, query).await
    }

    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError> {
        self.inner.head(tenant, chain).await
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.inner.tenants().await
    }

    async fn token(&self, hash: Digest) -> Result<Option<(TenantId, Token, Timestamp)>, StoreError> {
        self.inner.token(hash).await
    }

    async fn use_token(&self, tenant: &TenantId, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.inner.use_token(tenant, token, at).await
    }

    async fn token_uses(
        &self,
        tenant: &TenantId,
        tokens: &[TokenId],
    ) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
        self.inner.token_uses(tenant, tokens).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Lease>, StoreError> {
        self.inner.claim(request).await
    }

    async fn renew(&self, lease: &Lease, lease_micros: u64) -> Result<Lease, StoreError> {
        self.inner.renew(lease, lease_micros).await
    }

    async fn release(&self, lease: &Lease, due: Timestamp) -> Result<(), StoreError> {
        self.inner.release(lease, due).await
    }

    async fn ack(&self, lease: &Lease) -> Result<(), StoreError> {
        self.inner.ack(lease).await
    }
}
