//! The copy: a database of its own, filled in one moment of the original.

use cicd_core::migration::{Contents, Tables};
use futures_util::TryStreamExt as _;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::contents::{self, Table};
use crate::error::OpenError;
use crate::schema::{Migration, up};

/// One name for each database: its rehearsals come one after the other.
const NAME: &str = "
SELECT format('cicd_rehearsal_%s', oid), quote_ident(current_schema()), format(
    'CREATE DATABASE cicd_rehearsal_%s TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L',
    oid, pg_encoding_to_char(encoding), datcollate, datctype)
FROM pg_database WHERE datname = current_database()";
/// Steps of a migration wait for it, so that all tables have the form that was verified.
const SETTLED: &str =
    "SELECT pg_advisory_lock_shared(hashtextextended('cicd_migrations ' || current_schema(), 0))";
const UNSETTLED: &str =
    "SELECT pg_advisory_unlock_shared(hashtextextended('cicd_migrations ' || current_schema(), 0))";
const ONE_MOMENT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
const NO_IDLE_LIMIT: &str = "SELECT set_config('idle_in_transaction_session_timeout', '0', true)";

/// How many bytes are sent at once.
const CHUNK: usize = 64 * 1024;

/// A database that is there for a rehearsal alone.
#[derive(Debug)]
pub(super) struct CopyDatabase {
    pub(super) name: String,
    /// As SQL names it: the same as the original's.
    pub(super) schema: String,
}

impl CopyDatabase {
    /// Creates the empty database, in place of what a killed rehearsal left.
    pub(super) async fn create(live: &mut PgConnection) -> Result<Self, OpenError> {
        let (name, schema, create): (String, String, String) =
            sqlx::query_as(NAME).fetch_one(&mut *live).await?;
        let copy = Self { name, schema };
        copy.drop(live).await?;
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut *live).await?;
        let place = format!("ALTER DATABASE {} SET search_path TO {}, pg_temp", copy.name, copy.schema);
        let placed = sqlx::raw_sql(AssertSqlSafe(place)).execute(&mut *live).await;
        if placed.is_err() {
            copy.drop(live).await?;
        }
        placed?;
        Ok(copy)
    }

    /// Removes the database, whoever is connected to it.
    pub(super) async fn drop(&self, live: &mut PgConnection) -> Result<(), OpenError> {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(live).await?;
        Ok(())
    }
}

/// Builds the schema up to step `version` in the copy and fills it with what the original held at one moment, which it gives.
pub(super) async fn fill(
    live: &mut PgConnection,
    copy: &mut PgConnection,
    steps: &[Migration],
    version: u32,
) -> Result<Tables, OpenError> {
    up(copy, steps, version).await?;
    sqlx::query(SETTLED).execute(&mut *live).await?;
    let mut moment = live.begin_with(ONE_MOMENT).await?;
    sqlx::query(NO_IDLE_LIMIT).execute(&mut *moment).await?;
    let mut copied = Tables::new();
    for table in contents::list(&mut moment).await? {
        // The steps wrote it.
        if table.name != "cicd_migrations" {
            let contents = transfer(&table, &mut moment, copy).await?;
            copied.insert(table.name, contents);
        }
    }
    moment.rollback().await?;
    sqlx::query(UNSETTLED).execute(live).await?;
    Ok(copied)
}

/// Sends the rows of a table from one database to the other.
async fn transfer(
    table: &Table,
    from: &mut PgConnection,
    to: &mut PgConnection,
) -> Result<Contents, OpenError> {
    // What the triggers keep was kept when the rows were written.
    triggers(table, to, "DISABLE").await?;
    let mut rows = from.copy_out_raw(&table.copy_out()).await?;
    let copy_in = format!("COPY {} ({}) FROM STDIN", table.name, table.columns);
    let mut copy = to.copy_in_raw(&copy_in).await?;
    let (mut contents, mut chunk) = (Contents::EMPTY, Vec::with_capacity(2 * CHUNK));
    while let Some(row) = rows.try_next().await? {
        contents.add(&row);
        chunk.extend_from_slice(&row);
        if chunk.len() >= CHUNK {
            copy.send(chunk.as_slice()).await?;
            chunk.clear();
        }
    }
    copy.send(chunk.as_slice()).await?;
    copy.finish().await?;
    triggers(table, to, "ENABLE").await?;
    Ok(contents)
}

async fn triggers(table: &Table, copy: &mut PgConnection, change: &str) -> Result<(), OpenError> {
    let alter = format!("ALTER TABLE {} {change} TRIGGER USER", table.name);
    sqlx::raw_sql(AssertSqlSafe(alter)).execute(copy).await?;
    Ok(())
}
