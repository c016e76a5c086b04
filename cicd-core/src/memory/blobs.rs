//! Blobs in memory, with the caps that every host has.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};

use crate::digest::Digest;
use crate::id::TenantId;
use crate::port::{BlobError, Blobs, ByteStream, LogChunk, LogName, StoredBlob};

const PIECE: usize = 64 * 1024;

/// Artifacts and logs by tenant.
#[derive(Debug)]
pub struct MemoryBlobs {
    artifact_limit: u64,
    log_limit: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    artifacts: BTreeMap<(TenantId, Digest), Vec<u8>>,
    logs: BTreeMap<(TenantId, String), Log>,
}

#[derive(Debug, Default)]
struct Log {
    bytes: Vec<u8>,
    cut: bool,
}

impl MemoryBlobs {
    /// No blobs yet; artifacts of at most `artifact_limit` bytes, logs of at most `log_limit`.
    #[must_use]
    pub fn with_limits(artifact_limit: u64, log_limit: usize) -> Self {
        Self { artifact_limit, log_limit, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryBlobs {
    /// Artifacts of at most 64 MiB, logs of at most 4 MiB.
    fn default() -> Self {
        Self::with_limits(64 << 20, 4 << 20)
    }
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn put_artifact(
        &self,
        tenant: &TenantId,
        mut content: ByteStream<'_>,
    ) -> Result<StoredBlob, BlobError> {
        let mut bytes = Vec::new();
        let mut size = 0_u64;
        while let Some(piece) = content.next().await {
            let piece = piece?;
            size = size.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if size > self.artifact_limit {
                return Err(BlobError::TooLarge { limit: self.artifact_limit });
            }
            bytes.extend_from_slice(&piece);
        }
        let digest = Digest::of(&bytes);
        self.kept().artifacts.insert((tenant.clone(), digest), bytes);
        Ok(StoredBlob { digest, size })
    }

    async fn artifact(
        &self,
        tenant: &TenantId,
        digest: Digest,
    ) -> Result<Option<ByteStream<'static>>, BlobError> {
        let kept = self.kept();
        let Some(bytes) = kept.artifacts.get(&(tenant.clone(), digest)) else { return Ok(None) };
        let pieces: Vec<_> = bytes.chunks(PIECE).map(|piece| Ok(piece.to_vec())).collect();
        Ok(Some(stream::iter(pieces).boxed()))
    }

    async fn append_log(&self, tenant: &TenantId, log: LogName, bytes: &[u8]) -> Result<(), BlobError> {
        let mut kept = self.kept();
        let log = kept.logs.entry((tenant.clone(), log.to_string())).or_default();
        if log.cut {
            return Ok(());
        }
        let fitting = bytes.len().min(self.log_limit.saturating_sub(log.bytes.len()));
        log.bytes.extend(bytes.iter().take(fitting));
        if fitting < bytes.len() {
            log.cut = true;
            let note = format!("\n[the log is cut here: it has {} bytes or more]\n", self.log_limit);
            log.bytes.extend_from_slice(note.as_bytes());
        }
        Ok(())
    }

    async fn log(
        &self,
        tenant: &TenantId,
        log: LogName,
        offset: u64,
        limit: u64,
    ) -> Result<Option<LogChunk>, BlobError> {
        let kept = self.kept();
        let Some(log) = kept.logs.get(&(tenant.clone(), log.to_string())) else { return Ok(None) };
        let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let bytes: Vec<u8> = log.bytes.iter().skip(skipped).take(limit).copied().collect();
        let next_offset = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(Some(LogChunk { bytes, next_offset }))
    }
}
