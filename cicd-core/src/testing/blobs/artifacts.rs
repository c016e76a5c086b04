//! Artifacts: whole or not at all.

use std::sync::Arc;

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};

use super::{BlobFixture, acme, content};
use crate::digest::Digest;
use crate::port::BlobError;
use crate::testing::builders::tenant;

pub(super) async fn an_artifact_is_kept_under_its_digest(fixture: BlobFixture) {
    let stored = fixture.put(&acme(), &[b"he", b"", b"llo"]).await.unwrap();
    assert_eq!((stored.digest, stored.size), (Digest::of(b"hello"), 5));
    assert_eq!(fixture.get(&acme(), stored.digest).await.as_deref(), Some(&b"hello"[..]));
    let largest = vec![7; fixture.artifact_limit];
    let stored = fixture.put(&acme(), &[&largest]).await.unwrap();
    assert_eq!(fixture.get(&acme(), stored.digest).await, Some(largest));
}

pub(super) async fn an_empty_artifact_is_one_too(fixture: BlobFixture) {
    let stored = fixture.put(&acme(), &[]).await.unwrap();
    assert_eq!((stored.digest, stored.size), (Digest::of(b""), 0));
    assert_eq!(fixture.get(&acme(), stored.digest).await, Some(Vec::new()));
}

pub(super) async fn an_artifact_may_be_put_twice(fixture: BlobFixture) {
    let first = fixture.put(&acme(), &[b"hello"]).await.unwrap();
    assert_eq!(fixture.put(&acme(), &[b"hel", b"lo"]).await, Ok(first));
    assert_eq!(fixture.get(&acme(), first.digest).await.as_deref(), Some(&b"hello"[..]));
}

pub(super) async fn what_is_not_kept_is_none(fixture: BlobFixture) {
    assert_eq!(fixture.get(&acme(), Digest::of(b"hello")).await, None);
}

pub(super) async fn content_that_breaks_off_leaves_nothing(fixture: BlobFixture) {
    let broken = BlobError::Unavailable { message: "the sender went away".to_owned() };
    let pieces = vec![Ok(b"hello".to_vec()), Err(broken.clone())];
    let put = fixture.blobs.put_artifact(&acme(), stream::iter(pieces).boxed()).await;
    assert_eq!(put, Err(broken));
    assert_eq!(fixture.get(&acme(), Digest::of(b"hello")).await, None);
}

pub(super) async fn content_that_is_too_large_leaves_nothing(fixture: BlobFixture) {
    let bytes = vec![7; fixture.artifact_limit + 1];
    let limit = u64::try_from(fixture.artifact_limit).unwrap();
    let (most, rest) = bytes.split_at(fixture.artifact_limit);
    for pieces in [vec![&*bytes], vec![most, rest]] {
        assert_eq!(fixture.put(&acme(), &pieces).await, Err(BlobError::TooLarge { limit }));
    }
    assert_eq!(fixture.get(&acme(), Digest::of(&bytes)).await, None);
    assert_eq!(fixture.get(&acme(), Digest::of(most)).await, None);
}

pub(super) async fn many_may_put_the_same_artifact_at_once(fixture: BlobFixture) {
    let bytes = vec![7; fixture.artifact_limit];
    let put = |_| {
        let (blobs, bytes) = (Arc::clone(&fixture.blobs), bytes.clone());
        tokio::spawn(async move { blobs.put_artifact(&acme(), content(&[&bytes])).await })
    };
    let puts: Vec<_> = (0..8).map(put).collect();
    for stored in join_all(puts).await {
        assert_eq!(stored.unwrap().unwrap().digest, Digest::of(&bytes));
    }
    assert_eq!(fixture.get(&acme(), Digest::of(&bytes)).await, Some(bytes));
}

pub(super) async fn artifacts_of_another_tenant_are_not_there(fixture: BlobFixture) {
    let stored = fixture.put(&acme(), &[b"hello"]).await.unwrap();
    assert_eq!(fixture.get(&tenant("other"), stored.digest).await, None);
}
