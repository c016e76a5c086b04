//! The oracle is silent on a sound database and names what is broken.

use cicd_core::port::{Record, Write};
use cicd_core::release::event::ReleaseEvent;
use cicd_core::release::ledger::LedgerEntry;
use cicd_core::testing::builders::release_change;

use crate::database::{Database, acme, commit, create, register, release, start};

/// Release 1 succeeded, release 2 executes, release 3 waits.
async fn lived_in() -> Database {
    let database = Database::migrated().await;
    let store = database.open().await;
    let site = register(&store, "shop").await;
    for number in 1..=3 {
        create(&store, &site, number).await;
    }
    commit(&store, start(&release(&store, 1).await)).await;
    let first = release(&store, 1).await;
    let mut succeeded = release_change(&acme(), Some(&first), vec![ReleaseEvent::Succeeded]);
    succeeded.write(Write::Put(Box::new(Record::from(LedgerEntry::of(&first)))));
    commit(&store, succeeded).await;
    commit(&store, start(&release(&store, 2).await)).await;
    assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
    store.close().await;
    database
}

#[tokio::test]
async fn each_broken_invariant_is_named() {
    for (table, sql, line) in [
        (
            "cicd_work",
            "UPDATE cicd_work SET due_at = NULL, committed_due_at = NULL",
            "executes without an owner or a recorded wait",
        ),
        (
            "cicd_release",
            "UPDATE cicd_release SET row_version = 9, body = json_set(body, '$.row_version', 9) WHERE status = 'approved'",
            "version 9, 1 events",
        ),
        (
            "cicd_release",
            "UPDATE cicd_release SET row_version = 2 WHERE status = 'approved'",
            "version 2 in the column",
        ),
        ("cicd_ledger_entry", "DELETE FROM cicd_ledger_entry", "the ledger does not hold it as stable"),
        ("cicd_release", "DELETE FROM cicd_release WHERE status = 'succeeded'", "the release is absent"),
        ("cicd_revision", "DELETE FROM cicd_revision", "revision 1 is not kept"),
        (
            "cicd_release",
            "DROP INDEX cicd_release_slot;
             UPDATE cicd_release SET started = 1, body = json_set(body, '$.state.status', 'executing')
             WHERE status = 'approved'",
            "2 releases execute",
        ),
        // From here on the file could not be opened; the script can be run all the same.
        ("cicd_audit_event", "DELETE FROM cicd_audit_event WHERE seq = 4", "8 events up to 9"),
        (
            "cicd_audit_event",
            "UPDATE cicd_audit_event SET previous = zeroblob(32) WHERE seq = 5",
            "event 5 does not follow",
        ),
        ("cicd_chain_head", "UPDATE cicd_chain_head SET hash = zeroblob(32)", "the head is not its event"),
    ] {
        let database = lived_in().await;
        database.past_triggers(table, sql).await;
        let found: Vec<String> = sqlx::query_scalar(cicd_store_sqlite::ORACLE)
            .fetch_all(&mut database.connect().await)
            .await
            .unwrap();
        assert!(found.iter().any(|found| found.contains(line)), "{sql}: {found:#?}");
    }
}
