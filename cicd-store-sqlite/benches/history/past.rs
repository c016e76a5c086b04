//! Long histories, put there past the triggers.

use std::path::Path;

use cicd_core::id::TenantId;
use cicd_core::port::Store as _;
use cicd_core::testing::builders::{Site, put, release_change, release_id, tenant};
use cicd_store_sqlite::{SqliteOptions, SqliteStore, migrate};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// Services that share the history evenly.
const SERVICES: u32 = 2;
/// Events of each release.
const EVENTS: u32 = 10;

/// The store of a new file with `events` events.
pub(crate) async fn of(path: &Path, events: u32) -> SqliteStore {
    migrate(path).await.unwrap();
    // Opened before the history is made: its hashes are not valid, and no list reads them.
    let store = SqliteStore::open(path, SqliteOptions::default()).await.unwrap();
    for number in 0..SERVICES {
        let site = Site::new(&format!("site-{number}"), 1);
        store.commit(put(&acme(), site.service.clone())).await.unwrap();
        store.commit(put(&acme(), site.deployment.clone())).await.unwrap();
        store.commit(put(&acme(), site.config.clone())).await.unwrap();
        let release = vec![site.created(release_id(u64::from(number)))];
        store.commit(release_change(&acme(), None, release)).await.unwrap();
    }
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    without_triggers(&mut connection).await;
    sqlx::raw_sql(AssertSqlSafe(filling(events))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    store
}

pub(crate) fn acme() -> TenantId {
    tenant("acme")
}

async fn without_triggers(connection: &mut SqliteConnection) {
    let names = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'cicd_audit_event'";
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut *connection).await.unwrap();
    for name in names {
        sqlx::raw_sql(AssertSqlSafe(format!("DROP TRIGGER {name}"))).execute(&mut *connection).await.unwrap();
    }
}

/// Release `n` is of service `n % SERVICES` and has the events from `n * EVENTS` on.
fn filling(events: u32) -> String {
    let (releases, first) = (events / EVENTS, EVENTS);
    let id = |number: &str| format!("substr(id, 1, 24) || printf('%012x', {number})");
    let (of_event, of_release) = (id(&format!("n / {EVENTS}")), id("n"));
    format!(
        "BEGIN IMMEDIATE;
         CREATE TEMP TABLE kept AS
             SELECT row_number() OVER (ORDER BY release.born) - 1 AS site, release.id, release.body,
                 event.at, event.bytes, event.previous, event.hash
             FROM cicd_release AS release JOIN cicd_audit_event AS event ON event.release = release.id;
         WITH RECURSIVE number (n) AS (SELECT {EVENTS} * {first} UNION ALL SELECT n + 1 FROM number WHERE n < {events})
         INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash)
             SELECT 'acme', 'ledger', n, at, replace(bytes, id, {of_event}), previous, hash
             FROM number JOIN kept ON site = n / {EVENTS} % {SERVICES};
         WITH RECURSIVE number (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM number WHERE n < {releases})
         INSERT INTO cicd_release (tenant, id, row_version, born, body)
             SELECT 'acme', {of_release}, 1, n * {EVENTS}, replace(body, id, {of_release})
             FROM number JOIN kept ON site = n % {SERVICES};
         COMMIT;"
    )
}
