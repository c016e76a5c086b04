//! What the tests of this room share: a site in a directory that goes away, and a log in memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cicd_core::digest::Digest;
use cicd_core::id::{ReleaseId, TenantId};
use cicd_core::port::{BlobError, Blobs, ByteStream, LogChunk, LogName, Stop, StoredBlob};
use tempfile::TempDir;

use super::isolation::{Confinement, Isolation, ProcessLimits};
use super::log::{Log, LogLimits};
use super::proc;
use super::runner::{Call, Ended, run};
use super::workspace::{Site, Workspace};

/// A test that takes longer than this hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Bench {
    _directory: TempDir,
    pub(crate) site: Arc<Site>,
}

/// How a command ended and what it said.
pub(crate) struct Outcome {
    pub(crate) ended: Ended,
    pub(crate) log: String,
}

/// Users that no other test has, also not one of another test process.
pub(crate) fn run_as(count: u32) -> Isolation {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    assert!(rustix::process::geteuid().is_root(), "children as another user need a test run by root");
    let first = 1_000_000 + std::process::id() * 64 + TAKEN.fetch_add(count, Ordering::Relaxed);
    Isolation::RunAs { first_uid: first, count, gid: first }
}

impl Bench {
    pub(crate) fn new(isolation: Isolation) -> Self {
        Self::limited(isolation, ProcessLimits::default())
    }

    pub(crate) fn limited(isolation: Isolation, limits: ProcessLimits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let confinement = Confinement::new(isolation, true, limits).unwrap();
        let site = Arc::new(Site::open(directory.path(), confinement).unwrap());
        Self { _directory: directory, site }
    }

    pub(crate) async fn workspace(&self, owner: &str) -> Workspace {
        self.site.workspace(owner.to_owned()).await.unwrap()
    }

    /// Runs `line` in a workspace of its own, as `change` says.
    pub(crate) async fn shell_with(&self, line: &str, change: impl FnOnce(&mut Call)) -> Outcome {
        let workspace = self.workspace("test").await;
        let mut call = call(&workspace, line);
        change(&mut call);
        let outcome = outcome(&workspace, &call, LogLimits::default()).await;
        workspace.close().await.unwrap();
        outcome
    }

    pub(crate) async fn shell(&self, line: &str) -> Outcome {
        self.shell_with(line, |_| {}).await
    }
}

pub(crate) fn call(workspace: &Workspace, line: &str) -> Call {
    Call {
        argv: ["/bin/sh", "-c", line].map(str::to_owned).to_vec(),
        directory: workspace.root().to_owned(),
        environment: BTreeMap::new(),
        timeout: PATIENCE,
        grace: Duration::from_millis(100),
    }
}

pub(crate) async fn outcome(workspace: &Workspace, call: &Call, limits: LogLimits) -> Outcome {
    let lines = Arc::new(Lines::default());
    let mut log = log(&lines, limits);
    let ended = tokio::time::timeout(2 * PATIENCE, run(workspace, call, &mut log, &Stop::never()))
        .await
        .expect("hangs")
        .unwrap();
    Outcome { ended, log: lines.text() }
}

/// The process numbers that a log consists of.
pub(crate) fn numbers(log: &str) -> Vec<i32> {
    log.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// Whether `pid` still runs; a number that was given out again counts, so ask soon.
pub(crate) fn runs(pid: i32) -> bool {
    proc::process(pid).is_some_and(|process| process.alive())
}

/// Keeps logs in memory, all in one.
#[derive(Debug, Default)]
pub(crate) struct Lines(Mutex<Vec<u8>>);

impl Lines {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// A log that goes to `lines`.
pub(crate) fn log(lines: &Arc<Lines>, limits: LogLimits) -> Log {
    let name = LogName::Release(ReleaseId::from_uuid(uuid::Uuid::nil()));
    Log::new(lines.clone(), "acme".parse().unwrap(), name, limits)
}

#[async_trait]
impl Blobs for Lines {
    async fn put_artifact(&self, _: &TenantId, _: ByteStream<'_>) -> Result<StoredBlob, BlobError> {
        unreachable!("logs alone")
    }

    async fn artifact(&self, _: &TenantId, _: Digest) -> Result<Option<ByteStream<'static>>, BlobError> {
        Ok(None)
    }

    async fn append_log(&self, _: &TenantId, _: LogName, bytes: &[u8]) -> Result<(), BlobError> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(())
    }

    async fn log(&self, _: &TenantId, _: LogName, _: u64, _: u64) -> Result<Option<LogChunk>, BlobError> {
        Ok(None)
    }
}
