//! Steps that are wrong in one way each.

use cicd_core::migration::{Rehearsal, Way};
use cicd_core::port::Store as _;
use cicd_core::testing::builders::{put, service, tenant};

use crate::config::SqliteOptions;
use crate::schema::{ALL, LATEST_MIGRATION, Migration, migrate, schema_status};
use crate::store::SqliteStore;

const NEXT: u32 = LATEST_MIGRATION + 1;

/// What a rehearsal of one more step finds on a database with some rows.
async fn rehearsed(up: &'static str, down: &'static str) -> Rehearsal {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cicd.db");
    migrate(&path).await.unwrap();
    let store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    for name in ["one", "two", "three"] {
        store.commit(put(&tenant("acme"), service(name))).await.unwrap();
    }
    let mut steps = ALL.to_vec();
    steps.push(Migration { version: NEXT, name: "later", up, down });
    let report = super::with(&path, steps.leak()).await.unwrap();
    assert!(!path.with_file_name("cicd.db.rehearsal").exists(), "the copy is gone");
    assert_eq!(schema_status(&path).await.unwrap().version, LATEST_MIGRATION);
    store.close().await;
    report
}

#[tokio::test]
async fn a_sound_step_passes() {
    let report = rehearsed(
        "-- oldest: 4\nALTER TABLE cicd_service ADD COLUMN note TEXT; CREATE TABLE cicd_note (id TEXT) STRICT;",
        "DROP TABLE cicd_note; ALTER TABLE cicd_service DROP COLUMN note;",
    )
    .await;
    assert!(report.passed(), "{report}");
    let moves: Vec<_> = report.moves.iter().map(|step| (step.step, step.way)).collect();
    assert_eq!(moves, [(NEXT, Way::Up), (NEXT, Way::Down), (NEXT, Way::Up)]);
    assert_eq!(report.tables["cicd_service"].rows, 3);
    assert_eq!(report.moves[0].locks[0].to_string(), "BEGIN IMMEDIATE on `the database`: changes wait");
}

#[tokio::test]
async fn content_that_is_lost_on_the_way_down_is_found() {
    let report = rehearsed(
        "-- oldest: 4\nALTER TABLE cicd_service RENAME COLUMN born TO since;",
        "ALTER TABLE cicd_service RENAME COLUMN since TO born; UPDATE cicd_service SET born = 0;",
    )
    .await;
    let down = format!("after down {NEXT:04}: `cicd_service` holds other content in its 3 rows");
    assert!(report.findings.contains(&down), "{report}");
    assert!(!report.passed());
}

#[tokio::test]
async fn a_schema_that_does_not_come_back_is_found() {
    let report =
        rehearsed("-- oldest: 4\nDROP INDEX cicd_ci_run_by_status;", "CREATE TABLE cicd_rest (id TEXT);")
            .await;
    let found = report.findings.join("\n");
    assert!(found.contains("index `cicd_ci_run_by_status` is missing"), "{found}");
    assert!(found.contains("table `cicd_rest` is not of the migrations"), "{found}");
}

#[tokio::test]
async fn a_step_that_fails_or_refuses_is_told() {
    let report = rehearsed("-- oldest: 4\nSELECT 1 FROM nowhere;", "SELECT 1").await;
    assert!(report.findings[0].contains("no such table: nowhere"), "{report}");
    let refuses =
        "-- keeps: rows\nINSERT INTO cicd_service SELECT * FROM cicd_service;\n-- end of guard\nSELECT 1";
    let report = rehearsed("-- oldest: 4\nSELECT 1;", refuses).await;
    assert!(report.findings[0].starts_with(&format!("down {NEXT:04} was not taken: ")), "{report}");
}
