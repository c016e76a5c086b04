//! The blobs in memory hold the contract of blobs.
#![cfg(feature = "testing")]

use cicd_core::memory::MemoryBlobs;
use cicd_core::testing::blobs::BlobFixture;

async fn fixture() -> BlobFixture {
    BlobFixture::new(MemoryBlobs::with_limits(200_000, 4_000), 200_000, 4_000)
}

cicd_core::blobs_conformance!(fixture);
