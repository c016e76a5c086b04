//! What the database refuses by itself, whoever asks.

use cicd_core::audit::Chain;
use cicd_core::port::{Store as _, StoreError};
use cicd_core::testing::builders::{put, service, tenant};
use cicd_store_postgres::{OpenError, PostgresStore};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;

use crate::database::{migrated, open};

/// Three events of one tenant, and a connection that is not the store's.
async fn lived_in() -> (PostgresStore, PgPool, cicd_tests::postgres::Database) {
    let database = migrated().await;
    let store = open(&database).await;
    for name in ["a", "b", "c"] {
        store.commit(put(&tenant("acme"), service(name))).await.unwrap();
    }
    let pool = database.pool().await;
    (store, pool, database)
}

async fn refused(pool: &PgPool, sql: &str) -> String {
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await;
    done.expect_err(sql).to_string()
}

#[tokio::test]
async fn audit_tables_only_grow() {
    let (store, pool, _database) = lived_in().await;
    for sql in [
        "UPDATE cicd_audit_event SET bytes = '{\"kind\":\"x\"}' WHERE seq = 2",
        "DELETE FROM cicd_audit_event WHERE seq = 3",
        "TRUNCATE cicd_audit_event",
        "DELETE FROM cicd_chain_head",
        "TRUNCATE cicd_chain_head",
    ] {
        let refused = refused(&pool, sql).await;
        assert!(refused.contains("is append-only"), "{sql}: {refused}");
    }
    for sql in [
        "UPDATE cicd_chain_head SET seq = seq + 1",
        "UPDATE cicd_chain_head SET seq = 1",
        "UPDATE cicd_chain_head SET hash = decode(repeat('11', 32), 'hex')",
        "UPDATE cicd_chain_head SET governance_epoch = governance_epoch - 1",
        "UPDATE cicd_chain_head SET tenant = 'other'",
    ] {
        let refused = refused(&pool, sql).await;
        assert!(refused.contains("only moves on") || refused.contains("violates"), "{sql}: {refused}");
    }
    assert_eq!(store.head(&tenant("acme"), Chain::Ledger).await.unwrap().seq, 3);
    assert_eq!(store.verify_chains(&tenant("acme")).await.unwrap()[0].error, None);
}

#[tokio::test]
async fn an_event_is_accepted_only_as_the_next_one() {
    let (_store, pool, _database) = lived_in().await;
    let insert = |seq: &str, at: &str, previous: &str| {
        format!(
            "INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash)
             SELECT tenant, chain, {seq}, {at}, '{{\"kind\":\"x\"}}', {previous}, hash FROM cicd_chain_head"
        )
    };
    for (seq, at, previous) in [
        ("seq + 2", "at", "hash"),
        ("seq + 1", "at - 1", "hash"),
        ("seq + 1", "at", "decode(repeat('11', 32), 'hex')"),
    ] {
        let refused = refused(&pool, &insert(seq, at, previous)).await;
        assert!(refused.contains("follows the head"), "{seq} {at} {previous}: {refused}");
    }
    let begun = "INSERT INTO cicd_chain_head (tenant, chain, seq, hash, at)
                 VALUES ('other', 'ledger', 7, decode(repeat('11', 32), 'hex'), 0)";
    assert!(refused(&pool, begun).await.contains("a chain begins empty"));
}

#[tokio::test]
async fn an_epoch_never_goes_back() {
    let (_store, pool, _database) = lived_in().await;
    let sql = "INSERT INTO cicd_work (tenant, kind, id, epoch) VALUES ('acme', 'release', 'x', 2)";
    sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    assert!(refused(&pool, "UPDATE cicd_work SET epoch = 1").await.contains("never goes back"));
}

#[tokio::test]
async fn a_chain_that_was_altered_past_the_triggers_is_not_opened() {
    let (store, pool, database) = lived_in().await;
    store.close().await;
    let alter = "SET session_replication_role = replica;
                 UPDATE cicd_audit_event SET bytes = replace(bytes, 'ann', 'eve') WHERE seq = 2";
    sqlx::raw_sql(alter).execute(&pool).await.unwrap();
    let opened = PostgresStore::with_pool(database.pool().await).await;
    let broken = opened.expect_err("the chain is broken");
    assert!(matches!(&broken, OpenError::Chain { chain: Chain::Ledger, .. }), "{broken:?}");
}

#[tokio::test]
async fn a_commit_does_not_run_in_a_snapshot_of_before() {
    let (_store, pool, database) = lived_in().await;
    pool.close().await;
    let url = format!("{}&options=-c default_transaction_isolation=serializable", database.url());
    let pool = sqlx::PgPool::connect(&url.replace(' ', "%20").replace("on=ser", "on%3Dser")).await.unwrap();
    let store = PostgresStore::with_pool(pool).await.unwrap();
    let refused = store.commit(put(&tenant("acme"), service("d"))).await;
    assert!(
        matches!(&refused, Err(StoreError::Unavailable { message }) if message.contains("read committed")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_store_opens_while_others_commit() {
    let (store, pool, _database) = lived_in().await;
    let committing = tokio::spawn(async move {
        for number in 0.. {
            store.commit(put(&tenant("acme"), service(&format!("s{number}")))).await.unwrap();
        }
    });
    for _ in 0..100 {
        PostgresStore::with_pool(pool.clone()).await.unwrap();
    }
    assert!(!committing.is_finished(), "it commits all the while");
    committing.abort();
}

#[tokio::test]
async fn hosts_agree_on_what_was_proposed_first() {
    let (store, pool, _database) = lived_in().await;
    let other = PostgresStore::with_pool(pool).await.unwrap();
    assert_eq!(store.agreed("blobs").await.unwrap(), None);
    let (one, two) = tokio::join!(store.propose("blobs", "one"), other.propose("blobs", "two"));
    let agreed = one.unwrap();
    assert_eq!(two.unwrap(), agreed);
    assert_eq!(other.propose("blobs", "three").await.unwrap(), agreed);
    assert_eq!(store.agreed("blobs").await.unwrap(), Some(agreed));
}
