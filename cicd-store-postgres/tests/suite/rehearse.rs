//! A rehearsal while eight writers go on, and a schema against its migrations.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cicd_core::migration::Way;
use cicd_core::port::{Load, RecordKey, RecordKind, Store as _};
use cicd_core::testing::builders::{put, service, tenant};
use cicd_store_postgres::{
    LATEST_MIGRATION, OpenError, PostgresStore, migrate, migrate_down, rehearse, verify_schema,
};
use cicd_tests::postgres::Database;

use crate::database::{migrated, open};

const WRITERS: usize = 8;

/// Commits until it is told to stop; gives what was acknowledged.
async fn write(store: PostgresStore, writer: usize, stop: Arc<AtomicBool>) -> Vec<String> {
    let mut journal = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let id = format!("w{writer}-{}", journal.len());
        store.commit(put(&tenant("acme"), service(&id))).await.unwrap();
        journal.push(id);
    }
    journal
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_go_on_while_a_rehearsal_runs() {
    let database = migrated().await;
    let store = open(&database).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(write(store.clone(), writer, Arc::clone(&stop)))).collect();
    let pool = database.pool().await;
    let events = async || store.verify_chains(&tenant("acme")).await.unwrap()[0].events;
    while events().await < 50 {
        tokio::task::yield_now().await;
    }
    let before = events().await;
    let report = rehearse(&pool).await.unwrap();
    let after = events().await;
    stop.store(true, Ordering::Relaxed);
    let mut journal = Vec::new();
    for writer in writers {
        journal.extend(writer.await.unwrap());
    }

    assert!(report.passed(), "{report}");
    assert_eq!(report.moves.iter().map(|step| step.way).collect::<Vec<_>>(), [Way::Down, Way::Up]);
    let copied = report.tables["cicd_service"].rows;
    assert_eq!(report.tables["cicd_audit_event"].rows, copied, "the copy is of one moment");
    assert!((before..=after).contains(&copied), "{before} {copied} {after}");
    assert!(after > copied, "writers went on after the moment of the copy");

    for id in &journal {
        let load = Load::record(RecordKey::new(RecordKind::Service, id));
        assert!(store.load(&tenant("acme"), &load).await.unwrap().record.is_some(), "`{id}` is lost");
    }
    assert_eq!(events().await, journal.len() as u64, "nothing but what the writers were told");
    assert_eq!(store.oracle().await.unwrap(), [] as [String; 0]);
    assert!(verify_schema(&pool).await.unwrap().differences.is_empty());
    let copies = "SELECT count(*) FROM pg_database WHERE datname LIKE 'cicd_rehearsal_%'
        AND datname LIKE '%' || (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(sqlx::query_scalar::<_, i64>(copies).fetch_one(&pool).await.unwrap(), 0);
}

#[tokio::test]
async fn one_rehearsal_of_a_database_at_a_time() {
    let database = migrated().await;
    let (one, other) = (database.pool().await, database.pool().await);
    let (one, other) = tokio::join!(rehearse(&one), rehearse(&other));
    let refused = [one, other].into_iter().filter(|result| matches!(result, Err(OpenError::Rehearsing)));
    assert_eq!(refused.count(), 1);
}

#[tokio::test]
async fn every_difference_of_the_live_schema_is_named() {
    let database = migrated().await;
    let pool = database.pool().await;
    let sound = verify_schema(&pool).await.unwrap();
    assert_eq!((sound.version, &sound.differences), (LATEST_MIGRATION, &Vec::new()));
    assert!(sound.objects > 100, "{} objects", sound.objects);
    for (sql, told) in [
        (
            "DROP TRIGGER cicd_audit_event_stays ON cicd_audit_event",
            "trigger `cicd_audit_event_stays` of `cicd_audit_event` is missing",
        ),
        (
            "ALTER TABLE cicd_chain_head DISABLE TRIGGER cicd_chain_head_stays",
            "trigger `cicd_chain_head_stays` of `cicd_chain_head` has another definition",
        ),
        (
            "DROP INDEX cicd_release_slot; CREATE INDEX cicd_release_slot ON cicd_release (tenant)",
            "index `cicd_release_slot` has another definition",
        ),
        (
            "ALTER TABLE cicd_service ADD COLUMN note text",
            "column `cicd_service.note` is not of the migrations",
        ),
        (
            "ALTER TABLE cicd_service ALTER COLUMN born SET DEFAULT 7",
            "column `cicd_service.born` has another definition",
        ),
        (
            "ALTER TABLE cicd_freeze ALTER COLUMN id TYPE text COLLATE \"default\"",
            "column `cicd_freeze.id` has another definition",
        ),
        (
            "ALTER TABLE cicd_work DROP CONSTRAINT cicd_work_epoch_check",
            "constraint `cicd_work_epoch_check` of `cicd_work` is missing",
        ),
        (
            "CREATE OR REPLACE FUNCTION cicd_now() RETURNS bigint LANGUAGE sql VOLATILE PARALLEL SAFE RETURN 1::bigint",
            "function `cicd_now()` has another definition",
        ),
        ("ALTER TYPE cicd_change ADD ATTRIBUTE note text", "type `cicd_change` has another definition"),
        (
            "CREATE RULE quiet AS ON DELETE TO cicd_lock DO INSTEAD NOTHING",
            "rule `quiet` of `cicd_lock` is not of the migrations",
        ),
        ("ALTER TABLE cicd_grant ENABLE ROW LEVEL SECURITY", "table `cicd_grant` has another definition"),
        ("CREATE TABLE cicd_extra (id text)", "table `cicd_extra` is not of the migrations"),
    ] {
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        let found = verify_schema(&pool).await.unwrap().differences;
        let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert!(lines.iter().any(|line| line.starts_with(told)), "{sql}: {lines:#?}");
    }
    let report = rehearse(&pool).await.unwrap();
    assert!(!report.passed() && report.moves.is_empty() && report.drift.len() >= 12, "{report}");
}

#[tokio::test]
async fn a_schema_is_verified_at_the_step_it_is_at_and_under_any_name() {
    let database = Database::empty().await;
    let options = cicd_store_postgres::PostgresOptions {
        // A name that also stands in the text of functions.
        schema: Some("release".to_owned()),
        ..cicd_store_postgres::PostgresOptions::default()
    };
    let pool = options.pool(&database.url()).await.unwrap();
    sqlx::raw_sql("CREATE SCHEMA release").execute(&pool).await.unwrap();
    let empty = verify_schema(&pool).await.unwrap();
    assert_eq!((empty.version, empty.objects, empty.differences.len()), (0, 0, 0));
    migrate(&pool).await.unwrap();
    for version in (0..=LATEST_MIGRATION).rev() {
        let found = verify_schema(&pool).await.unwrap();
        assert_eq!((found.version, found.differences), (version, Vec::new()));
        if version > 0 {
            let report = rehearse(&pool).await.unwrap();
            assert!(report.passed() && report.to == LATEST_MIGRATION, "{report}");
            migrate_down(&pool, version - 1).await.unwrap();
        }
    }
    sqlx::raw_sql("INSERT INTO cicd_migrations (version, name, checksum, oldest) VALUES (1, 'x', 'x', 1)")
        .execute(&pool)
        .await
        .unwrap();
    assert!(matches!(verify_schema(&pool).await, Err(OpenError::MigrationAltered { version: 1, .. })));
}
