//! The cache that several hosts share, in Redis.

mod breaker;
mod entry;
mod keys;
mod scripts;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cicd_core::id::TenantId;
use cicd_core::port::{Cache, CachedPage, HeadOf, Heads, Moment, PageKey};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, IntoConnectionInfo as _, RedisResult};

use crate::{CacheOptions, MokaCache};
use breaker::Breaker;
use keys::Keys;
use scripts::Scripts;

/// How long a connection may take to come up, in the background.
const CONNECT: Duration = Duration::from_secs(1);
/// Larger pages are not sent to Redis, where they would hold up all others on the connection.
const LARGEST_PAGE: usize = 1 << 20;

/// Why there is no cache in Redis. A server that does not answer is no reason: it may answer later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedisError {
    /// The address can't be read. It may hold a password, so it is not repeated.
    #[error(
        "the address of Redis can't be read: {message}; accepted: such as `redis://cache.example:6379/0`"
    )]
    Address {
        /// What is wrong with it.
        message: String,
    },
}

/// A cache of pages in Redis, for several hosts. Clones are the same cache.
///
/// Heads are in Redis alone, and live by its clock. Pages never change, so each host keeps those that it needed near, too.
/// Where Redis does not answer in time, nothing is known; after a few such answers it is left alone for a while.
#[derive(Clone)]
pub struct RedisCache(Arc<Inner>);

struct Inner {
    connection: ConnectionManager,
    keys: Keys,
    scripts: Scripts,
    breaker: Breaker,
    near: MokaCache,
    options: CacheOptions,
}

impl RedisCache {
    /// A cache in the Redis at `address`, reached when it is first asked. Hosts with the same `namespace` share what they
    /// keep: give each database a namespace of its own.
    ///
    /// # Errors
    /// [`RedisError::Address`].
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn new(
        address: &str,
        password: Option<&str>,
        namespace: &str,
        options: CacheOptions,
    ) -> Result<Self, RedisError> {
        let connection = connection(address, password, options)
            .map_err(|error| RedisError::Address { message: error.to_string() })?;
        Ok(Self(Arc::new(Inner {
            connection,
            keys: Keys::new(namespace),
            scripts: Scripts::new(options.life_micros()),
            breaker: Breaker::new(options.rest),
            near: MokaCache::new(options),
            options,
        })))
    }

    /// What Redis answers to `ask`, within the budget; `None` where it doesn't, or is left alone.
    async fn ask<T>(&self, ask: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>) -> Option<T> {
        let attempt = self.0.breaker.enter()?;
        let asked = tokio::time::timeout(self.0.options.budget, ask(self.0.connection.clone())).await;
        match asked {
            Ok(Ok(answer)) => {
                attempt.succeeded();
                Some(answer)
            }
            Ok(Err(error)) => attempt.failed(&error.to_string()),
            Err(_) => attempt.failed("no answer in time"),
        }
    }
}

fn connection(
    address: &str,
    password: Option<&str>,
    options: CacheOptions,
) -> RedisResult<ConnectionManager> {
    let mut info = address.into_connection_info()?;
    if let Some(password) = password {
        let settings = info.redis_settings().clone().set_password(password);
        info = info.set_redis_settings(settings);
    }
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(options.budget));
    ConnectionManager::new_lazy_with_config(Client::open(info)?, config)
}

#[async_trait]
impl Cache for RedisCache {
    async fn heads(&self, tenant: &TenantId, of: &[HeadOf]) -> Heads {
        let keys = self.0.keys.heads(tenant, of);
        let asked = self.ask(async |mut connection| self.0.scripts.heads(&keys, &mut connection).await).await;
        asked.unwrap_or_else(|| Heads::unknown(of.len()))
    }

    async fn learn(&self, tenant: &TenantId, of: &[HeadOf], seq: u64, since: Moment) {
        let keys = self.0.keys.heads(tenant, of);
        self.ask(async |mut connection| self.0.scripts.learn(&keys, seq, since, &mut connection).await).await;
    }

    async fn raise(&self, tenant: &TenantId, of: &[HeadOf], seq: u64) {
        let keys = self.0.keys.heads(tenant, of);
        self.ask(async |mut connection| self.0.scripts.raise(&keys, seq, &mut connection).await).await;
    }

    async fn page(&self, key: &PageKey) -> Option<Arc<CachedPage>> {
        if let Some(page) = self.0.near.page(key).await {
            return Some(page);
        }
        let get = Cmd::get(self.0.keys.page(key));
        let kept: Option<Vec<u8>> =
            self.ask(async |mut connection| get.query_async(&mut connection).await).await?;
        let page = Arc::new(entry::read(&kept?)?);
        self.0.near.keep(key, &page).await;
        Some(page)
    }

    async fn keep(&self, key: &PageKey, page: &Arc<CachedPage>) {
        self.0.near.keep(key, page).await;
        if page.body.len() > LARGEST_PAGE {
            return;
        }
        let Some(entry) = entry::written(page) else { return };
        let seconds = self.0.options.page_life.as_secs().max(1);
        let mut set = Cmd::set(self.0.keys.page(key), entry);
        set.arg("NX").arg("EX").arg(seconds);
        self.ask(async |mut connection| set.exec_async(&mut connection).await).await;
    }
}

impl fmt::Debug for RedisCache {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCache").field("options", &self.0.options).finish_non_exhaustive()
    }
}
