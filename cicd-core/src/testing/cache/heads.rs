//! Heads only grow.

use futures_util::future::join_all;

use super::{CacheFixture, acme, shop};
use crate::port::{HeadOf, Heads};
use crate::testing::builders::tenant;

pub(super) async fn an_empty_cache_knows_nothing(fixture: CacheFixture) {
    assert_eq!(fixture.known().await, None);
    assert!(fixture.cache.heads(&acme(), &[]).await.seqs.is_empty());
}

pub(super) async fn what_was_learned_is_known(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.learn(7, &seen).await;
    assert_eq!(fixture.known().await, Some(7));
}

pub(super) async fn heads_come_in_the_order_that_was_asked_for(fixture: CacheFixture) {
    let all = [HeadOf::Tenant, HeadOf::Shared, HeadOf::Governance, shop()];
    for (head, seq) in all.iter().zip(1..) {
        let seen = fixture.cache.heads(&acme(), std::slice::from_ref(head)).await;
        fixture.cache.learn(&acme(), std::slice::from_ref(head), seq, seen.looked_at).await;
    }
    let backwards: Vec<_> = all.iter().rev().cloned().collect();
    assert_eq!(fixture.cache.heads(&acme(), &backwards).await.seqs, [Some(4), Some(3), Some(2), Some(1)]);
    let other = HeadOf::Service("till".parse().unwrap());
    let mixed = fixture.cache.heads(&acme(), &[other, shop()]).await;
    assert_eq!(mixed.seqs, [None, Some(4)], "one that is not known hides none that is");
}

pub(super) async fn a_head_never_goes_back(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.learn(7, &seen).await;
    fixture.learn(6, &seen).await;
    assert_eq!(fixture.known().await, Some(7), "who saw less teaches nothing");
    fixture.raise(9).await;
    fixture.raise(8).await;
    assert_eq!(fixture.known().await, Some(9), "of two commits that come out of order the later one holds");
    fixture.learn(8, &seen).await;
    assert_eq!(fixture.known().await, Some(9));
}

pub(super) async fn a_commit_lifts_a_head_that_is_known(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.learn(7, &seen).await;
    fixture.raise(8).await;
    assert_eq!(fixture.known().await, Some(8));
}

pub(super) async fn a_commit_teaches_nothing(fixture: CacheFixture) {
    fixture.raise(8).await;
    assert_eq!(fixture.known().await, None, "another commit may be higher, and late");
}

pub(super) async fn who_looked_before_a_commit_teaches_nothing_older(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.raise(8).await;
    fixture.learn(7, &seen).await;
    assert_eq!(fixture.known().await, None, "the commit fell between the look and the lesson");
    fixture.learn(8, &seen).await;
    assert_eq!(fixture.known().await, Some(8), "who saw the commit may tell");
}

pub(super) async fn many_commits_at_once_leave_the_highest(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.learn(1, &seen).await;
    let commits = (2..=64).map(|seq| {
        let fixture = fixture.clone();
        tokio::spawn(async move { fixture.raise(seq).await })
    });
    join_all(commits).await.into_iter().for_each(|commit| commit.unwrap());
    assert_eq!(fixture.known().await, Some(64));
}

pub(super) async fn sequences_are_kept_whole(fixture: CacheFixture) {
    let seen = fixture.look().await;
    let seq = 1 << 52;
    fixture.learn(seq - 1, &seen).await;
    assert_eq!(fixture.known().await, Some(seq - 1));
    fixture.raise(seq).await;
    assert_eq!(fixture.known().await, Some(seq));
}

pub(super) async fn heads_of_another_tenant_are_not_there(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.learn(7, &seen).await;
    let other = fixture.cache.heads(&tenant("other"), &[shop()]).await;
    assert_eq!(other.seqs, [None]);
    fixture.cache.raise(&tenant("other"), &[shop()], 9).await;
    assert_eq!(fixture.known().await, Some(7));
}

pub(super) async fn a_look_that_told_nothing_teaches_nothing(fixture: CacheFixture) {
    fixture.learn(7, &Heads::unknown(1)).await;
    assert_eq!(fixture.known().await, None);
}
