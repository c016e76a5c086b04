//! Up, down and up again; and who may run on what.

use cicd_core::port::Store as _;
use cicd_core::testing::builders::{put, service, tenant};
use cicd_store_postgres::{LATEST_MIGRATION, OpenError, PostgresStore, migrate, migrate_down};
use cicd_tests::postgres::Database;

use crate::database::{migrated, open};

const OBJECTS: &str = "
SELECT coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\"), '') FROM (
    SELECT format('%s %s', relkind, relname) AS line FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname LIKE 'cicd\\_%' AND relname NOT LIKE 'cicd\\_migrations%'
    UNION ALL SELECT 'f ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 't ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
        AND typname LIKE 'cicd\\_%' AND typname NOT LIKE 'cicd\\_migrations%'
) AS objects";

async fn objects(database: &Database) -> String {
    let pool = database.pool().await;
    let objects = sqlx::query_scalar(OBJECTS).fetch_one(&pool).await.unwrap();
    pool.close().await;
    objects
}

#[tokio::test]
async fn up_down_and_up_again_is_the_same() {
    let database = Database::empty().await;
    let pool = database.pool().await;
    let all: Vec<u32> = (1..=LATEST_MIGRATION).collect();
    assert_eq!(migrate(&pool).await.unwrap(), all);
    assert_eq!(migrate(&pool).await.unwrap(), [] as [u32; 0]);
    let made = objects(&database).await;
    assert!(made.contains("f cicd_commit"), "{made}");
    let back: Vec<u32> = all.iter().rev().copied().collect();
    assert_eq!(migrate_down(&pool, 0).await.unwrap(), back);
    assert_eq!(objects(&database).await, "", "a down step leaves nothing behind");
    assert_eq!(migrate(&pool).await.unwrap(), all);
    assert_eq!(objects(&database).await, made);
}

#[tokio::test]
async fn down_refuses_to_lose_what_is_stored() {
    let database = migrated().await;
    let store = open(&database).await;
    store.commit(put(&tenant("acme"), service("a"))).await.unwrap();
    let pool = database.pool().await;
    let refused = migrate_down(&pool, 0).await.unwrap_err();
    assert!(matches!(refused, OpenError::WouldLose { version: 2, name: "rows", .. }), "{refused:?}");
    assert!(matches!(
        PostgresStore::with_pool(pool.clone()).await,
        Err(OpenError::SchemaOlder { found: 2, needed: LATEST_MIGRATION })
    ));
    migrate(&pool).await.unwrap();
    assert_eq!(open(&database).await.verify_chains(&tenant("acme")).await.unwrap()[0].events, 1);
}

#[tokio::test]
async fn of_two_that_migrate_at_once_one_waits() {
    let database = Database::empty().await;
    let (one, other) = (database.pool().await, database.pool().await);
    let (one, other) = tokio::join!(migrate(&one), migrate(&other));
    let mut applied = [one.unwrap(), other.unwrap()].concat();
    applied.sort_unstable();
    assert_eq!(applied, (1..=LATEST_MIGRATION).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_schema_that_does_not_allow_this_binary_is_refused() {
    let database = Database::empty().await;
    let pool = database.pool().await;
    assert!(matches!(
        PostgresStore::with_pool(pool.clone()).await,
        Err(OpenError::SchemaOlder { found: 0, .. })
    ));
    migrate(&pool).await.unwrap();
    let later =
        "INSERT INTO cicd_migrations (version, name, checksum, oldest) VALUES (900, 'later', '', 900)";
    sqlx::raw_sql(later).execute(&pool).await.unwrap();
    assert!(matches!(
        PostgresStore::with_pool(pool.clone()).await,
        Err(OpenError::SchemaNewer { version: 900, oldest: 900, known: LATEST_MIGRATION })
    ));
    sqlx::raw_sql("UPDATE cicd_migrations SET checksum = 'other' WHERE version = 2")
        .execute(&pool)
        .await
        .unwrap();
    assert!(matches!(
        PostgresStore::with_pool(pool).await,
        Err(OpenError::MigrationAltered { version: 2, name: "rows" })
    ));
}

#[tokio::test]
async fn the_schema_may_stand_beside_other_things() {
    let database = Database::empty().await;
    let options = cicd_store_postgres::PostgresOptions {
        schema: Some("governance".to_owned()),
        ..cicd_store_postgres::PostgresOptions::default()
    };
    sqlx::raw_sql("CREATE SCHEMA governance").execute(&database.pool().await).await.unwrap();
    let pool = options.pool(&database.url()).await.unwrap();
    migrate(&pool).await.unwrap();
    let store = PostgresStore::with_pool(pool).await.unwrap();
    store.commit(put(&tenant("acme"), service("a"))).await.unwrap();
    assert_eq!(objects(&database).await, "", "nothing outside of its schema");
}
