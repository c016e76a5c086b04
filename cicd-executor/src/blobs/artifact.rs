//! Artifacts: written whole, verified when read.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::{BlobError, ByteStream, StoredBlob};
use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{FsBlobs, make_directory, unavailable};

const CHUNK: usize = 64 << 10;

/// A file that is removed unless it has become an artifact.
struct Unfinished {
    path: PathBuf,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It is gone when it was renamed, and swept at the next start when this fails.
        let _ = std::fs::remove_file(&self.path);
    }
}

pub(super) async fn put(
    blobs: &FsBlobs,
    tenant: &TenantId,
    content: ByteStream<'_>,
) -> Result<StoredBlob, BlobError> {
    let unfinished = Unfinished { path: blobs.0.unfinished().join(unused_name()) };
    let stored = write(&unfinished.path, content, blobs.0.limits.artifact_bytes).await?;
    let path = blobs.0.artifact(tenant, stored.digest);
    blobs.blocking(move |_| keep(&unfinished.path, &path)).await?;
    Ok(stored)
}

/// A name that no other process draws either: hosts may share the directory.
pub(super) fn unused_name() -> String {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}-{}", *PROCESS, WRITTEN.fetch_add(1, Ordering::Relaxed))
}

async fn write(path: &Path, mut content: ByteStream<'_>, limit: u64) -> Result<StoredBlob, BlobError> {
    let mut file = File::create_new(path).await.map_err(|error| unavailable(&error))?;
    let (mut hasher, mut size) = (Sha256::new(), 0_u64);
    while let Some(chunk) = content.next().await {
        let chunk = chunk?;
        size = size.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if size > limit {
            return Err(BlobError::TooLarge { limit });
        }
        hasher.update(&chunk);
        file.write_all(&chunk).await.map_err(|error| unavailable(&error))?;
    }
    file.flush().await.map_err(|error| unavailable(&error))?;
    file.sync_all().await.map_err(|error| unavailable(&error))?;
    Ok(StoredBlob { digest: Digest::from_bytes(hasher.finalize().into()), size })
}

/// Renames a synced file to its place and makes the new name survive a crash.
fn keep(from: &Path, to: &Path) -> io::Result<()> {
    let shelf = to.parent().unwrap_or(to);
    make_directory(shelf)?;
    std::fs::rename(from, to)?;
    // The shelf itself may be new: its name lies in the directories above, up to the tenant's.
    shelf.ancestors().take(5).try_for_each(|directory| std::fs::File::open(directory)?.sync_all())
}

pub(super) async fn read(path: &Path, digest: Digest) -> Result<Option<ByteStream<'static>>, BlobError> {
    let file = match File::open(path).await {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unavailable(&error)),
    };
    let reading = Reading { file, hasher: Sha256::new(), held: None, digest };
    let chunks = stream::try_unfold(Some(reading), |reading| async move {
        match reading {
            Some(reading) => reading.next().await,
            None => Ok(None),
        }
    });
    Ok(Some(Box::pin(chunks)))
}

/// Reads one chunk ahead: the last one is given out only when the digest of all of them is right.
struct Reading {
    file: File,
    hasher: Sha256,
    held: Option<Vec<u8>>,
    digest: Digest,
}

type Next = Option<(Vec<u8>, Option<Reading>)>;

impl Reading {
    async fn next(mut self) -> Result<Next, BlobError> {
        loop {
            let mut chunk = vec![0; CHUNK];
            let length = self.file.read(&mut chunk).await.map_err(|error| unavailable(&error))?;
            chunk.truncate(length);
            self.hasher.update(&chunk);
            if length == 0 {
                return self.last();
            }
            if let Some(ready) = self.held.replace(chunk) {
                return Ok(Some((ready, Some(self))));
            }
        }
    }

    fn last(self) -> Result<Next, BlobError> {
        if Digest::from_bytes(self.hasher.finalize().into()) == self.digest {
            Ok(self.held.map(|chunk| (chunk, None)))
        } else {
            Err(BlobError::Corrupt { digest: self.digest })
        }
    }
}
