//! A head's life is counted from the look of the reader that taught it.

use super::CacheFixture;

pub(super) async fn a_head_is_forgotten_after_its_life(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.learn(7, &seen).await;
    fixture.pass(101).await;
    assert_eq!(fixture.known().await, None);
    let seen = fixture.look().await;
    fixture.learn(6, &seen).await;
    assert_eq!(fixture.known().await, Some(6), "nothing is left of the one before");
}

pub(super) async fn a_life_is_counted_from_the_look(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.pass(60).await;
    fixture.learn(7, &seen).await;
    fixture.pass(60).await;
    assert_eq!(fixture.known().await, None, "what it says may be older than a life");
    fixture.learn(8, &seen).await;
    assert_eq!(fixture.known().await, None, "who looked too long ago teaches nothing");
}

pub(super) async fn a_commit_prolongs_no_life(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.learn(7, &seen).await;
    fixture.pass(60).await;
    fixture.raise(8).await;
    fixture.pass(60).await;
    assert_eq!(fixture.known().await, None, "nobody has looked since, and another commit may have been lost");
}

pub(super) async fn a_second_look_prolongs_a_life(fixture: CacheFixture) {
    let first = fixture.look().await;
    fixture.learn(7, &first).await;
    fixture.pass(60).await;
    let second = fixture.look().await;
    fixture.learn(7, &second).await;
    fixture.learn(7, &first).await;
    fixture.pass(60).await;
    assert_eq!(fixture.known().await, Some(7), "who looked earlier and tells later shortens nothing");
}

pub(super) async fn a_commit_that_comes_late_revives_nothing(fixture: CacheFixture) {
    let seen = fixture.look().await;
    fixture.learn(9, &seen).await;
    fixture.pass(101).await;
    fixture.raise(8).await;
    assert_eq!(fixture.known().await, None, "its host was paused between the commit and the news of it");
}
