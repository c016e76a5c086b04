//! Brings a database from one step of the schema to another.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use cicd_core::migration::{DownStep, MayLose, Way};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::migrations::{ALL, LATEST, Migration};
use crate::config::SqliteOptions;
use crate::error::OpenError;
use crate::lock::FileLock;

const CREATE_MIGRATIONS: &str = "
CREATE TABLE IF NOT EXISTS cicd_migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    oldest INTEGER NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT";
const HAS_MIGRATIONS: &str =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'cicd_migrations'";
const APPLIED: &str = "SELECT version, checksum, oldest, name FROM cicd_migrations ORDER BY version";
const RECORD: &str =
    "INSERT INTO cicd_migrations (version, name, checksum, oldest, applied_at) VALUES (?1, ?2, ?3, ?4, ?5)";
const FORGET: &str = "DELETE FROM cicd_migrations WHERE version = ?1";

/// A step that was applied.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) version: u32,
    pub(crate) name: String,
    pub(crate) checksum: String,
    pub(crate) oldest: u32,
}

/// Brings the database at `path` to the latest schema that this binary knows, and creates it where there is none. Gives
/// the numbers of the migrations that were applied; none when it was up to date.
///
/// # Errors
/// [`OpenError::Held`] while a process holds the database; [`OpenError::MigrationAltered`] and [`OpenError::SchemaNewer`]
/// when what was applied before does not allow this binary; [`OpenError::Migration`] when a step failed.
pub async fn migrate(path: impl AsRef<Path>) -> Result<Vec<u32>, OpenError> {
    let (_lock, path) = FileLock::take(path.as_ref())?;
    let mut connection = SqliteOptions::default().writer(&path).await?;
    let migrated = up(&mut connection, ALL, LATEST).await;
    connection.close().await?;
    migrated
}

/// Takes back every migration after number `to`, the last one first. Gives the numbers of those that were taken back.
///
/// # Errors
/// As [`migrate`]; [`OpenError::WouldLose`] where something would be lost: the steps after it are back.
pub async fn migrate_down(path: impl AsRef<Path>, to: u32) -> Result<Vec<u32>, OpenError> {
    migrate_down_losing(path, to, MayLose::Nothing).await
}

/// The same, where `may_lose` says what of what is stored may be lost. There is no way back from it but a backup.
///
/// # Errors
/// As [`migrate_down`].
pub async fn migrate_down_losing(
    path: impl AsRef<Path>,
    to: u32,
    may_lose: MayLose,
) -> Result<Vec<u32>, OpenError> {
    let (_lock, path) = FileLock::take(path.as_ref())?;
    let mut connection = SqliteOptions::default().writer(&path).await?;
    let migrated = down(&mut connection, to, may_lose).await;
    connection.close().await?;
    migrated
}

/// Applies those of `steps` that are missing, up to number `to`.
pub(crate) async fn up(
    connection: &mut SqliteConnection,
    steps: &[Migration],
    to: u32,
) -> Result<Vec<u32>, OpenError> {
    let before = applied(connection).await?;
    super::inspect::allowed(&before)?;
    sqlx::query(CREATE_MIGRATIONS).execute(&mut *connection).await?;
    let last = before.last().map_or(0, |step| step.version);
    let mut done = Vec::new();
    for step in steps.iter().filter(|step| step.version > last && step.version <= to) {
        run(connection, step, Way::Up, MayLose::Nothing).await?;
        done.push(step.version);
    }
    Ok(done)
}

async fn down(connection: &mut SqliteConnection, to: u32, may_lose: MayLose) -> Result<Vec<u32>, OpenError> {
    let before = applied(connection).await?;
    super::inspect::allowed(&before)?;
    let last = before.last().map_or(0, |step| step.version);
    let mut done = Vec::new();
    for step in ALL.iter().rev().filter(|step| (to.saturating_add(1)..=last).contains(&step.version)) {
        run(connection, step, Way::Down, may_lose).await?;
        done.push(step.version);
    }
    Ok(done)
}

/// The steps that were applied, in order.
pub(crate) async fn applied(connection: &mut SqliteConnection) -> Result<Vec<Applied>, OpenError> {
    let tables: i64 = sqlx::query_scalar(HAS_MIGRATIONS).fetch_one(&mut *connection).await?;
    if tables == 0 {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(APPLIED).fetch_all(&mut *connection).await?;
    let steps = rows.iter().map(|row| {
        let (version, oldest) = (row.try_get(0)?, row.try_get(2)?);
        Ok(Applied { version, checksum: row.try_get(1)?, oldest, name: row.try_get(3)? })
    });
    Ok(steps.collect::<Result<_, sqlx::Error>>()?)
}

/// Runs one step and records it, or forgets it, in one transaction.
pub(crate) async fn run(
    connection: &mut SqliteConnection,
    step: &Migration,
    way: Way,
    may_lose: MayLose,
) -> Result<(), OpenError> {
    let failed = |source| OpenError::Migration { version: step.version, name: step.name, source };
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let (sql, record) = match way {
        Way::Up => {
            let record = sqlx::query(RECORD).bind(step.version).bind(step.name).bind(step.checksum());
            (step.up, record.bind(step.oldest()).bind(now_micros()))
        }
        Way::Down => {
            let parts = DownStep::of(step.down);
            if let Some(guard) = parts.guard_against(may_lose) {
                let lost = |source| OpenError::WouldLose { version: step.version, name: step.name, source };
                let guard = sqlx::raw_sql(AssertSqlSafe(guard.to_owned()));
                guard.execute(&mut *transaction).await.map_err(lost)?;
            }
            (parts.undo, sqlx::query(FORGET).bind(step.version))
        }
    };
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *transaction).await.map_err(failed)?;
    record.execute(&mut *transaction).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
