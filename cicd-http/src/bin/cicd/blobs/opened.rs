//! Blobs that were opened.

use std::sync::Arc;
use std::time::Duration;

use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::{BlobError, Blobs};
#[cfg(feature = "s3")]
use cicd_executor::blobs::s3::S3Blobs;
use cicd_executor::blobs::{FsBlobs, Swept};

/// Artifacts and logs in a directory or in a bucket.
#[derive(Clone, Debug)]
pub(crate) enum OpenedBlobs {
    Directory(FsBlobs),
    #[cfg(feature = "s3")]
    S3(S3Blobs),
}

impl OpenedBlobs {
    pub(crate) fn blobs(&self) -> Arc<dyn Blobs> {
        match self {
            Self::Directory(blobs) => Arc::new(blobs.clone()),
            #[cfg(feature = "s3")]
            Self::S3(blobs) => Arc::new(blobs.clone()),
        }
    }

    /// Removes what was last written more than `age` ago and is not needed.
    pub(crate) async fn sweep(
        &self,
        age: Duration,
        is_needed: impl Fn(&TenantId, Digest) -> bool + Send + Sync + 'static,
    ) -> Result<Swept, BlobError> {
        match self {
            Self::Directory(blobs) => blobs.sweep(age, is_needed).await,
            #[cfg(feature = "s3")]
            Self::S3(blobs) => blobs.sweep(age, is_needed).await,
        }
    }
}
