//! Logs: they grow, and are cut at a cap.

use std::sync::Arc;

use futures_util::future::join_all;

use super::{BlobFixture, acme};
use crate::id::TenantId;
use crate::port::{LogChunk, LogName};
use crate::testing::builders::{release_id, run_id, tenant};

const LOG: fn() -> LogName = || LogName::Release(release_id(1));

impl BlobFixture {
    async fn append(&self, tenant: &TenantId, log: LogName, bytes: &[u8]) {
        self.blobs.append_log(tenant, log, bytes).await.expect("the log takes it");
    }

    async fn log(&self, tenant: &TenantId, log: LogName, offset: u64, limit: u64) -> Option<LogChunk> {
        self.blobs.log(tenant, log, offset, limit).await.expect("the log is read")
    }

    /// The whole log, read piece by piece.
    async fn whole_log(&self, log: LogName) -> Vec<u8> {
        let (mut bytes, mut offset) = (Vec::new(), 0);
        loop {
            let chunk = self.log(&acme(), log, offset, 700).await.expect("there is such a log");
            if chunk.bytes.is_empty() {
                return bytes;
            }
            offset = chunk.next_offset;
            bytes.extend(chunk.bytes);
        }
    }
}

pub(super) async fn a_log_grows_and_is_read_from_any_offset(fixture: BlobFixture) {
    let chunk = |bytes: &[u8], next_offset| Some(LogChunk { bytes: bytes.to_vec(), next_offset });
    fixture.append(&acme(), LOG(), b"one\n").await;
    assert_eq!(fixture.log(&acme(), LOG(), 0, 100).await, chunk(b"one\n", 4));
    assert_eq!(fixture.log(&acme(), LOG(), 4, 100).await, chunk(b"", 4));
    fixture.append(&acme(), LOG(), b"two\n").await;
    assert_eq!(fixture.log(&acme(), LOG(), 4, 100).await, chunk(b"two\n", 8));
    assert_eq!(fixture.log(&acme(), LOG(), 2, 3).await, chunk(b"e\nt", 5));
    fixture.append(&acme(), LOG(), b"").await;
    assert_eq!(fixture.log(&acme(), LOG(), 0, 100).await, chunk(b"one\ntwo\n", 8));
}

pub(super) async fn a_log_that_nobody_began_is_none(fixture: BlobFixture) {
    assert_eq!(fixture.log(&acme(), LOG(), 0, 100).await, None);
}

pub(super) async fn logs_are_apart(fixture: BlobFixture) {
    let run = run_id(1);
    let names = [LOG(), LogName::CiRun(run, 1), LogName::CiRun(run, 2), LogName::CiRun(run_id(2), 1)];
    for (name, text) in names.into_iter().zip(["a", "b", "c", "d"]) {
        fixture.append(&acme(), name, text.as_bytes()).await;
    }
    fixture.append(&tenant("other"), LOG(), b"theirs").await;
    for (name, text) in names.into_iter().zip(["a", "b", "c", "d"]) {
        assert_eq!(fixture.whole_log(name).await, text.as_bytes());
    }
    assert_eq!(fixture.log(&tenant("other"), LogName::CiRun(run, 1), 0, 100).await, None);
}

pub(super) async fn a_log_is_cut_once_and_says_so(fixture: BlobFixture) {
    let line = [b'x'; 100];
    let lines = fixture.log_limit / line.len() + 3;
    for _ in 0..lines {
        fixture.append(&acme(), LOG(), &line).await;
    }
    let log = fixture.whole_log(LOG()).await;
    let (kept, note) = log.split_at(fixture.log_limit);
    assert!(kept.iter().all(|byte| *byte == b'x'), "the log is kept up to its cap");
    assert!(!note.is_empty() && note.len() < 500, "then it says that it is cut: {note:?}");
    assert!(!note.contains(&b'x'), "nothing comes after that: {note:?}");
    fixture.append(&acme(), LOG(), &line).await;
    assert_eq!(fixture.whole_log(LOG()).await, log, "it says so once");
}

pub(super) async fn many_may_append_at_once(fixture: BlobFixture) {
    let append = |number: u8| {
        let blobs = Arc::clone(&fixture.blobs);
        tokio::spawn(async move {
            for _ in 0..5 {
                blobs.append_log(&acme(), LOG(), &[b'a' + number; 20]).await.expect("the log takes it");
            }
        })
    };
    let appends: Vec<_> = (0..8).map(append).collect();
    join_all(appends).await.into_iter().for_each(|append| append.expect("the task ends"));
    let log = fixture.whole_log(LOG()).await;
    assert_eq!(log.len(), 8 * 5 * 20);
    for piece in log.chunks(20) {
        assert!(piece.iter().all(|byte| *byte == piece[0]), "what is appended stays together: {piece:?}");
    }
}
