//! On a real file system.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use cicd_core::id::{CiRunId, ReleaseId};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tempfile::TempDir;

use super::*;

const LIMITS: BlobLimits = BlobLimits { artifact_bytes: 1 << 20, log_bytes: 100 };

fn open() -> (TempDir, FsBlobs) {
    let directory = tempfile::tempdir().unwrap();
    let blobs = FsBlobs::open(directory.path().join("blobs"), LIMITS).unwrap();
    (directory, blobs)
}

fn tenant(name: &str) -> TenantId {
    name.parse().unwrap()
}

fn content(chunks: &[&[u8]]) -> ByteStream<'static> {
    stream::iter(chunks.iter().map(|chunk| Ok(chunk.to_vec())).collect::<Vec<_>>()).boxed()
}

async fn read(blobs: &FsBlobs, tenant: &TenantId, digest: Digest) -> Result<Option<Vec<u8>>, BlobError> {
    match blobs.artifact(tenant, digest).await? {
        Some(stream) => Ok(Some(stream.try_concat().await?)),
        None => Ok(None),
    }
}

#[tokio::test]
async fn an_artifact_is_kept_by_its_digest_and_for_its_tenant() {
    let (_directory, blobs) = open();
    let big = vec![7; 200_000];
    for bytes in [b"".as_slice(), b"hello", &big] {
        let stored = blobs.put_artifact(&tenant("acme"), content(&[bytes, b""])).await.unwrap();
        assert_eq!((stored.digest, stored.size), (Digest::of(bytes), bytes.len() as u64));
        assert_eq!(read(&blobs, &tenant("acme"), stored.digest).await.unwrap().unwrap(), bytes);
        assert_eq!(read(&blobs, &tenant("other"), stored.digest).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_is_too_large_or_breaks_off_leaves_nothing() {
    let (_directory, blobs) = open();
    let half = vec![0; 600_000];
    let refused = blobs.put_artifact(&tenant("acme"), content(&[&half, &half])).await;
    assert_eq!(refused, Err(BlobError::TooLarge { limit: 1 << 20 }));
    let broken = BlobError::Unavailable { message: "cut".into() };
    let breaking = stream::iter([Ok(b"abc".to_vec()), Err(broken.clone())]).boxed();
    assert_eq!(blobs.put_artifact(&tenant("acme"), breaking).await, Err(broken));
    assert_eq!(read(&blobs, &tenant("acme"), Digest::of(b"abc")).await.unwrap(), None);
    assert_eq!(fs::read_dir(blobs.0.unfinished()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_changed_byte_is_noticed_before_the_end_is_given_out() {
    let (_directory, blobs) = open();
    let bytes = vec![7; 150_000];
    let stored = blobs.put_artifact(&tenant("acme"), content(&[&bytes])).await.unwrap();
    let mut changed = bytes.clone();
    changed[149_999] = 8;
    fs::write(blobs.0.artifact(&tenant("acme"), stored.digest), changed).unwrap();
    let mut stream = blobs.artifact(&tenant("acme"), stored.digest).await.unwrap().unwrap();
    let mut given = 0;
    let error = loop {
        match stream.next().await.expect("an error") {
            Ok(chunk) => given += chunk.len(),
            Err(error) => break error,
        }
    };
    assert_eq!(error, BlobError::Corrupt { digest: stored.digest });
    assert!(given < bytes.len());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_log_is_read_while_it_grows() {
    let (_directory, blobs) = open();
    let (acme, log) = (tenant("acme"), LogName::CiRun(CiRunId::from_uuid(uuid::Uuid::nil()), 1));
    assert_eq!(blobs.log(&acme, log, 0, 10).await.unwrap(), None);
    blobs.append_log(&acme, log, b"one ").await.unwrap();
    let first = blobs.log(&acme, log, 0, 10).await.unwrap().unwrap();
    assert_eq!((first.bytes.as_slice(), first.next_offset), (b"one ".as_slice(), 4));
    blobs.append_log(&acme, log, b"two").await.unwrap();
    let second = blobs.log(&acme, log, first.next_offset, 2).await.unwrap().unwrap();
    assert_eq!((second.bytes.as_slice(), second.next_offset), (b"tw".as_slice(), 6));
    assert_eq!(
        blobs.log(&acme, log, 7, 2).await.unwrap().unwrap(),
        LogChunk { bytes: vec![], next_offset: 7 }
    );
    assert_eq!(blobs.log(&tenant("other"), log, 0, 10).await.unwrap(), None);
}

#[tokio::test]
async fn a_log_is_cut_once() {
    let (_directory, blobs) = open();
    let (acme, log) = (tenant("acme"), LogName::Release(ReleaseId::from_uuid(uuid::Uuid::nil())));
    for _ in 0..20 {
        blobs.append_log(&acme, log, b"sixteen bytes.. ").await.unwrap();
    }
    let text = blobs.log(&acme, log, 0, 1000).await.unwrap().unwrap().bytes;
    let text = String::from_utf8(text).unwrap();
    assert!(text.starts_with(&"sixteen bytes.. ".repeat(6)), "{text}");
    assert!(text.ends_with("sixt\n[cicd] the log is cut: more than 100 bytes\n"), "{text}");
}

#[tokio::test]
async fn what_a_crash_left_half_written_goes_once_nobody_can_be_writing_it() {
    let (_directory, blobs) = open();
    let (old, young) = (blobs.0.unfinished().join("old"), blobs.0.unfinished().join("young"));
    for file in [&old, &young] {
        fs::write(file, b"half").unwrap();
    }
    let two_days_ago = SystemTime::now() - Duration::from_secs(2 * 24 * 60 * 60);
    File::options().write(true).open(&old).unwrap().set_modified(two_days_ago).unwrap();
    FsBlobs::open(blobs.0.directory.clone(), LIMITS).unwrap();
    assert!(!old.exists() && young.exists());
}

#[tokio::test]
async fn a_host_that_opens_a_shared_directory_leaves_what_another_is_writing() {
    let (_directory, one) = open();
    let other = FsBlobs::open(one.0.directory.clone(), LIMITS);
    let opened = {
        let directory = one.0.directory.clone();
        stream::once(async move {
            FsBlobs::open(directory, LIMITS).unwrap();
            Ok(b"the rest".to_vec())
        })
    };
    let writing = stream::iter([Ok(b"a part, ".to_vec())]).chain(opened).boxed();
    let stored = one.put_artifact(&tenant("acme"), writing).await.unwrap();
    let seen = read(&other.unwrap(), &tenant("acme"), stored.digest).await.unwrap();
    assert_eq!(seen.unwrap(), b"a part, the rest");
}

#[tokio::test]
async fn a_sweep_takes_what_is_old_and_not_needed() {
    let (_directory, blobs) = open();
    let acme = tenant("acme");
    let log = LogName::Release(ReleaseId::from_uuid(uuid::Uuid::nil()));
    blobs.append_log(&acme, log, b"old").await.unwrap();
    let mut digests = Vec::new();
    for bytes in [b"old".as_slice(), b"old but needed", b"new"] {
        digests.push(blobs.put_artifact(&acme, content(&[bytes])).await.unwrap().digest);
    }
    let long_ago = SystemTime::now() - Duration::from_secs(1000);
    let old =
        [blobs.0.artifact(&acme, digests[0]), blobs.0.artifact(&acme, digests[1]), blobs.0.log(&acme, log)];
    for path in old {
        File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    }
    let needed = digests[1];
    let swept = blobs.sweep(Duration::from_secs(500), move |_, digest| digest == needed).await.unwrap();
    assert_eq!(swept, Swept { artifacts: 1, logs: 1 });
    assert_eq!(read(&blobs, &acme, digests[0]).await.unwrap(), None);
    assert!(read(&blobs, &acme, digests[1]).await.unwrap().is_some());
    assert!(read(&blobs, &acme, digests[2]).await.unwrap().is_some());
}
