//! Steps that are wrong in one way each, on a real server.

use cicd_core::migration::{Rehearsal, Way};
use cicd_core::port::Store as _;
use cicd_core::testing::builders::{put, service, tenant};
use cicd_tests::postgres::Database;
use sqlx::postgres::PgPool;

use crate::schema::{ALL, LATEST_MIGRATION, Migration, migrate};
use crate::store::PostgresStore;

const NEXT: u32 = LATEST_MIGRATION + 1;

/// The steps of the product and one more.
fn and(up: &'static str, down: &'static str) -> &'static [Migration] {
    let mut steps = ALL.to_vec();
    steps.push(Migration { version: NEXT, name: "later", up, down });
    steps.leak()
}

/// A database with some rows, and what a rehearsal of one more step finds.
async fn rehearsed(up: &'static str, down: &'static str) -> Rehearsal {
    let database = Database::empty().await;
    let pool = database.pool().await;
    migrate(&pool).await.unwrap();
    let store = PostgresStore::with_pool(pool.clone()).await.unwrap();
    for name in ["one", "two", "three"] {
        store.commit(put(&tenant("acme"), service(name))).await.unwrap();
    }
    let report = super::with(&pool, and(up, down)).await.unwrap();
    assert_eq!(copies(&pool).await, 0, "the copy is gone");
    assert_eq!(crate::schema::schema_status(&pool).await.unwrap().version, LATEST_MIGRATION);
    report
}

async fn copies(pool: &PgPool) -> i64 {
    let copies = "SELECT count(*) FROM pg_database WHERE datname = 'cicd_rehearsal_' ||
        (SELECT oid FROM pg_database WHERE datname = current_database())";
    sqlx::query_scalar(copies).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn a_sound_step_passes_and_its_locks_are_told() {
    let report = rehearsed(
        "-- oldest: 4\nALTER TABLE cicd_service ADD COLUMN note text; CREATE TABLE cicd_note (id text PRIMARY KEY);
        CREATE INDEX cicd_lock_by_note ON cicd_lock (born);",
        "DROP INDEX cicd_lock_by_note; DROP TABLE cicd_note; ALTER TABLE cicd_service DROP COLUMN note;",
    )
    .await;
    assert!(report.passed(), "{report}");
    let moves: Vec<_> = report.moves.iter().map(|step| (step.step, step.way)).collect();
    assert_eq!(moves, [(NEXT, Way::Up), (NEXT, Way::Down), (NEXT, Way::Up)]);
    let up = &report.moves[0];
    assert_eq!(report.tables["cicd_service"].rows, 3);
    assert!(up.tables.contains_key("cicd_note") && !report.tables.contains_key("cicd_note"));
    let locks: Vec<_> = up.locks.iter().map(ToString::to_string).collect();
    assert_eq!(
        locks,
        [
            "ShareLock on `cicd_lock`: changes wait",
            "AccessExclusiveLock on `cicd_service`: reads and changes wait"
        ]
    );
}

#[tokio::test]
async fn content_that_is_lost_on_the_way_down_is_found() {
    let report = rehearsed(
        "-- oldest: 4\nALTER TABLE cicd_service RENAME COLUMN born TO since;",
        "ALTER TABLE cicd_service DROP COLUMN since; ALTER TABLE cicd_service ADD COLUMN born bigint NOT NULL DEFAULT 0;
        ALTER TABLE cicd_service ALTER COLUMN born DROP DEFAULT;",
    )
    .await;
    let down = format!("after down {NEXT:04}: `cicd_service` holds other content in its 3 rows");
    assert!(!report.passed() && report.findings.contains(&down), "{report}");
}

#[tokio::test]
async fn a_schema_that_does_not_come_back_is_found() {
    let report =
        rehearsed("-- oldest: 4\nDROP INDEX cicd_ci_run_by_status;", "CREATE TABLE cicd_rest (id text);")
            .await;
    let found = report.findings.join("\n");
    assert!(found.contains("index `cicd_ci_run_by_status` is missing"), "{found}");
    assert!(found.contains("column `cicd_rest.id` is not of the migrations"), "{found}");
}

#[tokio::test]
async fn audit_rows_that_come_or_go_are_found() {
    let report = rehearsed(
        "-- oldest: 4\nALTER TABLE cicd_audit_event DISABLE TRIGGER USER;
        DELETE FROM cicd_audit_event WHERE seq = 2;
        ALTER TABLE cicd_audit_event ENABLE TRIGGER USER;",
        "SELECT 1",
    )
    .await;
    let found = report.findings.join("\n");
    let gone = format!("after up {NEXT:04}: `cicd_audit_event` has 2 rows instead of 3");
    assert!(found.contains(&gone), "{found}");
    assert!(found.contains("opened before"), "the store on the copy refuses to open: {found}");
}

#[tokio::test]
async fn a_step_that_fails_or_refuses_is_told() {
    let report = rehearsed("-- oldest: 4\nSELECT nothing FROM nowhere;", "SELECT 1").await;
    let told = format!("up {NEXT:04} was not taken: ");
    assert!(report.findings[0].starts_with(&told) && report.findings.len() == 1, "{report}");
    assert!(report.findings[0].ends_with("relation \"nowhere\" does not exist"), "{report}");
    let refuses = "-- keeps: rows\nDO $$ BEGIN RAISE EXCEPTION 'notes would be lost'; END $$;\n-- end of guard\nSELECT 1";
    let report = rehearsed("-- oldest: 4\nSELECT 1;", refuses).await;
    assert!(report.findings[0].ends_with("notes would be lost"), "{report}");
}
