//! The oracle is silent on a sound database and names what is broken.

use cicd_core::port::{Load, Record, Store as _, Write};
use cicd_core::release::Release;
use cicd_core::release::event::ReleaseEvent;
use cicd_core::release::ledger::LedgerEntry;
use cicd_core::testing::builders::{Site, put, release_change, release_id, tenant};
use cicd_core::{id::AttemptId, id::TenantId};
use cicd_store_postgres::{ORACLE, PostgresStore};
use cicd_tests::postgres::Database;
use sqlx::AssertSqlSafe;
use tokio::sync::OnceCell;

use crate::database::{migrated, open};

fn acme() -> TenantId {
    tenant("acme")
}

async fn release(store: &PostgresStore, number: u64) -> Release {
    store.load(&acme(), &Load::release(release_id(number))).await.unwrap().release.unwrap()
}

async fn start(store: &PostgresStore, number: u64) {
    let release = release(store, number).await;
    let started = ReleaseEvent::Started {
        content_digest: release.content_digest,
        attempt: AttemptId::from_uuid(release.id().as_uuid()),
        epoch: 1,
        report_token: release.content_digest,
    };
    store.commit(release_change(&acme(), Some(&release), vec![started])).await.unwrap();
}

/// Release 1 succeeded, release 2 executes, release 3 waits. Everybody gets a copy.
async fn lived_in() -> Database {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE.get_or_init(|| async {
        let database = migrated().await;
        let store = open(&database).await;
        let site = Site::new("shop", 0);
        store.commit(put(&acme(), site.service.clone())).await.unwrap();
        store.commit(put(&acme(), site.deployment.clone())).await.unwrap();
        store.commit(put(&acme(), site.config.clone())).await.unwrap();
        for number in 1..=3 {
            let created = site.created(release_id(number));
            store.commit(release_change(&acme(), None, vec![created])).await.unwrap();
        }
        start(&store, 1).await;
        let first = release(&store, 1).await;
        let mut succeeded = release_change(&acme(), Some(&first), vec![ReleaseEvent::Succeeded]);
        succeeded.write(Write::Put(Box::new(Record::from(LedgerEntry::of(&first)))));
        store.commit(succeeded).await.unwrap();
        start(&store, 2).await;
        assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
        store.close().await;
        database.into_template()
    });
    Database::of(template.await).await
}

/// What somebody with every right does, and what is said of it.
const BROKEN: [(&str, &str); 10] = [
    ("UPDATE cicd_work SET due_at = NULL, committed_due_at = NULL", "executes without an owner or a recorded wait"),
    (
        "UPDATE cicd_release SET row_version = 9, body = jsonb_set(body::jsonb, '{row_version}', '9')::json WHERE status = 'approved'",
        "version 9, 1 events",
    ),
    ("UPDATE cicd_release SET row_version = 2 WHERE status = 'approved'", "version 2 in the column"),
    ("DELETE FROM cicd_ledger_entry", "the ledger does not hold it as stable"),
    ("DELETE FROM cicd_release WHERE status = 'succeeded'", "the release is absent"),
    ("DELETE FROM cicd_revision", "revision 1 is not kept"),
    (
        "DROP INDEX cicd_release_slot;
         UPDATE cicd_release SET started = 1, body = jsonb_set(body::jsonb, '{state,status}', '\"executing\"')::json
         WHERE status = 'approved'",
        "2 releases execute",
    ),
    ("DELETE FROM cicd_audit_event WHERE seq = 4", "8 events up to 9"),
    (
        "UPDATE cicd_audit_event SET previous = decode(repeat('00', 32), 'hex') WHERE seq = 5",
        "event 5 does not follow",
    ),
    ("UPDATE cicd_chain_head SET hash = decode(repeat('00', 32), 'hex')", "the head is not its event"),
];

#[tokio::test]
async fn each_broken_invariant_is_named() {
    for (sql, line) in BROKEN {
        let database = lived_in().await;
        let pool = database.pool().await;
        let past_triggers = format!("SET session_replication_role = replica; {sql}");
        sqlx::raw_sql(AssertSqlSafe(past_triggers)).execute(&pool).await.unwrap();
        let found: Vec<String> = sqlx::query_scalar(ORACLE).fetch_all(&pool).await.unwrap();
        assert!(found.iter().any(|found| found.contains(line)), "{sql}: {found:#?}");
        pool.close().await;
    }
}
