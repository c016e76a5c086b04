//! Where pages are kept that were read before: nowhere, in memory, or in a Redis that all hosts share.

use std::path::PathBuf;
use std::sync::Arc;

use cicd_cache::{CacheOptions, MokaCache};
use cicd_core::port::Cache;
use clap::Args;

use crate::database::{Address, Opened};
use crate::failure::Failure;

#[derive(Clone, Debug, Args)]
pub(crate) struct PageCache {
    /// Where pages of releases and timelines are kept: `none`, `memory`, or a Redis that all hosts share, such as
    /// `redis://cache.example:6379/0` (`rediss` with TLS). Name a password in the variable or in a file rather than here.
    /// Without this it is `memory` on SQLite and `none` on a shared database.
    #[arg(long = "cache", env = "CICD_CACHE", hide_env_values = true, value_name = "CACHE")]
    place: Option<Address>,
    /// A file with the password of that Redis.
    #[arg(long, env = "CICD_CACHE_PASSWORD_FILE", value_name = "FILE")]
    cache_password_file: Option<PathBuf>,
    /// How many MiB of pages this host keeps in memory, those near it of a Redis too.
    #[arg(long, env = "CICD_CACHE_MIB", default_value_t = 64, value_name = "MIB")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=65_536))]
    cache_mib: u64,
}

impl PageCache {
    /// The cache of a host on `opened`; `None` where every read asks the database.
    pub(crate) async fn open(&self, opened: &Opened) -> Result<Option<Arc<dyn Cache>>, Failure> {
        let options = CacheOptions { page_bytes: self.cache_mib << 20, ..CacheOptions::default() };
        match &self.place {
            None if opened.is_shared() => Ok(None),
            None => Ok(Some(Arc::new(MokaCache::new(options)))),
            Some(place) => match place.whole() {
                "none" => Ok(None),
                "memory" => Ok(Some(Arc::new(MokaCache::new(options)))),
                _ => self.shared(place, opened, options).await.map(Some),
            },
        }
    }

    #[cfg(feature = "redis")]
    async fn shared(
        &self,
        place: &Address,
        opened: &Opened,
        options: CacheOptions,
    ) -> Result<Arc<dyn Cache>, Failure> {
        if !matches!(place.scheme(), Some("redis" | "rediss" | "redis+unix")) {
            return Err(unknown(place));
        }
        let password = self.password()?;
        // Databases that share a Redis must not share pages: what tells them apart is a name of the database's own.
        let namespace = opened.propose("cache", &uuid::Uuid::now_v7().simple().to_string()).await?;
        let cache = cicd_cache::RedisCache::new(place.whole(), password.as_deref(), &namespace, options);
        let cache = cache.map_err(|error| Failure::new(format!("`{place}`: {error}")))?;
        tracing::info!(cache = %place, "pages are shared");
        Ok(Arc::new(cache))
    }

    #[cfg(not(feature = "redis"))]
    async fn shared(&self, place: &Address, _: &Opened, _: CacheOptions) -> Result<Arc<dyn Cache>, Failure> {
        Err(unknown(place))
    }

    #[cfg(feature = "redis")]
    fn password(&self) -> Result<Option<String>, Failure> {
        let Some(path) = &self.cache_password_file else { return Ok(None) };
        let read = std::fs::read_to_string(path);
        let text = read.map_err(|error| Failure::new(format!("`{}`: {error}", path.display())))?;
        Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

fn unknown(place: &Address) -> Failure {
    let accepted = if cfg!(feature = "redis") {
        "`none`, `memory`, or the address of a Redis such as `redis://cache.example:6379/0`"
    } else {
        "`none` or `memory` by this binary, which was built without Redis"
    };
    Failure::new(format!("`{place}` is no cache; accepted: {accepted}"))
}
