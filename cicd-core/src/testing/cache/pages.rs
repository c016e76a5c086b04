//! Pages never change.

use std::sync::Arc;

use super::{CacheFixture, key, page};
use crate::authz::Object;
use crate::port::{CachedPage, PageKey};
use crate::service::Tier;
use crate::testing::builders::tenant;

pub(super) async fn a_page_is_found_under_its_key(fixture: CacheFixture) {
    assert_eq!(fixture.cache.page(&key(&[3, 4])).await, None);
    let object = Object {
        deployment: Some("shop-live".parse().unwrap()),
        environment: Some("live".parse().unwrap()),
        tier: Some(Tier::Production),
        ..page("").object.clone()
    };
    let kept = Arc::new(CachedPage { object, ..(*page("{\"items\":[]}")).clone() });
    fixture.cache.keep(&key(&[3, 4]), &kept).await;
    assert_eq!(fixture.cache.page(&key(&[3, 4])).await, Some(kept), "with all that rights are asked for");
}

pub(super) async fn other_heads_are_another_page(fixture: CacheFixture) {
    fixture.cache.keep(&key(&[3, 4]), &page("a")).await;
    for heads in [&[4, 3][..], &[3, 5], &[34], &[3], &[3, 4, 0], &[]] {
        assert_eq!(fixture.cache.page(&key(heads)).await, None, "{heads:?}");
    }
}

pub(super) async fn another_question_is_another_page(fixture: CacheFixture) {
    fixture.cache.keep(&key(&[3]), &page("a")).await;
    for question in ["timeline of `shop` ", "timeline of `till`", "", "timeline of `shop`:3"] {
        let other = PageKey { question: question.to_owned(), ..key(&[3]) };
        assert_eq!(fixture.cache.page(&other).await, None, "{question}");
    }
}

pub(super) async fn pages_of_another_tenant_are_not_there(fixture: CacheFixture) {
    fixture.cache.keep(&key(&[3]), &page("a")).await;
    let other = PageKey { tenant: tenant("other"), ..key(&[3]) };
    assert_eq!(fixture.cache.page(&other).await, None);
    fixture.cache.keep(&other, &page("b")).await;
    assert_eq!(fixture.cache.page(&key(&[3])).await, Some(page("a")));
    assert_eq!(fixture.cache.page(&other).await, Some(page("b")));
}

pub(super) async fn what_is_kept_stays_as_it_is(fixture: CacheFixture) {
    fixture.cache.keep(&key(&[3]), &page("a")).await;
    fixture.cache.keep(&key(&[3]), &page("b")).await;
    assert_eq!(fixture.cache.page(&key(&[3])).await, Some(page("a")));
}

pub(super) async fn a_page_may_hold_any_bytes(fixture: CacheFixture) {
    let body: Arc<[u8]> = (0..=u8::MAX).chain([b'\n', 0, b'\r', b'\n']).collect();
    let kept = Arc::new(CachedPage { object: Object::tenant(), body });
    fixture.cache.keep(&key(&[1]), &kept).await;
    assert_eq!(fixture.cache.page(&key(&[1])).await, Some(kept));
    fixture.cache.keep(&key(&[2]), &page("")).await;
    assert_eq!(fixture.cache.page(&key(&[2])).await, Some(page("")), "none at all, too");
}

pub(super) async fn a_page_may_be_large(fixture: CacheFixture) {
    let body = "x".repeat(200 * 1024);
    fixture.cache.keep(&key(&[3]), &page(&body)).await;
    assert_eq!(fixture.cache.page(&key(&[3])).await, Some(page(&body)));
}
