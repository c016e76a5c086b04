//! Databases with the schema in them.

use cicd_store_postgres::{PostgresOptions, PostgresStore, enable_row_security, grant_roles, migrate};
use cicd_tests::postgres::{Database, STOPPED_CLOCK};
use sqlx::AssertSqlSafe;
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

/// A database whose time stands still, with parted roles and row-level security.
pub(crate) async fn secured() -> Database {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE.get_or_init(|| async {
        let database = stopped().await;
        let pool = database.pool().await;
        grant_roles(&pool).await.unwrap();
        enable_row_security(&pool).await.unwrap();
        let login = format!("CREATE ROLE {} LOGIN IN ROLE cicd_app, cicd_worker", host_login());
        sqlx::raw_sql(AssertSqlSafe(login)).execute(&pool).await.unwrap();
        pool.close().await;
        database.into_template()
    });
    Database::of(template.await).await
}

/// Who a host logs in as on a secured database: neither a superuser nor an owner of anything.
fn host_login() -> String {
    format!("cicd_host_{}", std::process::id())
}

/// Where a host reaches a secured database.
pub(crate) fn host_url(database: &Database) -> String {
    database.url().replacen("postgres@", &format!("{}@", host_login()), 1)
}

/// A host's pool on a secured database.
pub(crate) async fn host_pool(database: &Database) -> PgPool {
    let options = PostgresOptions { connections: 4, ..PostgresOptions::default() };
    options.pool(&host_url(database)).await.unwrap()
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
