//! The blobs on the file system hold the contract of blobs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use cicd_core::testing::blobs::BlobFixture;
use cicd_executor::blobs::{BlobLimits, FsBlobs};

async fn fixture() -> BlobFixture {
    let directory = tempfile::tempdir().unwrap();
    let limits = BlobLimits { artifact_bytes: 200_000, log_bytes: 4_000 };
    let blobs = FsBlobs::open(directory.path(), limits).unwrap();
    BlobFixture::new(blobs, 200_000, 4_000).keeping(directory)
}

cicd_core::blobs_conformance!(fixture);
