//! The page cache of the engine: [`MokaCache`] in the memory of one process, and with the feature `redis` `RedisCache`, which
//! several hosts share.
//!
//! Both hold the contract of [`cicd_core::port::Cache`]: whatever breaks, a reader waits a little longer and gets the same.
//!
//! ```
//! use cicd_cache::{CacheOptions, MokaCache};
//! let cache = MokaCache::new(CacheOptions { page_bytes: 64 << 20, ..CacheOptions::default() });
//! # let _: &dyn cicd_core::port::Cache = &cache;
//! ```

mod moka;
mod options;
#[cfg(feature = "redis")]
mod redis;

pub use moka::MokaCache;
pub use options::CacheOptions;
#[cfg(feature = "redis")]
pub use redis::{RedisCache, RedisError};
