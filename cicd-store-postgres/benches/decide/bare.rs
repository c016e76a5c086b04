//! The store's two statements, learned from the server, with values that were made before.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use cicd_core::port::{Record, Store as _};
use cicd_core::testing::builders::{event, release_change, subject};
use cicd_store_postgres::PostgresStore;
use futures_util::future::join_all;
use sqlx::postgres::{PgArguments, PgPool, PgPoolOptions};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};

use crate::{RELEASES, load, place, progressed};

const LEARN: &str =
    "SELECT statement FROM pg_prepared_statements WHERE statement LIKE $1 ORDER BY prepare_time DESC LIMIT 1";

/// What one decision sends.
pub(crate) struct Decision {
    pub(crate) tenant: String,
    pub(crate) release: String,
    pub(crate) event: String,
    /// The release's JSON, with the mark that stands for the commit's time, before and after its version.
    pub(crate) body: [String; 2],
    /// The version of the release now.
    pub(crate) version: AtomicI64,
}

pub(crate) struct Bare {
    pub(crate) load: String,
    pub(crate) commit: String,
    pub(crate) decisions: Vec<Decision>,
}

impl Bare {
    /// Asks the server which statements the store has just sent it, and makes the values of a decision on each release.
    pub(crate) async fn learn(store: &PostgresStore, tenants: u64) -> Arc<Self> {
        let mut decisions = Vec::new();
        for number in 0..RELEASES {
            let (tenant, id) = place(tenants, number);
            let release = load(store, &tenant, id).await;
            let record = Record::Release(release.clone());
            let body = record.body().unwrap().to_string().replace(&release.updated_at.to_string(), "\u{1}");
            let version = format!("\"row_version\":{}", release.row_version.0);
            let (before, after) = body.split_once(&version).unwrap();
            decisions.push(Decision {
                tenant: tenant.to_string(),
                release: id.to_string(),
                event: event(progressed().kind(), subject(&record.key())).bytes().unwrap(),
                body: [format!("{before}\"row_version\":"), after.to_owned()],
                version: AtomicI64::new(0),
            });
        }
        // One connection, so that the statements are learned where they were sent.
        let pool = PgPoolOptions::new().max_connections(1);
        let pool = pool.connect_with(store.pool().connect_options().as_ref().clone()).await.unwrap();
        let store = PostgresStore::with_pool(pool.clone()).await.unwrap();
        let (tenant, id) = place(tenants, 0);
        let release = load(&store, &tenant, id).await;
        store.commit(release_change(&tenant, Some(&release), vec![progressed()])).await.unwrap();
        let statement = async |like: &'static str| -> String {
            sqlx::query_scalar(LEARN).bind(like).fetch_one(&pool).await.unwrap()
        };
        let (load, commit) = (statement("%'undone'%").await, statement("%cicd_commit(ROW%").await);
        Arc::new(Self { load, commit, decisions })
    }

    /// How many decisions a second `clients` loops make, each on releases of its own.
    pub(crate) async fn callers(self: &Arc<Self>, pool: &PgPool, clients: u64, round: Duration) -> f64 {
        self.look(pool).await;
        let began = Instant::now();
        let step = usize::try_from(clients).unwrap();
        let callers = (0..step).map(|client| {
            let (bare, pool) = (Arc::clone(self), pool.clone());
            tokio::spawn(async move {
                let mut decisions = 0_u32;
                let mut mine = bare.decisions.iter().skip(client).step_by(step).cycle();
                while began.elapsed() < round {
                    bare.decide(&pool, mine.next().unwrap()).await;
                    decisions += 1;
                }
                decisions
            })
        });
        let decisions: u32 = join_all(callers).await.into_iter().map(Result::unwrap).sum();
        f64::from(decisions) / began.elapsed().as_secs_f64()
    }

    /// Learns which version each release has by now.
    pub(crate) async fn look(&self, pool: &PgPool) {
        for decision in &self.decisions {
            let version = "SELECT row_version FROM cicd_release WHERE tenant = $1 AND id = $2";
            let version = sqlx::query_scalar(version).bind(&decision.tenant).bind(&decision.release);
            decision.version.store(version.fetch_one(pool).await.unwrap(), Ordering::Relaxed);
        }
    }

    async fn decide(&self, pool: &PgPool, decision: &Decision) {
        let load = bind_load(sqlx::query(AssertSqlSafe(self.load.as_str())), decision);
        assert!(!load.fetch_all(pool).await.unwrap().is_empty());
        let commit = bind_commit(sqlx::query(AssertSqlSafe(self.commit.as_str())), decision);
        let row = commit.fetch_one(pool).await.unwrap();
        let refusal: Option<String> = sqlx::Row::get(&row, 0);
        assert_eq!(refusal, None);
        decision.version.fetch_add(1, Ordering::Relaxed);
    }
}

type Sql<'q> = Query<'q, Postgres, PgArguments>;

/// The values of `Load::release`.
fn bind_load<'q>(query: Sql<'q>, decision: &'q Decision) -> Sql<'q> {
    let none = None::<&str>;
    let query =
        query.bind(&decision.tenant).bind(none).bind(none).bind(&decision.release).bind(none).bind(none);
    query.bind(0_i64).bind(none).bind(none).bind(none).bind("release").bind(&decision.release)
}

/// The values of a commit that writes the release and its event.
fn bind_commit<'q>(query: Sql<'q>, decision: &'q Decision) -> Sql<'q> {
    let version = decision.version.load(Ordering::Relaxed);
    let [before, after] = &decision.body;
    let (kind, id, none) = (["release"], [decision.release.as_str()], None::<&str>);
    let query = query.bind(&decision.tenant).bind([decision.event.as_str()]).bind([""; 0]).bind([0_i64]);
    let query = query.bind(kind).bind(id).bind([version]).bind(kind).bind(id).bind([version]);
    let query = query.bind([version + 1]).bind([format!("{before}{}{after}", version + 1)]);
    let query = query.bind([None::<i32>]).bind([true]).bind(["+0"]);
    let query = query.bind([decision.release.as_str()]).bind(id);
    let query = query.bind(None::<i64>).bind(false).bind(none).bind(none).bind(None::<i64>);
    query.bind(none).bind(none).bind(none).bind(none).bind(none).bind(none)
}
