//! The schema goes up and down, and a file that does not fit this binary is refused.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use cicd_store_sqlite::{LATEST_MIGRATION, OpenError, SqliteOptions, SqliteStore, migrate, migrate_down};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tempfile::TempDir;

/// A migrated database in a directory of its own.
async fn migrated() -> (TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cicd.db");
    assert_eq!(migrate(&path).await.unwrap(), (1..=LATEST_MIGRATION).collect::<Vec<_>>());
    (directory, path)
}

/// What somebody with a shell on the file could do.
async fn by_hand(path: &std::path::Path, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await
}

async fn objects(path: &std::path::Path) -> Vec<(String, Option<String>)> {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let sql = "SELECT name, sql FROM sqlite_schema WHERE name <> 'cicd_migrations' ORDER BY name";
    sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap()
}

async fn open(path: &std::path::Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(path, SqliteOptions::default()).await
}

#[tokio::test]
async fn goes_up_down_and_up_again() {
    let (_directory, path) = migrated().await;
    let first = objects(&path).await;
    assert_eq!(migrate(&path).await.unwrap(), Vec::<u32>::new());
    assert_eq!(migrate_down(&path, 0).await.unwrap(), (1..=LATEST_MIGRATION).rev().collect::<Vec<_>>());
    assert_eq!(objects(&path).await, []);
    migrate(&path).await.unwrap();
    assert_eq!(objects(&path).await, first);
    open(&path).await.unwrap().close().await;
}

#[tokio::test]
async fn a_file_without_the_schema_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cicd.db");
    let error = open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::SchemaOlder { found: 0, needed: LATEST_MIGRATION }), "{error}");
    migrate(&path).await.unwrap();
    migrate_down(&path, LATEST_MIGRATION - 1).await.unwrap();
    let error = open(&path).await.unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "the schema is at migration {}, this binary needs {LATEST_MIGRATION}: run the migrations first",
            LATEST_MIGRATION - 1
        )
    );
}

#[tokio::test]
async fn a_file_of_a_newer_binary_is_refused_unless_it_allows_this_one() {
    let (_directory, path) = migrated().await;
    let next = LATEST_MIGRATION + 1;
    let insert = |oldest| {
        format!(
            "INSERT OR REPLACE INTO cicd_migrations VALUES ({next}, 'later', 'sha256:later', {oldest}, 0)"
        )
    };
    by_hand(&path, &insert(LATEST_MIGRATION)).await.unwrap();
    open(&path).await.unwrap().close().await;
    by_hand(&path, &insert(next)).await.unwrap();
    let error = open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::SchemaNewer { version, .. } if version == next), "{error}");
    assert!(matches!(migrate(&path).await, Err(OpenError::SchemaNewer { .. })));
}

#[tokio::test]
async fn an_altered_file_is_refused() {
    let (_directory, path) = migrated().await;
    by_hand(&path, "UPDATE cicd_migrations SET checksum = 'sha256:other' WHERE version = 1").await.unwrap();
    let error = open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::MigrationAltered { version: 1, name: "audit" }), "{error}");

    for (sql, name) in [
        ("DROP TRIGGER cicd_audit_event_stays", "cicd_audit_event_stays"),
        ("DROP INDEX cicd_release_slot", "cicd_release_slot"),
        ("CREATE TRIGGER cicd_extra AFTER INSERT ON cicd_work BEGIN SELECT 1; END", "cicd_extra"),
        ("CREATE TRIGGER extra AFTER INSERT ON cicd_work BEGIN SELECT 1; END", "extra"),
    ] {
        let (_directory, path) = migrated().await;
        by_hand(&path, sql).await.unwrap();
        let error = open(&path).await.unwrap_err();
        assert!(matches!(&error, OpenError::SchemaAltered { object } if object == name), "{sql}: {error}");
    }
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cicd.db");
    std::fs::write(&path, vec![b'x'; 8192]).unwrap();
    assert!(matches!(open(&path).await, Err(OpenError::Database(_))));
    assert!(matches!(open(directory.path()).await, Err(OpenError::Database(_) | OpenError::Io { .. })));
    let nowhere = directory.path().join("no/such/directory/cicd.db");
    assert!(matches!(open(&nowhere).await, Err(OpenError::Io { .. })));
}

#[tokio::test]
async fn one_process_holds_the_file() {
    let (directory, path) = migrated().await;
    let store = open(&path).await.unwrap();
    let error = open(&path).await.unwrap_err();
    assert!(
        error.to_string().ends_with("is held by another process; one process holds a database"),
        "{error}"
    );
    assert!(matches!(migrate(&path).await, Err(OpenError::Held { .. })));
    let link = directory.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(matches!(open(&link).await, Err(OpenError::Held { .. })));
    store.close().await;
    open(&link).await.unwrap().close().await;
}

#[tokio::test]
async fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let (directory, path) = migrated().await;
    let store = open(&path).await.unwrap();
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
    }
    store.close().await;
}
