//! Artifacts and logs on the local file system.
//!
//! ```text
//! <directory>/tenants/<tenant>/artifacts/<first two digits>/<sha-256>
//! <directory>/tenants/<tenant>/logs/<name>.log
//! <directory>/unfinished/            artifacts that are being written
//! ```

mod artifact;
mod log;
#[cfg(feature = "s3")]
pub mod s3;
mod sweep;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::{BlobError, Blobs, ByteStream, LogChunk, LogName, StoredBlob};

pub use sweep::Swept;

/// How much is kept of one blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobLimits {
    /// How many bytes an artifact may have.
    pub artifact_bytes: u64,
    /// How many bytes of a log are kept; what comes after them is dropped, and the log says so.
    pub log_bytes: u64,
}

impl Default for BlobLimits {
    /// Artifacts of 2 GiB, logs of 16 MiB.
    fn default() -> Self {
        Self { artifact_bytes: 2 << 30, log_bytes: 16 << 20 }
    }
}

/// [`Blobs`] in a directory that only the host's user may enter.
///
/// An artifact is written beside, synced and renamed; when it is read, its last bytes are given out only after all of them have
/// the digest that they should have. Hosts may share a directory of a file system that renames at once and appends whole.
#[derive(Clone, Debug)]
pub struct FsBlobs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: PathBuf,
    limits: BlobLimits,
    /// Appends are short and don't wait for the disk: one at a time keeps length and cap in step.
    appending: Mutex<()>,
}

impl FsBlobs {
    /// Takes `directory`, which is made when it is missing; what a crash left half-written in it a day ago is removed.
    ///
    /// # Errors
    /// When the directory can't be made or read.
    pub fn open(directory: impl Into<PathBuf>, limits: BlobLimits) -> io::Result<Self> {
        let inner = Inner { directory: directory.into(), limits, appending: Mutex::new(()) };
        make_directory(&inner.directory)?;
        make_directory(&inner.unfinished())?;
        sweep::abandoned(&inner)?;
        Ok(Self(Arc::new(inner)))
    }

    /// Runs `work`, which blocks, on a thread that may.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> io::Result<T> + Send + 'static,
    ) -> Result<T, BlobError> {
        let inner = self.0.clone();
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| unavailable(&error))
    }
}

impl Inner {
    fn unfinished(&self) -> PathBuf {
        self.directory.join("unfinished")
    }

    fn artifact(&self, tenant: &TenantId, digest: Digest) -> PathBuf {
        let hex = digest.hex();
        let shelf = hex.get(..2).unwrap_or_default();
        self.tenant(tenant).join("artifacts").join(shelf).join(&hex)
    }

    fn log(&self, tenant: &TenantId, log: LogName) -> PathBuf {
        self.tenant(tenant).join("logs").join(log_file(log))
    }

    fn tenant(&self, tenant: &TenantId) -> PathBuf {
        self.directory.join("tenants").join(tenant.as_str())
    }
}

#[async_trait]
impl Blobs for FsBlobs {
    async fn put_artifact(
        &self,
        tenant: &TenantId,
        content: ByteStream<'_>,
    ) -> Result<StoredBlob, BlobError> {
        artifact::put(self, tenant, content).await
    }

    async fn artifact(
        &self,
        tenant: &TenantId,
        digest: Digest,
    ) -> Result<Option<ByteStream<'static>>, BlobError> {
        artifact::read(&self.0.artifact(tenant, digest), digest).await
    }

    async fn append_log(&self, tenant: &TenantId, log: LogName, bytes: &[u8]) -> Result<(), BlobError> {
        let (path, bytes) = (self.0.log(tenant, log), bytes.to_vec());
        self.blocking(move |inner| log::append(inner, &path, &bytes)).await
    }

    async fn log(
        &self,
        tenant: &TenantId,
        log: LogName,
        offset: u64,
        limit: u64,
    ) -> Result<Option<LogChunk>, BlobError> {
        let path = self.0.log(tenant, log);
        self.blocking(move |_| log::read(&path, offset, limit)).await
    }
}

fn unavailable(error: &io::Error) -> BlobError {
    BlobError::Unavailable { message: error.to_string() }
}

fn log_file(log: LogName) -> String {
    match log {
        LogName::CiRun(run, attempt) => format!("ci-run-{run}-{attempt}.log"),
        LogName::Release(release) => format!("release-{release}.log"),
    }
}

/// Makes `path` and what lies above it, for the host's user alone.
fn make_directory(path: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
