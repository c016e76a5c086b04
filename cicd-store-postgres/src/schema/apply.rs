//! Brings a database from one step of the schema to another.

use cicd_core::migration::{DownStep, MayLose, Way};
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::migrations::{ALL, LATEST, Migration};
use super::optional::InForce;
use crate::error::OpenError;

const CREATE_MIGRATIONS: &str = "
CREATE TABLE IF NOT EXISTS cicd_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    oldest integer NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)";
const HAS_MIGRATIONS: &str = "SELECT to_regclass('cicd_migrations') IS NOT NULL";
const APPLIED: &str = "SELECT version, checksum, oldest, name FROM cicd_migrations ORDER BY version";
const RECORD: &str = "INSERT INTO cicd_migrations (version, name, checksum, oldest) VALUES ($1, $2, $3, $4)";
const FORGET: &str = "DELETE FROM cicd_migrations WHERE version = $1";

/// Of two that migrate one schema at once the second waits, however long the first one takes. What row-level security would
/// hide is an error: a guard that sees no rows must not take them for absent.
const LOCK: &str = "
SELECT set_config('lock_timeout', '0', false), set_config('statement_timeout', '0', false),
    set_config('row_security', 'off', false),
    pg_advisory_lock(hashtextextended('cicd_migrations ' || current_schema(), 0))";
/// What is made belongs to one schema, and its functions look nowhere else, however a later session is set.
pub(super) const ONE_SCHEMA: &str =
    "SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)";

/// A step that was applied.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) version: u32,
    pub(crate) name: String,
    pub(crate) checksum: String,
    pub(crate) oldest: u32,
}

/// Brings the database that `pool` reaches to the latest schema that this binary knows. Gives the numbers of the
/// migrations that were applied; none when it was up to date. Of two callers at once, one waits for the other. A process
/// that dies midway leaves the steps before the one it was at; the next call goes on from there.
///
/// # Errors
/// [`OpenError::MigrationAltered`] and [`OpenError::SchemaNewer`] when what was applied before does not allow this binary;
/// [`OpenError::Migration`] when a step failed: the steps before it stay.
pub async fn migrate(pool: &PgPool) -> Result<Vec<u32>, OpenError> {
    let mut connection = locked(pool).await?;
    let migrated = up(&mut connection, ALL, LATEST).await;
    connection.close().await?;
    migrated
}

/// Takes back every migration after number `to`, the last one first. Gives the numbers of those that were taken back.
///
/// # Errors
/// As [`migrate`]; [`OpenError::RowsSecured`] while row-level security is on; [`OpenError::WouldLose`] where something would be lost that may not be: the steps after it are back.
pub async fn migrate_down(pool: &PgPool, to: u32) -> Result<Vec<u32>, OpenError> {
    migrate_down_losing(pool, to, MayLose::Nothing).await
}

/// The same, where `may_lose` says what of what is stored may be lost. There is no way back from it but a backup.
///
/// # Errors
/// As [`migrate_down`].
pub async fn migrate_down_losing(pool: &PgPool, to: u32, may_lose: MayLose) -> Result<Vec<u32>, OpenError> {
    let mut connection = locked(pool).await?;
    let migrated = match super::optional::status(&mut connection).await?.row_security {
        InForce::Off => down(&mut connection, to, may_lose).await,
        // Its guards would see no rows, and it relies on the tables.
        InForce::Partly | InForce::On => Err(OpenError::RowsSecured),
    };
    connection.close().await?;
    migrated
}

/// A connection that holds the lock of the schema's migrations until it is closed.
pub(super) async fn locked(pool: &PgPool) -> Result<PgConnection, OpenError> {
    let mut connection = pool.acquire().await?.detach();
    sqlx::query(LOCK).execute(&mut connection).await?;
    Ok(connection)
}

/// Applies those of `steps` that are missing, up to number `to`.
pub(crate) async fn up(
    connection: &mut PgConnection,
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

async fn down(connection: &mut PgConnection, to: u32, may_lose: MayLose) -> Result<Vec<u32>, OpenError> {
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
pub(crate) async fn applied(connection: &mut PgConnection) -> Result<Vec<Applied>, OpenError> {
    let has_migrations: bool = sqlx::query_scalar(HAS_MIGRATIONS).fetch_one(&mut *connection).await?;
    if !has_migrations {
        return Ok(Vec::new());
    }
    let number = |number: i32| u32::try_from(number).unwrap_or_default();
    let rows = sqlx::query(APPLIED).fetch_all(&mut *connection).await?;
    let steps = rows.iter().map(|row| {
        let (version, oldest) = (number(row.try_get(0)?), number(row.try_get(2)?));
        Ok(Applied { version, checksum: row.try_get(1)?, oldest, name: row.try_get(3)? })
    });
    Ok(steps.collect::<Result<_, sqlx::Error>>()?)
}

/// Runs one step and records it, or forgets it, in one transaction.
async fn run(
    connection: &mut PgConnection,
    step: &Migration,
    way: Way,
    may_lose: MayLose,
) -> Result<(), OpenError> {
    let failed = |source| OpenError::Migration { version: step.version, name: step.name, source };
    let mut transaction = connection.begin().await.map_err(failed)?;
    take(&mut transaction, step, way, may_lose).await?;
    transaction.commit().await.map_err(failed)
}

/// Takes one step in the transaction that is open.
pub(crate) async fn take(
    transaction: &mut PgConnection,
    step: &Migration,
    way: Way,
    may_lose: MayLose,
) -> Result<(), OpenError> {
    let failed = |source| OpenError::Migration { version: step.version, name: step.name, source };
    sqlx::query(ONE_SCHEMA).execute(&mut *transaction).await.map_err(failed)?;
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let (sql, record) = match way {
        Way::Up => {
            let record = sqlx::query(RECORD).bind(number(step.version)).bind(step.name);
            (step.up, record.bind(step.checksum()).bind(number(step.oldest())))
        }
        Way::Down => {
            let parts = DownStep::of(step.down);
            if let Some(guard) = parts.guard_against(may_lose) {
                let lost = |source| OpenError::WouldLose { version: step.version, name: step.name, source };
                let guard = sqlx::raw_sql(AssertSqlSafe(guard.to_owned()));
                guard.execute(&mut *transaction).await.map_err(lost)?;
            }
            (parts.undo, sqlx::query(FORGET).bind(number(step.version)))
        }
    };
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *transaction).await.map_err(failed)?;
    record.execute(&mut *transaction).await.map_err(failed)?;
    Ok(())
}
