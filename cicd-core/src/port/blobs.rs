//! Artifacts by digest, and logs that grow.

use std::fmt;
use std::pin::Pin;

use async_trait::async_trait;
use futures_core::Stream;

use crate::digest::Digest;
use crate::id::{CiRunId, ReleaseId, TenantId};

/// Bytes as they arrive.
pub type ByteStream<'a> = Pin<Box<dyn Stream<Item = Result<Vec<u8>, BlobError>> + Send + 'a>>;

/// Why a blob could not be kept or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// More bytes than the store keeps.
    #[error("more than {limit} bytes; accepted: at most {limit}")]
    TooLarge {
        /// The most bytes that are kept.
        limit: u64,
    },
    /// The kept bytes are not the ones that were put.
    #[error("blob `{digest}` does not have the bytes of its digest")]
    Corrupt {
        /// The blob.
        digest: Digest,
    },
    /// The storage failed.
    #[error("blobs are unavailable: {message}")]
    Unavailable {
        /// What went wrong.
        message: String,
    },
}

/// A blob that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredBlob {
    /// SHA-256 of its bytes: its key.
    pub digest: Digest,
    /// How many bytes.
    pub size: u64,
}

/// The name of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogName {
    /// The log of one attempt of a CI run, counted from 1.
    CiRun(CiRunId, u32),
    /// The log of a rollout.
    Release(ReleaseId),
}

impl fmt::Display for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CiRun(run, attempt) => f.write_str(&crate::ci::run::log_name(*run, *attempt)),
            Self::Release(release) => write!(f, "releases/{release}.log"),
        }
    }
}

/// A piece of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogChunk {
    /// The bytes from the offset that was asked for.
    pub bytes: Vec<u8>,
    /// Where to read on.
    pub next_offset: u64,
}

/// Keeps artifacts and logs.
///
/// - An artifact is there whole or not at all, and once `put_artifact` returned it survives a crash.
/// - A tenant never sees another tenant's blobs.
/// - A log is cut at a cap, and says so once.
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Keeps `content` under its digest.
    async fn put_artifact(&self, tenant: &TenantId, content: ByteStream<'_>)
    -> Result<StoredBlob, BlobError>;

    /// The bytes of an artifact; `None` when it is not kept.
    async fn artifact(
        &self,
        tenant: &TenantId,
        digest: Digest,
    ) -> Result<Option<ByteStream<'static>>, BlobError>;

    /// Appends `bytes` to a log.
    async fn append_log(&self, tenant: &TenantId, log: LogName, bytes: &[u8]) -> Result<(), BlobError>;

    /// At most `limit` bytes of a log from `offset`; `None` when there is no such log.
    async fn log(
        &self,
        tenant: &TenantId,
        log: LogName,
        offset: u64,
        limit: u64,
    ) -> Result<Option<LogChunk>, BlobError>;
}
