//! The database refuses to change what is recorded, whoever asks.

use cicd_core::audit::Chain;
use cicd_core::port::Store as _;
use cicd_core::testing::builders::{put, service};

use crate::database::{Database, acme, commit};

/// A database with three events.
async fn recorded() -> Database {
    let database = Database::migrated().await;
    let store = database.open().await;
    for name in ["a", "b", "c"] {
        commit(&store, put(&acme(), service(name))).await;
    }
    store.close().await;
    database
}

/// An INSERT (or REPLACE) of an event with these columns.
fn event(verb: &str, seq: &str, previous: &str) -> String {
    format!(
        "{verb} INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash)
         SELECT 'acme', 'ledger', {seq}, 253402300799999999, '{{\"kind\":\"x\"}}', {previous}, randomblob(32)
         FROM cicd_chain_head WHERE tenant = 'acme' AND chain = 'ledger'"
    )
}

/// Asserts that `sql` is refused with `why`, with and without the pragma that lets REPLACE fire triggers.
async fn refused(database: &Database, sql: &str, why: &str) {
    for pragma in ["PRAGMA recursive_triggers = ON;", "PRAGMA recursive_triggers = OFF;"] {
        let error = database.by_hand(&format!("{pragma}{sql}")).await.expect_err(sql).to_string();
        assert!(error.contains(why), "{sql}: {error}");
    }
}

#[tokio::test]
async fn events_are_never_changed_or_removed() {
    let database = recorded().await;
    refused(&database, "UPDATE cicd_audit_event SET at = at WHERE seq = 2", "never changed").await;
    refused(&database, "UPDATE cicd_audit_event SET bytes = '{}'", "never changed").await;
    refused(&database, "DELETE FROM cicd_audit_event WHERE seq = 3", "never removed").await;
    refused(&database, "DELETE FROM cicd_audit_event", "never removed").await;
    let store = database.open().await;
    assert_eq!(store.head(&acme(), Chain::Ledger).await.unwrap().seq, 3);
    store.close().await;
}

#[tokio::test]
async fn only_the_next_event_is_accepted() {
    let database = recorded().await;
    let follows = "an audit event follows the head of its chain";
    refused(&database, &event("INSERT", "seq + 2", "hash"), follows).await;
    refused(&database, &event("INSERT", "seq", "hash"), follows).await;
    refused(&database, &event("INSERT", "seq + 1", "zeroblob(32)"), follows).await;
    refused(&database, &event("REPLACE", "seq", "hash"), follows).await;
    refused(&database, &event("REPLACE", "1", "zeroblob(32)"), follows).await;
    refused(&database, &event("INSERT", "seq + 1", "hash").replace("253402300799999999", "0"), follows).await;
    // What is accepted is the next one: without the others' cause this would be refused too.
    database.by_hand(&event("INSERT", "seq + 1", "hash")).await.unwrap();
    refused(&database, &event("INSERT", "seq", "previous"), "").await;
}

#[tokio::test]
async fn the_head_only_moves_on_with_an_event() {
    let database = recorded().await;
    let only = "the head of a chain only moves on to its next event";
    for set in [
        "seq = seq + 1",
        "seq = seq - 1",
        "seq = 1",
        "hash = randomblob(32)",
        "at = at + 1",
        "tenant = 'globex'",
        "chain = 'security'",
        "governance_epoch = governance_epoch - 1",
        "seq = 2, hash = (SELECT hash FROM cicd_audit_event WHERE seq = 2), at = (SELECT at FROM cicd_audit_event WHERE seq = 2)",
    ] {
        database.by_hand(&format!("UPDATE cicd_chain_head SET {set}")).await.expect_err(set);
    }
    refused(&database, "UPDATE cicd_chain_head SET seq = seq + 1", only).await;
    refused(&database, "DELETE FROM cicd_chain_head", "never removed").await;
    let begins = "a chain begins with its first event";
    let insert = "INTO cicd_chain_head (tenant, chain, seq, hash, at) VALUES";
    refused(&database, &format!("INSERT {insert} ('globex', 'ledger', 1, randomblob(32), 1)"), begins).await;
    refused(&database, &format!("REPLACE {insert} ('acme', 'ledger', 9, randomblob(32), 1)"), begins).await;
}

#[tokio::test]
async fn states_and_slots_are_constraints() {
    use crate::database::{create, register, start};
    let database = Database::migrated().await;
    let store = database.open().await;
    let site = register(&store, "shop").await;
    let (first, _second) = (create(&store, &site, 1).await, create(&store, &site, 2).await);
    commit(&store, start(&first)).await;
    store.close().await;
    let second = "WHERE id <> (SELECT id FROM cicd_release WHERE status = 'executing')";
    let executing = "UPDATE cicd_release SET body = json_set(body, '$.state.status', 'executing')";
    let error = database.by_hand(&format!("{executing} {second}")).await.unwrap_err().to_string();
    assert!(error.contains("UNIQUE constraint failed"), "{error}");
    let unknown = "UPDATE cicd_release SET body = json_set(body, '$.state.status', 'paused')";
    let error = database.by_hand(unknown).await.unwrap_err().to_string();
    assert!(error.contains("CHECK constraint failed"), "{error}");
    database.by_hand("UPDATE cicd_release SET body = '{'").await.expect_err("no JSON");
    database.by_hand("UPDATE cicd_work SET epoch = 7").await.unwrap();
    let error = database.by_hand("UPDATE cicd_work SET epoch = 6").await.unwrap_err().to_string();
    assert!(error.contains("never goes back"), "{error}");
}
