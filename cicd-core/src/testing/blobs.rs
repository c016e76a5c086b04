//! The contract of [`Blobs`], one case for each of its sentences.

mod artifacts;
mod logs;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::digest::Digest;
use crate::id::TenantId;
use crate::port::{BlobError, Blobs, ByteStream};
use crate::testing::builders::tenant;

type Case = fn(BlobFixture) -> BoxFuture<'static, ()>;

/// Blobs under test: empty, with limits that a test can reach.
pub struct BlobFixture {
    blobs: Arc<dyn Blobs>,
    artifact_limit: usize,
    log_limit: usize,
    _kept: Option<Box<dyn Any + Send + Sync>>,
}

impl BlobFixture {
    /// `blobs`, which keep artifacts of at most `artifact_limit` bytes and logs of at most `log_limit`, both from 1 000 on.
    ///
    /// # Panics
    /// When a limit is smaller.
    #[must_use]
    pub fn new(blobs: impl Blobs, artifact_limit: usize, log_limit: usize) -> Self {
        assert!(artifact_limit >= 1_000 && log_limit >= 1_000, "the limits leave room for the cases");
        Self { blobs: Arc::new(blobs), artifact_limit, log_limit, _kept: None }
    }

    /// The same, with something that lives as long as the case, such as a directory that is removed after it.
    #[must_use]
    pub fn keeping(self, kept: impl Send + Sync + 'static) -> Self {
        Self { _kept: Some(Box::new(kept)), ..self }
    }

    async fn put(&self, tenant: &TenantId, pieces: &[&[u8]]) -> Result<crate::port::StoredBlob, BlobError> {
        self.blobs.put_artifact(tenant, content(pieces)).await
    }

    async fn get(&self, tenant: &TenantId, digest: Digest) -> Option<Vec<u8>> {
        let found = self.blobs.artifact(tenant, digest).await.expect("the artifact is read");
        let pieces: Vec<Vec<u8>> = found?.try_collect().await.expect("the bytes are read");
        Some(pieces.concat())
    }
}

impl fmt::Debug for BlobFixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobFixture").field("artifact_limit", &self.artifact_limit).finish_non_exhaustive()
    }
}

fn content(pieces: &[&[u8]]) -> ByteStream<'static> {
    let pieces: Vec<_> = pieces.iter().map(|piece| Ok(piece.to_vec())).collect();
    stream::iter(pieces).boxed()
}

fn acme() -> TenantId {
    tenant("acme")
}

/// Lists every case once: the table that [`run_case`] reads, and the tests that `blobs_conformance!` writes.
macro_rules! cases {
    ($d:tt $($room:ident { $($case:ident)+ })+) => {
        const CASES: &[(&str, Case)] = &[$($((stringify!($case), |fixture| Box::pin($room::$case(fixture))),)+)+];

        /// Writes one test for each case of the contract of blobs. The factory is a function or closure without arguments
        /// whose future gives a [`BlobFixture`](crate::testing::blobs::BlobFixture); the crate needs `tokio` with the features
        /// `macros` and `rt-multi-thread`.
        #[macro_export]
        macro_rules! blobs_conformance {
            ($d factory:expr) => {
                $($(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $case() {
                        $d crate::testing::blobs::run_case(stringify!($case), ($d factory)().await).await;
                    }
                )+)+
            };
        }
    };
}

cases! { $
    artifacts {
        an_artifact_is_kept_under_its_digest
        an_empty_artifact_is_one_too
        an_artifact_may_be_put_twice
        what_is_not_kept_is_none
        content_that_breaks_off_leaves_nothing
        content_that_is_too_large_leaves_nothing
        many_may_put_the_same_artifact_at_once
        artifacts_of_another_tenant_are_not_there
    }
    logs {
        a_log_grows_and_is_read_from_any_offset
        a_log_that_nobody_began_is_none
        logs_are_apart
        a_log_is_cut_once_and_says_so
        many_may_append_at_once
    }
}

/// Runs the case `name`.
///
/// # Panics
/// When the blobs break the contract, or there is no such case.
pub async fn run_case(name: &str, fixture: BlobFixture) {
    let case = CASES.iter().find(|(case, _)| *case == name).map(|(_, run)| run);
    case.unwrap_or_else(|| panic!("`{name}` is no case"))(fixture).await;
}
