//! Long histories, put there past the triggers.

use cicd_core::id::TenantId;
use cicd_core::port::Store as _;
use cicd_core::testing::builders::{Site, put, release_change, release_id, tenant};
use cicd_store_postgres::{PostgresOptions, PostgresStore, migrate};
use cicd_tests::postgres::Server;
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgPool, PgPoolOptions};

/// Services that share the history evenly.
pub(crate) const SERVICES: u32 = 2;
/// Events of each release.
const EVENTS: u32 = 10;

/// A database with `events` events, and its store on one connection.
pub(crate) async fn of(server: &Server, events: u32) -> (PostgresStore, String) {
    let name = format!("history_{events}");
    let admin = PgPool::connect(server.url()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await.unwrap();
    admin.close().await;
    let url = server.url_of(&name);
    let options =
        PostgresOptions { statement_timeout: std::time::Duration::ZERO, ..PostgresOptions::default() };
    let pool = options.pool(&url).await.unwrap();
    let one = PgPoolOptions::new().max_connections(1).connect_with(pool.connect_options().as_ref().clone());
    pool.close().await;
    let pool = one.await.unwrap();
    migrate(&pool).await.unwrap();
    // Opened before the history is made: its hashes are not valid, and no list reads them.
    let store = PostgresStore::with_pool(pool).await.unwrap();
    begin(&store).await;
    sqlx::raw_sql(AssertSqlSafe(filling(events))).execute(store.pool()).await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE").execute(store.pool()).await.unwrap();
    (store, url)
}

pub(crate) fn acme() -> TenantId {
    tenant("acme")
}

/// A release for each service, which all the others are copies of.
async fn begin(store: &PostgresStore) {
    for number in 0..SERVICES {
        let site = Site::new(&format!("site-{number}"), 1);
        store.commit(put(&acme(), site.service.clone())).await.unwrap();
        store.commit(put(&acme(), site.deployment.clone())).await.unwrap();
        store.commit(put(&acme(), site.config.clone())).await.unwrap();
        let release = vec![site.created(release_id(u64::from(number)))];
        store.commit(release_change(&acme(), None, release)).await.unwrap();
    }
}

/// Release `n` is of service `n % SERVICES` and has the events from `n * EVENTS` on.
fn filling(events: u32) -> String {
    let (releases, first) = (events / EVENTS, EVENTS);
    let id = |number: &str| format!("left(id, 24) || lpad(to_hex({number}), 12, '0')");
    let (of_event, of_release) = (id(&format!("n / {EVENTS}")), id("n"));
    format!(
        "SET LOCAL session_replication_role = replica;
         CREATE TEMP TABLE kept ON COMMIT DROP AS
             SELECT row_number() OVER (ORDER BY release.born) - 1 AS site, release.id, release.body::text AS body,
                 event.at, event.bytes, event.previous, event.hash
             FROM cicd_release AS release JOIN cicd_audit_event AS event ON event.release = release.id;
         INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash)
             SELECT 'acme', 'ledger', n, at, replace(bytes, id, {of_event}), previous, hash
             FROM generate_series({EVENTS} * {first}, {events}) AS n JOIN kept ON site = n / {EVENTS} % {SERVICES};
         INSERT INTO cicd_release (tenant, id, row_version, born, body)
             SELECT 'acme', {of_release}, 1, n * {EVENTS}, replace(body, id, {of_release})::json
             FROM generate_series({first}, {releases}) AS n JOIN kept ON site = n % {SERVICES};"
    )
}
