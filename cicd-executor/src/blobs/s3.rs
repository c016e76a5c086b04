//! Artifacts and logs in S3-compatible storage.
//!
//! ```text
//! <prefix>/tenants/<tenant>/artifacts/<first two digits>/<sha-256>
//! <prefix>/tenants/<tenant>/logs/<name>.log/<offset of its first byte, 12 digits>
//! <prefix>/unfinished/               large artifacts that are being written
//! <prefix>/conditional-writes        what the server is tried with
//! ```

mod address;
mod artifact;
mod connect;
mod failure;
mod http;
mod log;
mod sweep;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::{BlobError, Blobs, ByteStream, LogChunk, LogName, StoredBlob};
use object_store::ObjectStore;
use object_store::path::Path;

use super::{BlobLimits, log_file};

pub use address::{S3Address, S3AddressError};
pub use connect::{S3Error, S3Options};

/// [`Blobs`] in a bucket of Amazon S3 or of a server that speaks its protocol, below a prefix. Any number of hosts may share it.
///
/// - An artifact is uploaded by parts beside its place and copied there by the server when it is complete: none is ever held in memory, and
///   none is seen before it is whole. When it is read, its last bytes are given out only after all of them have the digest that they
///   should have. Putting it again writes it again, so that its age begins anew.
/// - A log is a row of pieces. Each is named by the offset of its first byte, and what is appended extends the last one until that has
///   256 KiB. Each write names the piece as its writer saw it (`If-None-Match`, `If-Match`): of two writers the second looks again, so that
///   nothing is overwritten. An answer that is lost on its way may make the appended bytes appear twice.
#[derive(Clone)]
pub struct S3Blobs(Arc<Inner>);

struct Inner {
    address: S3Address,
    root: Path,
    limits: BlobLimits,
    store: Arc<dyn ObjectStore>,
}

impl S3Blobs {
    /// Takes the bucket and prefix that `address` names. The bucket must exist; that its server keeps the conditions of a write is tried once.
    ///
    /// # Errors
    /// When the options don't make sense together, the server is not reached, refuses the credentials, or ignores conditions.
    pub async fn open(address: S3Address, options: &S3Options, limits: BlobLimits) -> Result<Self, S3Error> {
        let store = connect::connect(&address, options)?;
        let root = Path::from(address.prefix());
        connect::try_conditions(&address, &*store, &root.clone().join("conditional-writes")).await?;
        Ok(Self(Arc::new(Inner { address, root, limits, store })))
    }

    /// Where they are.
    #[must_use]
    pub fn address(&self) -> &S3Address {
        &self.0.address
    }
}

impl fmt::Debug for S3Blobs {
    /// Without the client, which holds credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Blobs").field("address", &self.0.address).finish_non_exhaustive()
    }
}

impl Inner {
    fn unfinished(&self) -> Path {
        self.root.clone().join("unfinished")
    }

    fn tenants(&self) -> Path {
        self.root.clone().join("tenants")
    }

    fn artifacts(&self, tenant: &TenantId) -> Path {
        self.tenants().join(tenant.as_str()).join("artifacts")
    }

    fn artifact(&self, tenant: &TenantId, digest: Digest) -> Path {
        let hex = digest.hex();
        self.artifacts(tenant).join(hex.get(..2).unwrap_or_default()).join(hex.as_str())
    }

    fn logs(&self, tenant: &TenantId) -> Path {
        self.tenants().join(tenant.as_str()).join("logs")
    }

    fn log(&self, tenant: &TenantId, log: LogName) -> Path {
        self.logs(tenant).join(log_file(log))
    }
}

#[async_trait]
impl Blobs for S3Blobs {
    async fn put_artifact(
        &self,
        tenant: &TenantId,
        content: ByteStream<'_>,
    ) -> Result<StoredBlob, BlobError> {
        artifact::put(&self.0, tenant, content).await
    }

    async fn artifact(
        &self,
        tenant: &TenantId,
        digest: Digest,
    ) -> Result<Option<ByteStream<'static>>, BlobError> {
        artifact::read(&self.0, tenant, digest).await
    }

    async fn append_log(&self, tenant: &TenantId, log: LogName, bytes: &[u8]) -> Result<(), BlobError> {
        log::append(&self.0, &self.0.log(tenant, log), bytes).await
    }

    async fn log(
        &self,
        tenant: &TenantId,
        log: LogName,
        offset: u64,
        limit: u64,
    ) -> Result<Option<LogChunk>, BlobError> {
        log::read(&self.0, &self.0.log(tenant, log), offset, limit).await
    }
}
