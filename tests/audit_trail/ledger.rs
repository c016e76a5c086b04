//! A database that the engine wrote: two tenants, both chains, and texts that formats trip over.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cicd_core::authz::{Caller, GrantKey};
use cicd_core::engine::{Engine, Options};
use cicd_core::id::TenantId;
use cicd_core::memory::{Clock as _, MemoryBlobs, RoleTable, SequentialIds, SteppedClock};
use cicd_core::service::ServiceDraft;
use cicd_core::trail::Trail as _;
use cicd_store_sqlite::{SqliteOptions, SqliteStore, SqliteTrail, migrate};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tempfile::TempDir;

/// Names that need escapes, quotes and UTF-16.
const NAMES: [&str; 6] =
    ["Shop", "Größe \"M\"", "back\\slash\nand line", "=1+1", "\u{1f600}\u{fb33}\u{7f}\u{1}", "日本"];

pub(crate) struct Ledger {
    _directory: TempDir,
    path: PathBuf,
}

impl Ledger {
    pub(crate) async fn written_by_the_engine() -> Self {
        let ledger = Self::empty();
        migrate(&ledger.path).await.unwrap();
        let clock = SteppedClock::default();
        let now = Arc::new(move || clock.now());
        let store = SqliteStore::open_with_clock(&ledger.path, SqliteOptions::default(), now).await.unwrap();
        let engine = Engine::builder()
            .store(store.clone())
            .authorizer(RoleTable::default())
            .blobs(Arc::new(MemoryBlobs::default()))
            .ids(SequentialIds::default())
            .build()
            .unwrap();
        for tenant in ["acme", "globex"] {
            live(&engine, &tenant.parse().unwrap()).await;
        }
        store.close().await;
        ledger
    }

    fn empty() -> Self {
        // In memory where the system has such a place: what is asked here does not depend on how long a disk takes.
        let memory = Path::new("/dev/shm");
        let directory =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let path = directory.path().join("cicd.db");
        Self { _directory: directory, path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn copy(&self) -> Self {
        let copy = Self::empty();
        std::fs::copy(&self.path, &copy.path).unwrap();
        copy
    }

    /// The last event of the ledger of `acme`.
    pub(crate) async fn last(&self) -> u64 {
        let trail = SqliteTrail::open(&self.path).await.unwrap();
        trail.head(&"acme".parse().unwrap(), cicd_core::audit::Chain::Ledger).await.unwrap().seq
    }

    /// Runs `sql` as somebody who owns the file: past the triggers, the checks and the indexes.
    pub(crate) async fn by_hand(&self, sql: &str) {
        let mut connection = SqliteConnectOptions::new().filename(&self.path).connect().await.unwrap();
        let find = "SELECT format('DROP %s %s;', type, name) FROM sqlite_schema
            WHERE type IN ('trigger', 'index') AND tbl_name = 'cicd_audit_event' AND sql IS NOT NULL";
        let drops: Vec<String> = sqlx::query_scalar(find).fetch_all(&mut connection).await.unwrap();
        let all = format!("PRAGMA ignore_check_constraints = ON; {} {sql};", drops.concat());
        let done = sqlx::raw_sql(AssertSqlSafe(all)).execute(&mut connection).await.unwrap();
        assert!(done.rows_affected() > 0, "{sql}");
        connection.close().await.unwrap();
    }
}

/// Services, roles and tokens, and somebody who may not.
async fn live(engine: &Engine, tenant: &TenantId) {
    let plain = Options::default();
    engine.bootstrap(tenant, &"ada".parse().unwrap()).await.unwrap().unwrap();
    let caller = |name: &str| Caller::person(tenant.clone(), name.parse().unwrap());
    let (ada, eve) = (caller("ada"), caller("eve"));
    for (number, name) in NAMES.iter().enumerate() {
        let draft = ServiceDraft { name: (*name).to_owned(), description: name.repeat(3) };
        let id = format!("service-{number}").parse().unwrap();
        engine.put_service(&ada, &id, &draft, &plain).await.unwrap();
        let who = format!("+person{number}@example.org").parse().unwrap();
        let key = GrantKey::new(who, "developer".parse().unwrap());
        engine.grant(&ada, &key, &plain).await.unwrap();
        engine.put_service(&eve, &id, &draft, &plain).await.unwrap_err();
    }
}
