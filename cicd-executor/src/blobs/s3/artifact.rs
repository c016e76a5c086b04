//! Artifacts: uploaded by parts, seen when they are whole, verified when read.

use std::sync::Arc;

use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::{BlobError, ByteStream, StoredBlob};
use futures_util::{StreamExt as _, stream};
use object_store::path::Path;
use object_store::{Error, MultipartUpload, ObjectStore, ObjectStoreExt as _};
use sha2::{Digest as _, Sha256};

use super::super::artifact::unused_name;
use super::Inner;
use super::failure::unavailable;

/// The bytes of a part, the fewest that S3 takes, and of what is read at once. An artifact that has fewer is written in one request.
const PART: usize = 5 << 20;

/// An upload that is given up unless it was completed.
struct Upload(Option<Box<dyn MultipartUpload>>);

impl Upload {
    async fn part(&mut self, bytes: Vec<u8>) -> Result<(), BlobError> {
        match &mut self.0 {
            Some(upload) => upload.put_part(bytes.into()).await.map_err(|error| unavailable(&error)),
            None => Ok(()),
        }
    }

    async fn complete(mut self) -> Result<(), BlobError> {
        if let Some(upload) = &mut self.0 {
            upload.complete().await.map_err(|error| unavailable(&error))?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(mut upload), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            // Where this fails, the bucket's own rule for incomplete uploads removes the parts.
            runtime.spawn(async move { upload.abort().await });
        }
    }
}

pub(super) async fn put(
    blobs: &Inner,
    tenant: &TenantId,
    content: ByteStream<'_>,
) -> Result<StoredBlob, BlobError> {
    let mut incoming = Incoming::new(content, blobs.limits.artifact_bytes);
    let first = incoming.part().await?;
    if first.len() < PART {
        let stored = incoming.stored();
        let place = blobs.artifact(tenant, stored.digest);
        let put = blobs.store.put(&place, first.into()).await;
        return put.map(|_| stored).map_err(|error| unavailable(&error));
    }
    let beside = blobs.unfinished().join(unused_name());
    let upload = blobs.store.put_multipart(&beside).await.map_err(|error| unavailable(&error))?;
    let mut upload = Upload(Some(upload));
    let mut part = first;
    while !part.is_empty() {
        upload.part(part).await?;
        part = incoming.part().await?;
    }
    upload.complete().await?;
    let stored = incoming.stored();
    let copied = blobs.store.copy(&beside, &blobs.artifact(tenant, stored.digest)).await;
    if let Err(error) = blobs.store.delete(&beside).await {
        tracing::debug!(%error, "an upload is left to the sweep");
    }
    copied.map(|()| stored).map_err(|error| unavailable(&error))
}

/// Content on its way, by parts of one size.
struct Incoming<'a> {
    content: ByteStream<'a>,
    hasher: Sha256,
    size: u64,
    limit: u64,
    waiting: Vec<u8>,
}

impl<'a> Incoming<'a> {
    fn new(content: ByteStream<'a>, limit: u64) -> Self {
        Self { content, hasher: Sha256::new(), size: 0, limit, waiting: Vec::new() }
    }

    /// The next part: whole ones, then a smaller one, then empty ones.
    async fn part(&mut self) -> Result<Vec<u8>, BlobError> {
        while self.waiting.len() < PART {
            let Some(chunk) = self.content.next().await else { break };
            let chunk = chunk?;
            self.size = self.size.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            if self.size > self.limit {
                return Err(BlobError::TooLarge { limit: self.limit });
            }
            self.hasher.update(&chunk);
            self.waiting.extend_from_slice(&chunk);
        }
        let rest = self.waiting.split_off(self.waiting.len().min(PART));
        Ok(std::mem::replace(&mut self.waiting, rest))
    }

    /// What it is, once all of it came.
    fn stored(self) -> StoredBlob {
        StoredBlob { digest: Digest::from_bytes(self.hasher.finalize().into()), size: self.size }
    }
}

pub(super) async fn read(
    blobs: &Inner,
    tenant: &TenantId,
    digest: Digest,
) -> Result<Option<ByteStream<'static>>, BlobError> {
    let place = blobs.artifact(tenant, digest);
    let size = match blobs.store.head(&place).await {
        Ok(object) => object.size,
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(unavailable(&error)),
    };
    let reading =
        Reading { store: Arc::clone(&blobs.store), place, digest, size, offset: 0, hasher: Sha256::new() };
    let chunks = stream::try_unfold(Some(reading), |reading| async move {
        match reading {
            Some(reading) => reading.next().await,
            None => Ok(None),
        }
    });
    Ok(Some(Box::pin(chunks)))
}

/// Reads chunk by chunk; the last one is given out only when the digest of all of them is right.
struct Reading {
    store: Arc<dyn ObjectStore>,
    place: Path,
    digest: Digest,
    size: u64,
    offset: u64,
    hasher: Sha256,
}

type Next = Option<(Vec<u8>, Option<Reading>)>;

impl Reading {
    async fn next(mut self) -> Result<Next, BlobError> {
        let end = self.size.min(self.offset.saturating_add(u64::try_from(PART).unwrap_or(u64::MAX)));
        // A range must hold a byte.
        let chunk = if self.offset < end {
            let chunk = self.store.get_range(&self.place, self.offset..end).await;
            chunk.map_err(|error| unavailable(&error))?.to_vec()
        } else {
            Vec::new()
        };
        self.hasher.update(&chunk);
        self.offset = end;
        if self.offset < self.size {
            return Ok(Some((chunk, Some(self))));
        }
        if Digest::from_bytes(self.hasher.finalize().into()) == self.digest {
            Ok((!chunk.is_empty()).then_some((chunk, None)))
        } else {
            Err(BlobError::Corrupt { digest: self.digest })
        }
    }
}
