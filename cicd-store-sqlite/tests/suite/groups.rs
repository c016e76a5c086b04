//! Changes that wait share a commit, and none of them pays for another.

use std::time::Duration;

use cicd_core::audit::Chain;
use cicd_core::port::{Store as _, StoreError};
use cicd_core::testing::builders::{put, service};
use cicd_core::trail::verify_tenant;
use cicd_store_sqlite::{SqliteOptions, SqliteStore};

use crate::database::{Database, acme, commit, create, register, release, start};

/// Keeps the writer waiting, so that what comes meanwhile is one group.
async fn hold(database: &Database) -> sqlx::sqlite::SqliteConnection {
    let mut connection = database.connect().await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_change_hurts_no_other() {
    let database = Database::migrated().await;
    let store = database.open().await;
    let site = register(&store, "shop").await;
    let (first, second) = (create(&store, &site, 1).await, create(&store, &site, 2).await);
    let mut outside = hold(&database).await;
    let changes = [
        put(&acme(), service("before")),
        start(&first),
        // Refused by the constraint after its event was written: only the savepoint takes that back.
        start(&second),
        put(&acme(), service("after")),
        put(&acme(), service("before")),
    ];
    let mut answers = Vec::new();
    for change in changes {
        let store = store.clone();
        let mut answer = Box::pin(async move { store.commit(change).await });
        // Once polled it is in the queue, in this order.
        assert!(futures_poll(&mut answer).await.is_none(), "nobody is answered before the commit");
        answers.push(answer);
    }
    sqlx::raw_sql("COMMIT").execute(&mut outside).await.unwrap();
    let mut results = Vec::new();
    for answer in answers {
        results.push(answer.await);
    }
    assert!(results[0].is_ok() && results[1].is_ok() && results[3].is_ok(), "{results:?}");
    assert_eq!(results[2], Err(StoreError::Occupied { release: first.id() }));
    assert!(matches!(results[4], Err(StoreError::Stale { .. })), "{:?}", results[4]);
    assert_eq!(release(&store, 2).await, second);
    let head = store.head(&acme(), Chain::Ledger).await.unwrap();
    assert_eq!(head.seq, 5 + 3, "what was refused left no event");
    assert_eq!(verify_tenant(&store, &acme()).await.unwrap()[0].error, None);
    assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
    store.close().await;
}

/// Polls once.
async fn futures_poll<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Option<T> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

/// Lets every commit of a service fail in its last step: a constraint that SQLite checks no earlier.
const TOO_LATE: &str = "
CREATE TABLE other (id INTEGER PRIMARY KEY);
CREATE TABLE late (other INTEGER REFERENCES other (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TRIGGER too_late AFTER INSERT ON cicd_service BEGIN INSERT INTO late VALUES (1); END";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_answered_before_the_commit() {
    let database = Database::migrated().await;
    let store = database.open().await;
    database.by_hand(TOO_LATE).await.unwrap();
    let refused = store.commit(put(&acme(), service("a"))).await;
    assert!(refused.is_err(), "answered before the commit failed: {refused:?}");
    assert_eq!(store.head(&acme(), Chain::Ledger).await.unwrap().seq, 0);
    database.by_hand("DROP TRIGGER too_late").await.unwrap();
    assert_eq!(commit(&store, put(&acme(), service("a"))).await.seq, 1);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_file_is_unavailable_until_it_is_free() {
    let database = Database::migrated().await;
    let options = SqliteOptions { busy_timeout: Duration::from_millis(20), ..SqliteOptions::default() };
    let store = SqliteStore::open(database.path(), options).await.unwrap();
    let mut outside = hold(&database).await;
    let refused = store.commit(put(&acme(), service("a"))).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert_eq!(store.head(&acme(), Chain::Ledger).await.unwrap().seq, 0, "readers go on");
    sqlx::raw_sql("ROLLBACK").execute(&mut outside).await.unwrap();
    assert_eq!(commit(&store, put(&acme(), service("a"))).await.seq, 1);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_file_is_unavailable_and_changes_nothing() {
    let database = Database::migrated().await;
    let store = database.open().await;
    commit(&store, put(&acme(), service("a"))).await;
    store.close().await;
    // A file that can't grow: the same as a full disk, as SQLite sees it.
    let options = SqliteOptions { most_pages: Some(60), ..SqliteOptions::default() };
    let store = SqliteStore::open(database.path(), options).await.unwrap();
    let mut stored = 1;
    let refused = loop {
        let mut row = service(&format!("s-{stored}"));
        row.description = "x".repeat(2000);
        match store.commit(put(&acme(), row)).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(&refused, StoreError::Unavailable { message } if message.contains("full")), "{refused}");
    assert!(stored > 1, "there was room for some");
    assert_eq!(store.head(&acme(), Chain::Ledger).await.unwrap().seq, stored);
    assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
    store.close().await;
    let store = database.open().await;
    commit(&store, put(&acme(), service("z"))).await;
    store.close().await;
}
