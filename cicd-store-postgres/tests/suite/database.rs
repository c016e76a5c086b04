//! Databases with the schema in them.

use cicd_store_postgres::{PostgresOptions, PostgresStore, migrate};
use cicd_tests::postgres::{Database, STOPPED_CLOCK};
use sqlx::postgres::PgPool;
use tokio::sync::OnceCell;

/// A database whose time is the server's.
pub(crate) async fn migrated() -> Database {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    Database::of(TEMPLATE.get_or_init(|| template("")).await).await
}

/// A database whose time stands still.
pub(crate) async fn stopped() -> Database {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    Database::of(TEMPLATE.get_or_init(|| template(STOPPED_CLOCK)).await).await
}

async fn template(extra: &'static str) -> String {
    let database = Database::empty().await;
    let pool = database.pool().await;
    migrate(&pool).await.unwrap();
    sqlx::raw_sql(extra).execute(&pool).await.unwrap();
    pool.close().await;
    database.into_template()
}

/// A pool of the store's own, small because many tests run at once.
pub(crate) async fn pool(database: &Database) -> PgPool {
    let options = PostgresOptions { connections: 4, ..PostgresOptions::default() };
    options.pool(&database.url()).await.unwrap()
}

pub(crate) async fn open(database: &Database) -> PostgresStore {
    PostgresStore::with_pool(pool(database).await).await.unwrap()
}
