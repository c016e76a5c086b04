//! A copy of the database, in the hands of somebody who owns the file.

use std::path::{Path, PathBuf};

use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::id::TenantId;
use cicd_core::port::EventQuery;
use cicd_core::trail::Trail as _;
use cicd_store_sqlite::SqliteTrail;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

const OBSTACLES: &str = "SELECT format('DROP %s %s;', type, name) FROM sqlite_schema
    WHERE type IN ('trigger', 'index') AND tbl_name IN ('cicd_audit_event', 'cicd_chain_head') AND sql IS NOT NULL";
const INSERT: &str = "
INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const HEAD: &str = "UPDATE cicd_chain_head SET seq = ?3, hash = ?4, at = ?5, grants_seq = min(grants_seq, ?3)
    WHERE tenant = ?1 AND chain = ?2";

pub(super) struct Copy {
    path: PathBuf,
}

impl Copy {
    pub(super) const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Takes over the content of another file.
    pub(super) fn become_like(&self, other: &Path) {
        std::fs::copy(other, &self.path).unwrap();
    }

    pub(super) async fn trail(&self) -> SqliteTrail {
        SqliteTrail::open(&self.path).await.unwrap()
    }

    async fn connect(&self) -> SqliteConnection {
        let connect = SqliteConnectOptions::new().filename(&self.path).foreign_keys(false);
        connect.pragma("ignore_check_constraints", "ON").disable_statement_logging().connect().await.unwrap()
    }

    /// Takes away whatever refuses a change.
    pub(super) async fn unlock(&self) {
        let mut connection = self.connect().await;
        let drops: Vec<String> = sqlx::query_scalar(OBSTACLES).fetch_all(&mut connection).await.unwrap();
        assert!(drops.len() > 7, "{drops:?}");
        let all = format!("{} PRAGMA journal_mode = DELETE;", drops.concat());
        sqlx::raw_sql(AssertSqlSafe(all)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    pub(super) async fn events(&self, tenant: &TenantId, chain: Chain) -> Vec<StoredEvent> {
        let trail = self.trail().await;
        let query = EventQuery { limit: EventQuery::MAX_LIMIT, ..EventQuery::of(chain) };
        let events = trail.events(tenant, &query).await.unwrap();
        trail.close().await;
        events
    }

    /// Replaces a chain by `events`, and its head by `head`, or by the last of them.
    pub(super) async fn put(
        &self,
        tenant: &TenantId,
        chain: Chain,
        events: &[StoredEvent],
        head: Option<ChainHead>,
    ) {
        let mut connection = self.connect().await;
        let mut transaction = connection.begin().await.unwrap();
        let delete = "DELETE FROM cicd_audit_event WHERE tenant = ?1 AND chain = ?2";
        let delete = sqlx::query(delete).bind(tenant.as_str()).bind(chain.as_str());
        delete.execute(&mut *transaction).await.unwrap();
        for event in events {
            let insert =
                sqlx::query(INSERT).bind(tenant.as_str()).bind(chain.as_str()).bind(event.seq as i64);
            let insert = insert.bind(event.at.as_micros()).bind(&event.bytes);
            let insert = insert.bind(&event.previous.as_bytes()[..]).bind(&event.hash.as_bytes()[..]);
            insert.execute(&mut *transaction).await.unwrap();
        }
        let last = events.last().map(|event| ChainHead { seq: event.seq, hash: event.hash, at: event.at });
        let statement = match head.or(last) {
            Some(head) => sqlx::query(HEAD)
                .bind(tenant.as_str())
                .bind(chain.as_str())
                .bind(head.seq as i64)
                .bind(head.hash.as_bytes().to_vec())
                .bind(head.at.as_micros()),
            None => sqlx::query("DELETE FROM cicd_chain_head WHERE tenant = ?1 AND chain = ?2")
                .bind(tenant.as_str())
                .bind(chain.as_str()),
        };
        assert_eq!(statement.execute(&mut *transaction).await.unwrap().rows_affected(), 1);
        transaction.commit().await.unwrap();
        connection.close().await.unwrap();
    }

    /// Flips `bits` of a byte of the file: the one that is `offset` bytes into what an event stores as its bytes, its previous
    /// hash and its hash. Says whether the event lies in one piece.
    pub(super) fn flip(&self, event: &StoredEvent, offset: usize, bits: u8) -> bool {
        let needle = [event.bytes.as_bytes(), event.previous.as_bytes(), event.hash.as_bytes()].concat();
        let mut file = std::fs::read(&self.path).unwrap();
        let places: Vec<usize> = (0..file.len().saturating_sub(needle.len()))
            .filter(|at| file[*at..].starts_with(&needle))
            .collect();
        // Pages that were given up may hold it too.
        places.iter().for_each(|at| file[at + offset] ^= bits);
        std::fs::write(&self.path, file).unwrap();
        !places.is_empty()
    }
}
