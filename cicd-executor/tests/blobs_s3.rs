//! The blobs in S3 hold the contract of blobs, and what only a server can break.

#![cfg(feature = "s3")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use cicd_core::digest::Digest;
use cicd_core::id::{ReleaseId, TenantId};
use cicd_core::port::{BlobError, Blobs as _, ByteStream, LogName};
use cicd_core::testing::blobs::BlobFixture;
use cicd_executor::blobs::s3::{S3Blobs, S3Error, S3Options};
use cicd_executor::blobs::{BlobLimits, Swept};
use cicd_tests::s3::{KEY, SECRET, Server};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

const LIMITS: BlobLimits = BlobLimits { artifact_bytes: 200_000, log_bytes: 4_000 };
const LARGE: BlobLimits = BlobLimits { artifact_bytes: 64 << 20, log_bytes: 4 << 20 };

fn options(server: &Server) -> S3Options {
    S3Options::default().endpoint(server.endpoint()).region("us-east-1").access_key(KEY, SECRET)
}

async fn open(server: &Server, limits: BlobLimits) -> S3Blobs {
    let address = "s3://blobs/of/tests".parse().unwrap();
    S3Blobs::open(address, &options(server), limits).await.unwrap()
}

fn server() -> Server {
    let server = Server::start();
    server.bucket("blobs");
    server
}

async fn fixture() -> BlobFixture {
    let server = server();
    let blobs = open(&server, LIMITS).await;
    BlobFixture::new(blobs, 200_000, 4_000).keeping(server)
}

mod contract {
    use super::fixture;

    cicd_core::blobs_conformance!(fixture);
}

fn acme() -> TenantId {
    "acme".parse().unwrap()
}

fn log() -> LogName {
    LogName::Release(ReleaseId::from_uuid(uuid::Uuid::nil()))
}

fn content(pieces: Vec<Vec<u8>>) -> ByteStream<'static> {
    stream::iter(pieces.into_iter().map(Ok)).boxed()
}

/// The objects of the bucket, as files.
fn objects(server: &Server) -> Vec<PathBuf> {
    fn below(directory: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
    }
    below(&server.files("blobs/of/tests"))
}

fn count(server: &Server, part: &str) -> usize {
    objects(server).iter().filter(|path| path.to_str().unwrap().contains(part)).count()
}

async fn read(blobs: &S3Blobs, digest: Digest) -> Result<Option<Vec<u8>>, BlobError> {
    match blobs.artifact(&acme(), digest).await? {
        Some(stream) => Ok(Some(stream.try_concat().await?)),
        None => Ok(None),
    }
}

#[tokio::test]
async fn a_large_artifact_goes_by_parts_and_leaves_nothing_beside() {
    let server = server();
    let blobs = open(&server, LARGE).await;
    let bytes: Vec<u8> = (0..11_u32 << 20).map(|at| (at % 251) as u8).collect();
    let pieces = bytes.chunks(1_000_003).map(<[u8]>::to_vec).collect();
    let stored = blobs.put_artifact(&acme(), content(pieces)).await.unwrap();
    assert_eq!((stored.digest, stored.size), (Digest::of(&bytes), bytes.len() as u64));
    assert!(read(&blobs, stored.digest).await.unwrap() == Some(bytes));
    assert_eq!((count(&server, "/artifacts/"), count(&server, "/unfinished/")), (1, 0));
}

