//! What one would write without the store: the same rows and the same hashes, one decision after the other, one
//! statement after the other, on one connection.

use std::path::Path;
use std::time::{Duration, Instant};

use cicd_core::audit::{Chain, ChainHead};
use cicd_core::port::{Record, Store as _};
use cicd_core::release::Release;
use cicd_core::testing::builders::{event, release_id, subject};
use cicd_core::time::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

const LOAD: &str = "SELECT body FROM cicd_release WHERE tenant = ?1 AND id = ?2";
const UPDATE: &str =
    "UPDATE cicd_release SET row_version = ?1, body = ?2 WHERE tenant = ?3 AND id = ?4 AND row_version = ?5";
const SCHEDULE: &str = "UPDATE cicd_work SET committed_due_at = ?1, due_at = ?1 WHERE tenant = ?2 AND kind = 'release' AND id = ?3";
const APPEND: &str = "
INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash) VALUES (?1, 'ledger', ?2, ?3, ?4, ?5, ?6)";

/// A connection of its own on a database of its own, with the store's schema.
pub(crate) struct Bare {
    connection: SqliteConnection,
    head: ChainHead,
    turn: u64,
}

impl Bare {
    pub(crate) async fn open(path: &Path, synchronous: &'static str) -> Self {
        let store = super::populated(path).await;
        let head = store.head(&super::acme(), Chain::Ledger).await.unwrap();
        store.close().await;
        let options = SqliteConnectOptions::new().filename(path).foreign_keys(true);
        let options = options.pragma("synchronous", synchronous).pragma("recursive_triggers", "ON");
        let connection = options.disable_statement_logging().connect().await.unwrap();
        Self { connection, head, turn: 0 }
    }

    /// How many decisions a second it makes.
    pub(crate) async fn decide(&mut self, round: Duration) -> f64 {
        let began = Instant::now();
        let mut decisions = 0_u32;
        while began.elapsed() < round {
            self.turn += 1;
            self.one().await;
            decisions += 1;
        }
        f64::from(decisions) / began.elapsed().as_secs_f64()
    }

    async fn one(&mut self) {
        let tenant = super::acme();
        let id = release_id(self.turn % super::CALLERS).to_string();
        let query = sqlx::query_scalar(LOAD).bind(tenant.as_str()).bind(&id);
        let body: String = query.fetch_one(&mut self.connection).await.unwrap();
        let before: Release = serde_json::from_str(&body).unwrap();
        let expected = before.row_version.0 as i64;
        let progressed = super::progressed();
        let at = self.head.at.plus_micros(1);
        let release = Release::apply(Some(before), &progressed, at).unwrap();

        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let about = subject(&Record::Release(release.clone()).key());
        let audit = event(progressed.kind(), about).bytes().unwrap();
        let (stored, head) = self.head.append(&tenant, Chain::Ledger, at, audit);
        let body = serde_json::to_string(&release).unwrap();
        let query = sqlx::query(UPDATE).bind(expected + 1).bind(body).bind(tenant.as_str()).bind(&id);
        let done = query.bind(expected).execute(&mut *transaction).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
        let query = sqlx::query(APPEND).bind(tenant.as_str()).bind(stored.seq as i64);
        let query = query.bind(stored.at.as_micros()).bind(&stored.bytes);
        let query = query.bind(&stored.previous.as_bytes()[..]).bind(&stored.hash.as_bytes()[..]);
        query.execute(&mut *transaction).await.unwrap();
        let query = sqlx::query(SCHEDULE).bind(release.due().map(Timestamp::as_micros));
        query.bind(tenant.as_str()).bind(&id).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        self.head = head;
    }
}
