//! Pages of lists, while the lists change.

use super::Fixture;
use super::dump::{pages, whole_list};
use super::world::World;
use crate::page::Limit;
use crate::port::{ListQuery, Record, ReleaseFilter, StoreError};
use crate::release::ledger::LedgerEntry;
use crate::testing::builders::{delete, put, service};

fn releases() -> ListQuery {
    ListQuery::Releases(ReleaseFilter::default())
}

fn ids(rows: &[Record]) -> Vec<String> {
    rows.iter().map(|row| row.key().id).collect()
}

pub(super) async fn the_pages_are_the_list(fixture: Fixture) {
    let mut world = World::of(fixture).await;
    for number in 0..6 {
        let release = world.create(number).await;
        world.put(LedgerEntry::of(&release)).await;
        world.put(service(&format!("blog-{number}"))).await;
        world.site.config = world.put(world.site.config.clone()).await;
    }
    let deployment = world.site.deployment.id.clone();
    let queries = [
        (releases(), 6),
        (
            ListQuery::Releases(ReleaseFilter {
                status: Some("approved".to_owned()),
                ..ReleaseFilter::default()
            }),
            6,
        ),
        (ListQuery::Ledger { deployment }, 6),
        (ListQuery::Services, 7),
        (ListQuery::Freezes, 0),
    ];
    let store = world.store();
    for (query, length) in queries {
        let whole = whole_list(&*store, &world.tenant, &query).await;
        assert_eq!(whole.len(), length, "{query:?}");
        for limit in 1..=8 {
            let pages = pages(&*store, &world.tenant, &query, limit).await;
            assert_eq!(pages.concat(), whole, "{query:?} in pages of {limit}");
            let size = usize::try_from(limit).unwrap();
            assert_eq!(
                pages.len(),
                length.div_ceil(size).max(1),
                "no page is empty, none too many: {query:?}"
            );
        }
    }
}

pub(super) async fn new_rows_move_no_page(fixture: Fixture) {
    let world = World::of(fixture).await;
    for number in [10, 20, 30, 40] {
        world.create(number).await;
        world.put(service(&format!("blog-{number}"))).await;
    }
    let store = world.store();
    let limit = Limit::new(2).unwrap();
    let first = store.list(&world.tenant, &releases(), None, limit).await.unwrap();
    let services = store.list(&world.tenant, &ListQuery::Services, None, limit).await.unwrap();
    assert_eq!(ids(&services.items), ["blog-10", "blog-20"]);
    // A newer release, a service before and a service after the page.
    world.create(15).await;
    world.put(service("aaa")).await;
    world.put(service("blog-25")).await;
    let second = store.list(&world.tenant, &releases(), first.next.as_deref(), limit).await.unwrap();
    let both = [ids(&first.items), ids(&second.items)].concat();
    let numbers = [40, 30, 20, 10].map(|number| crate::testing::builders::uuid(number).to_string());
    assert_eq!(both, numbers);
    assert_eq!(second.next, None);
    let rest =
        store.list(&world.tenant, &ListQuery::Services, services.next.as_deref(), limit).await.unwrap();
    assert_eq!(ids(&rest.items), ["blog-25", "blog-30"]);
}

pub(super) async fn a_page_outlives_the_row_that_it_ended_with(fixture: Fixture) {
    let world = World::of(fixture).await;
    for name in ["a", "b", "c"] {
        world.commit(put(&world.tenant, crate::testing::builders::grant(name, "viewer"))).await;
    }
    let store = world.store();
    let limit = Limit::new(2).unwrap();
    let first = store.list(&world.tenant, &ListQuery::Grants, None, limit).await.unwrap();
    let last = first.items.last().unwrap();
    world.commit(delete(&world.tenant, last.key(), last.row_version())).await;
    let second = store.list(&world.tenant, &ListQuery::Grants, first.next.as_deref(), limit).await.unwrap();
    assert_eq!(second.items.len(), 1);
    assert!(ids(&second.items)[0].starts_with("c|"), "{second:?}");
}

pub(super) async fn only_what_a_page_gave_begins_a_page(fixture: Fixture) {
    let world = World::of(fixture).await;
    world.create(1).await;
    let store = world.store();
    for text in ["", "nonsense", "'; drop table", "-1~", "99999999999999999999999~x"] {
        let answer = store.list(&world.tenant, &releases(), Some(text), Limit::default()).await;
        assert!(matches!(answer, Err(StoreError::Invalid { .. })), "`{text}` gave {answer:?}");
    }
}
