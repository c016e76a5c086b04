//! The schema goes up and down, and a file that does not fit this binary is refused.

use cicd_store_sqlite::{LATEST_MIGRATION, OpenError, migrate, migrate_down};

use crate::database::{Database, acme, commit};

async fn objects(database: &Database) -> Vec<(String, Option<String>)> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE name <> 'cicd_migrations' ORDER BY name";
    sqlx::query_as(sql).fetch_all(&mut database.connect().await).await.unwrap()
}

#[tokio::test]
async fn goes_up_down_and_up_again() {
    let database = Database::new();
    let all: Vec<_> = (1..=LATEST_MIGRATION).collect();
    assert_eq!(migrate(database.path()).await.unwrap(), all);
    let first = objects(&database).await;
    assert!(migrate(database.path()).await.unwrap().is_empty(), "it is up to date");
    assert_eq!(
        migrate_down(database.path(), 0).await.unwrap(),
        all.iter().rev().copied().collect::<Vec<_>>()
    );
    assert_eq!(objects(&database).await, []);
    migrate(database.path()).await.unwrap();
    assert_eq!(objects(&database).await, first);
    database.open().await.close().await;
}

#[tokio::test]
async fn going_down_loses_nothing() {
    let database = Database::migrated().await;
    let store = database.open().await;
    let site = crate::database::register(&store, "shop").await;
    crate::database::create(&store, &site, 1).await;
    store.close().await;
    let refused = |result| match result {
        Err(OpenError::WouldLose { version, source, .. }) => (version, source.to_string()),
        other => panic!("{other:?}"),
    };
    let (version, why) = refused(migrate_down(database.path(), 0).await);
    assert_eq!(version, 3);
    assert!(why.contains("work_would_be_lost"), "{why}");
    database.by_hand("DELETE FROM cicd_work").await.unwrap();
    let (version, why) = refused(migrate_down(database.path(), 0).await);
    assert_eq!(version, 2);
    assert!(why.contains("rows_would_be_lost"), "{why}");
    migrate(database.path()).await.unwrap();
    let store = database.open().await;
    assert_eq!(store.oracle().await.unwrap().len(), 0, "nothing executes, so nothing lacks an owner");
    commit(&store, cicd_core::testing::builders::put(&acme(), cicd_core::testing::builders::service("blog")))
        .await;
    store.close().await;
}

#[tokio::test]
async fn a_file_without_the_schema_is_refused() {
    let database = Database::new();
    let error = database.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::SchemaOlder { found: 0, needed: LATEST_MIGRATION }), "{error}");
    migrate(database.path()).await.unwrap();
    let before = LATEST_MIGRATION - 1;
    migrate_down(database.path(), before).await.unwrap();
    assert_eq!(
        database.try_open().await.unwrap_err().to_string(),
        format!(
            "the schema is at migration {before}, this binary needs {LATEST_MIGRATION}: run the migrations first"
        )
    );
}

#[tokio::test]
async fn a_file_of_a_newer_binary_is_refused_unless_it_allows_this_one() {
    let database = Database::migrated().await;
    let next = LATEST_MIGRATION + 1;
    let insert = |oldest| {
        format!(
            "INSERT OR REPLACE INTO cicd_migrations VALUES ({next}, 'later', 'sha256:later', {oldest}, 0)"
        )
    };
    database.by_hand(&insert(LATEST_MIGRATION)).await.unwrap();
    database.open().await.close().await;
    database.by_hand(&insert(next)).await.unwrap();
    let error = database.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::SchemaNewer { version, .. } if version == next), "{error}");
    assert!(matches!(migrate(database.path()).await, Err(OpenError::SchemaNewer { .. })));
}

#[tokio::test]
async fn an_altered_file_is_refused() {
    let database = Database::migrated().await;
    database.by_hand("UPDATE cicd_migrations SET checksum = 'sha256:other' WHERE version = 1").await.unwrap();
    let error = database.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::MigrationAltered { version: 1, name: "audit" }), "{error}");

    for (sql, name) in [
        ("DROP TRIGGER cicd_audit_event_stays", "cicd_audit_event_stays"),
        ("DROP INDEX cicd_release_slot", "cicd_release_slot"),
        ("CREATE TRIGGER cicd_extra AFTER INSERT ON cicd_work BEGIN SELECT 1; END", "cicd_extra"),
        ("CREATE TRIGGER extra AFTER INSERT ON cicd_work BEGIN SELECT 1; END", "extra"),
    ] {
        let database = Database::migrated().await;
        database.by_hand(sql).await.unwrap();
        let error = database.try_open().await.unwrap_err();
        let named = |object: &str| object.ends_with(&format!(" `{name}`"));
        assert!(matches!(&error, OpenError::SchemaAltered { object } if named(object)), "{sql}: {error}");
    }
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    use cicd_store_sqlite::{SqliteOptions, SqliteStore};
    let database = Database::new();
    std::fs::write(database.path(), vec![b'x'; 8192]).unwrap();
    assert!(matches!(database.try_open().await, Err(OpenError::Database(_))));
    let nowhere = database.directory().join("no/such/directory/cicd.db");
    for path in [database.directory(), &nowhere] {
        let refused = SqliteStore::open(path, SqliteOptions::default()).await;
        assert!(matches!(refused, Err(OpenError::Io { .. } | OpenError::Database(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn one_process_holds_the_file() {
    use cicd_store_sqlite::{SqliteOptions, SqliteStore};
    let database = Database::migrated().await;
    let store = database.open().await;
    let error = database.try_open().await.unwrap_err().to_string();
    assert!(error.ends_with("is held by another process; one process holds a database"), "{error}");
    assert!(matches!(migrate(database.path()).await, Err(OpenError::Held { .. })));
    let link = database.directory().join("link.db");
    std::os::unix::fs::symlink(database.path(), &link).unwrap();
    let through_link = SqliteStore::open(&link, SqliteOptions::default()).await;
    assert!(matches!(through_link, Err(OpenError::Held { .. })), "{through_link:?}");
    store.close().await;
    SqliteStore::open(&link, SqliteOptions::default()).await.unwrap().close().await;
}

#[tokio::test]
async fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let database = Database::migrated().await;
    let store = database.open().await;
    let mut files = 0;
    for entry in std::fs::read_dir(database.directory()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
        files += 1;
    }
    assert!(files >= 3, "the database, its log and its lock: {files}");
    store.close().await;
}
