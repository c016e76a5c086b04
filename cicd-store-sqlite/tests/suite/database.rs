//! A database in a directory of its own, and what somebody with a shell on it could do.

use std::path::{Path, PathBuf};

use cicd_core::port::{ChangeSet, Committed, Load, Store as _};
use cicd_core::release::Release;
use cicd_core::release::event::ReleaseEvent;
use cicd_core::testing::builders::{Site, put, release_change, release_id, tenant};
use cicd_core::{id::AttemptId, id::TenantId};
use cicd_store_sqlite::{OpenError, SqliteOptions, SqliteStore, migrate};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tempfile::TempDir;

pub(crate) struct Database {
    directory: TempDir,
    path: PathBuf,
}

impl Database {
    pub(crate) fn new() -> Self {
        // In memory where the system has such a place: what is asked here does not depend on how long a disk takes.
        let memory = Path::new("/dev/shm");
        let directory = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let directory = directory.unwrap();
        let path = directory.path().join("cicd.db");
        Self { directory, path }
    }

    pub(crate) async fn migrated() -> Self {
        let database = Self::new();
        migrate(&database.path).await.unwrap();
        database
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) async fn try_open(&self) -> Result<SqliteStore, OpenError> {
        SqliteStore::open(&self.path, SqliteOptions::default()).await
    }

    pub(crate) async fn open(&self) -> SqliteStore {
        self.try_open().await.unwrap()
    }

    /// A connection as any tool opens one, without what our own connections set.
    pub(crate) async fn connect(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(&self.path).foreign_keys(false).connect().await.unwrap()
    }

    pub(crate) async fn by_hand(&self, sql: &str) -> Result<(), sqlx::Error> {
        let mut connection = self.connect().await;
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await;
        connection.close().await?;
        done.map(drop)
    }

    /// Runs `sql` while the triggers of `table` are gone, and brings them back as they were.
    pub(crate) async fn past_triggers(&self, table: &str, sql: &str) {
        let mut connection = self.connect().await;
        let find = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1";
        let triggers: Vec<(String, String)> =
            sqlx::query_as(find).bind(table).fetch_all(&mut connection).await.unwrap();
        let drops = triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name};"));
        let creates = triggers.iter().map(|(_, sql)| format!("{sql};"));
        let all = drops.chain([format!("{sql};")]).chain(creates).collect::<String>();
        sqlx::raw_sql(AssertSqlSafe(all)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

pub(crate) fn acme() -> TenantId {
    tenant("acme")
}

pub(crate) async fn commit(store: &SqliteStore, change: ChangeSet) -> Committed {
    store.commit(change).await.unwrap()
}

pub(crate) async fn release(store: &SqliteStore, number: u64) -> Release {
    store.load(&acme(), &Load::release(release_id(number))).await.unwrap().release.unwrap()
}

/// Registers a site with a config.
pub(crate) async fn register(store: &SqliteStore, name: &str) -> Site {
    let site = Site::new(name, 0);
    commit(store, put(&acme(), site.service.clone())).await;
    commit(store, put(&acme(), site.deployment.clone())).await;
    commit(store, put(&acme(), site.config.clone())).await;
    site
}

/// Creates release `number` of `site`, approved without a vote.
pub(crate) async fn create(store: &SqliteStore, site: &Site, number: u64) -> Release {
    commit(store, release_change(&acme(), None, vec![site.created(release_id(number))])).await;
    release(store, number).await
}

/// A change that starts `release`.
pub(crate) fn start(release: &Release) -> ChangeSet {
    let started = ReleaseEvent::Started {
        content_digest: release.content_digest,
        attempt: AttemptId::from_uuid(release.id().as_uuid()),
        epoch: 1,
        report_token: release.content_digest,
    };
    release_change(&acme(), Some(release), vec![started])
}
