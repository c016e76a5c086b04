//! Whether the live schema is what the migrations describe.

use cicd_core::migration::{Objects, Verification};
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{Connection as _, Row as _};

use super::apply;
use super::migrations::{ALL, Migration};
use super::optional::{self, InForce, ROW_SECURITY_UP};
use crate::error::OpenError;

const OBJECTS: &str = include_str!("objects.sql");

/// A migration that is under way is waited for, however long it takes.
const SETTLED: &str = "
SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '0', true),
    pg_advisory_xact_lock_shared(hashtextextended('cicd_migrations ' || current_schema(), 0))";
/// Beside the live schema, and gone with the transaction.
const MAKE_SCRATCH: &str = "
DO $$ BEGIN EXECUTE format('CREATE SCHEMA %I', 'cicd_scratch_' || pg_backend_pid()); END $$";
const USE_SCRATCH: &str =
    "SELECT set_config('search_path', 'cicd_scratch_' || pg_backend_pid() || ', pg_temp', true)";
const ONE_SCHEMA: &str =
    "SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)";

/// Compares the live schema with what the migrations describe: tables, columns, constraints, indexes, triggers, rules,
/// policies, functions and types. The migrations run in a scratch schema, in a transaction that is rolled back; hosts go on
/// meanwhile. Row-level security belongs to it where it is on. Owners and rights are not compared.
///
/// # Errors
/// [`OpenError::MigrationAltered`] and [`OpenError::StepUnknown`] when this binary can't tell what the migrations describe;
/// [`OpenError::Database`] also where the role may not create a schema.
pub async fn verify_schema(pool: &PgPool) -> Result<Verification, OpenError> {
    verify(&mut *pool.acquire().await?, ALL).await
}

/// The same, with a connection and steps of the caller's.
pub(crate) async fn verify(
    connection: &mut PgConnection,
    steps: &[Migration],
) -> Result<Verification, OpenError> {
    let mut transaction = connection.begin().await?;
    sqlx::query(SETTLED).execute(&mut *transaction).await?;
    sqlx::query(ONE_SCHEMA).execute(&mut *transaction).await?;
    let applied = apply::applied(&mut transaction).await?;
    let version = known(&applied, steps)?;
    let found = objects(&mut transaction).await?;
    let is_secured = optional::status(&mut transaction).await?.row_security != InForce::Off;
    let described = if applied.is_empty() && found.is_empty() {
        Objects::new()
    } else {
        sqlx::raw_sql(MAKE_SCRATCH).execute(&mut *transaction).await?;
        sqlx::query(USE_SCRATCH).execute(&mut *transaction).await?;
        apply::up(&mut transaction, steps, version).await?;
        if is_secured {
            sqlx::raw_sql(ROW_SECURITY_UP).execute(&mut *transaction).await?;
        }
        objects(&mut transaction).await?
    };
    transaction.rollback().await?;
    Ok(Verification::of(version, &described, &found))
}

/// The last step that was applied, when `steps` say what it and those before it made.
fn known(applied: &[apply::Applied], steps: &[Migration]) -> Result<u32, OpenError> {
    super::inspect::allowed(applied)?;
    let version = applied.last().map_or(0, |step| step.version);
    let known = steps.last().map_or(0, |step| step.version);
    if version > known { Err(OpenError::StepUnknown { version, known }) } else { Ok(version) }
}

/// Every object of ours in the current schema.
pub(crate) async fn objects(connection: &mut PgConnection) -> Result<Objects, OpenError> {
    let rows = sqlx::query(OBJECTS).fetch_all(connection).await?;
    let objects = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    Ok(objects.collect::<Result<_, sqlx::Error>>()?)
}