#[tokio::test]
async fn a_changed_byte_is_noticed_before_the_end_is_given_out() {
    let server = server();
    let blobs = open(&server, LARGE).await;
    for size in [5_usize, 6 << 20] {
        let mut bytes = vec![7; size];
        let stored = blobs.put_artifact(&acme(), content(vec![bytes.clone()])).await.unwrap();
        let file = objects(&server).into_iter().find(|path| path.ends_with(stored.digest.hex())).unwrap();
        bytes[0] = 8;
        std::fs::write(file, &bytes).unwrap();
        let chunks: Vec<_> = blobs.artifact(&acme(), stored.digest).await.unwrap().unwrap().collect().await;
        let (last, before) = chunks.split_last().unwrap();
        assert_eq!(last, &Err(BlobError::Corrupt { digest: stored.digest }));
        assert!(before.iter().map(|chunk| chunk.as_ref().unwrap().len()).sum::<usize>() < size);
    }
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_of_an_upload_shows_nothing_of_it() {
    let mut server = server();
    let blobs = open(&server, LARGE).await;
    let bytes = vec![7; 12 << 20];
    let (first, rest) = bytes.split_at(11 << 20);
    let rest = Ok(rest.to_vec());
    let dying = {
        let server = &mut server;
        stream::once(async move {
            server.stop_at_once();
            rest
        })
    };
    let content = stream::iter([Ok(first.to_vec())]).chain(dying).boxed();
    let put =
        tokio::time::timeout(Duration::from_secs(60), blobs.put_artifact(&acme(), content)).await.unwrap();
    assert!(matches!(put, Err(BlobError::Unavailable { .. })), "{put:?}");
    server.start_again();
    assert_eq!(read(&blobs, Digest::of(&bytes)).await, Ok(None));
    assert_eq!((count(&server, "/artifacts/"), count(&server, "/unfinished/")), (0, 0));
    let stored = blobs.put_artifact(&acme(), self::content(vec![bytes.clone()])).await.unwrap();
    assert!(read(&blobs, stored.digest).await.unwrap() == Some(bytes));
}

#[tokio::test]
async fn a_server_that_is_down_is_unavailable_and_no_secret_is_told() {
    let mut server = server();
    let blobs = open(&server, LIMITS).await;
    blobs.append_log(&acme(), log(), b"before ").await.unwrap();
    server.stop_at_once();
    let put = blobs.put_artifact(&acme(), content(vec![b"x".to_vec()])).await.map(|_| ());
    let found = blobs.artifact(&acme(), Digest::of(b"x")).await.map(|_| ());
    let appended = blobs.append_log(&acme(), log(), b"lost").await;
    let tail = blobs.log(&acme(), log(), 0, 10).await.map(|_| ());
    for outcome in [put, found, appended, tail] {
        let Err(BlobError::Unavailable { message }) = outcome else { panic!("{outcome:?}") };
        assert!(message.contains("the server can't be used: ") && !message.contains(SECRET), "{message}");
    }
    let reopened = S3Blobs::open("s3://blobs".parse().unwrap(), &options(&server), LIMITS).await.unwrap_err();
    assert!(matches!(&reopened, S3Error::Unusable { address, .. } if address == "s3://blobs"), "{reopened}");
    server.start_again();
    blobs.append_log(&acme(), log(), b"after").await.unwrap();
    assert_eq!(blobs.log(&acme(), log(), 0, 100).await.unwrap().unwrap().bytes, b"before after");
    for told in [format!("{blobs:?}"), format!("{:?}", options(&server))] {
        assert!(!told.contains(SECRET) && !told.contains(KEY), "{told}");
    }
}

#[tokio::test]
async fn a_server_or_a_key_that_will_not_do_is_refused_at_once() {
    let (server, careless) = (server(), Server::without_conditions());
    careless.bucket("blobs");
    let refused = |address: &'static str, options: S3Options| async move {
        S3Blobs::open(address.parse().unwrap(), &options, LIMITS).await.unwrap_err()
    };
    assert_eq!(refused("s3://blobs", options(&careless)).await, S3Error::Unconditional);
    let wrong = refused("s3://blobs", options(&server).access_key(KEY, "wrong-secret")).await.to_string();
    assert!(wrong.starts_with("`s3://blobs`: the server refuses the credentials: "), "{wrong}");
    assert!(!wrong.contains("wrong-secret") && !wrong.contains(KEY), "{wrong}");
    let nowhere = refused("s3://nowhere", options(&server)).await.to_string();
    assert!(nowhere.contains("NoSuchBucket"), "{nowhere}");
    for endpoint in ["http://key:secret@127.0.0.1:1", "127.0.0.1:1"] {
        assert_eq!(refused("s3://blobs", options(&server).endpoint(endpoint)).await, S3Error::Endpoint);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_of_two_hosts_overwrite_nothing_and_a_log_has_few_pieces() {
    let server = server();
    let hosts = [open(&server, LARGE).await, open(&server, LARGE).await];
    let writers = hosts.iter().zip([b'a', b'b']).map(|(blobs, letter)| {
        let blobs = blobs.clone();
        tokio::spawn(async move {
            for _ in 0..20 {
                blobs.append_log(&acme(), log(), &[letter; 32 << 10]).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let text = hosts[0].log(&acme(), log(), 0, 1 << 20).await.unwrap().unwrap();
    let rest = hosts[1].log(&acme(), log(), text.next_offset, 1 << 20).await.unwrap().unwrap();
    let text = [text.bytes, rest.bytes].concat();
    assert_eq!(text.len(), 2 * 20 * (32 << 10));
    for letter in [b'a', b'b'] {
        assert_eq!(text.iter().filter(|byte| **byte == letter).count(), 20 * (32 << 10));
    }
    assert_eq!(count(&server, "/logs/"), 5);
}

#[tokio::test]
async fn a_sweep_takes_what_is_old_and_not_needed() {
    let server = server();
    let blobs = open(&server, LARGE).await;
    let mut digests = Vec::new();
    for bytes in [&b"old"[..], b"old but needed", b"old but put again", b"new"] {
        digests.push(blobs.put_artifact(&acme(), content(vec![bytes.to_vec()])).await.unwrap().digest);
    }
    let growing = LogName::Release(ReleaseId::from_uuid(uuid::Uuid::from_u128(1)));
    blobs.append_log(&acme(), log(), &[b'x'; 600 << 10]).await.unwrap();
    for log in [log(), growing] {
        blobs.append_log(&acme(), log, &[b'x'; 300 << 10]).await.unwrap();
    }
    let long_ago = SystemTime::now() - Duration::from_secs(1000);
    for path in objects(&server).iter().filter(|path| !path.ends_with(digests[3].hex())) {
        File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    }
    blobs.put_artifact(&acme(), content(vec![b"old but put again".to_vec()])).await.unwrap();
    blobs.append_log(&acme(), growing, b"and on").await.unwrap();
    let needed = digests[1];
    let swept = blobs.sweep(Duration::from_secs(500), move |_, digest| digest == needed).await.unwrap();
    assert_eq!(swept, Swept { artifacts: 1, logs: 1 });
    assert_eq!(read(&blobs, digests[0]).await.unwrap(), None);
    for kept in &digests[1..] {
        assert!(read(&blobs, *kept).await.unwrap().is_some());
    }
    assert_eq!(blobs.log(&acme(), log(), 0, 1).await.unwrap(), None);
    assert_eq!(blobs.log(&acme(), growing, 300 << 10, 100).await.unwrap().unwrap().bytes, b"and on");
}
