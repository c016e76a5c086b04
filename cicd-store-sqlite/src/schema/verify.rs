//! Whether the schema of a file is what the migrations describe.

use std::path::Path;

use cicd_core::migration::{Objects, Verification};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::apply;
#[cfg(test)]
use super::migrations::LATEST;
use super::migrations::{ALL, Migration};
use crate::config::look;
use crate::error::OpenError;

const OBJECTS: &str = "
SELECT type || ' `' || name || '`', coalesce(sql, 'made by SQLite') FROM sqlite_schema
WHERE name LIKE 'cicd\\_%' ESCAPE '\\' OR tbl_name LIKE 'cicd\\_%' ESCAPE '\\'";

/// Compares the schema of the database at `path` with what the migrations describe, which run in memory: tables, indexes,
/// triggers and views, each by its text. A host may hold the database meanwhile.
///
/// # Errors
/// [`OpenError::MigrationAltered`] and [`OpenError::StepUnknown`] when this binary can't tell what the migrations describe;
/// [`OpenError::Io`] when there is no such file.
pub async fn verify_schema(path: impl AsRef<Path>) -> Result<Verification, OpenError> {
    let mut connection = look(path.as_ref()).await?;
    let verification = verify(&mut connection, ALL).await;
    connection.close().await?;
    verification
}

/// The same, with a connection and steps of the caller's.
pub(crate) async fn verify(
    connection: &mut SqliteConnection,
    steps: &[Migration],
) -> Result<Verification, OpenError> {
    // One moment, whoever migrates meanwhile.
    let mut moment = connection.begin().await?;
    let applied = apply::applied(&mut moment).await?;
    let found = objects(&mut moment).await?;
    moment.rollback().await?;
    super::inspect::allowed(&applied)?;
    let version = applied.last().map_or(0, |step| step.version);
    let known = steps.last().map_or(0, |step| step.version);
    if version > known {
        return Err(OpenError::StepUnknown { version, known });
    }
    let described = if applied.is_empty() && found.is_empty() {
        Objects::new()
    } else {
        let mut made = made(steps, version).await?;
        let described = objects(&mut made).await?;
        made.close().await?;
        described
    };
    Ok(Verification::of(version, &described, &found))
}

/// A database in memory that the migrations made just now.
#[cfg(test)]
pub(crate) async fn fresh() -> Result<SqliteConnection, OpenError> {
    made(ALL, LATEST).await
}

async fn made(steps: &[Migration], version: u32) -> Result<SqliteConnection, OpenError> {
    let mut connection = SqliteConnectOptions::new().in_memory(true).connect().await?;
    apply::up(&mut connection, steps, version).await?;
    Ok(connection)
}

/// Every object of ours, and what hangs on one.
pub(crate) async fn objects(connection: &mut SqliteConnection) -> Result<Objects, OpenError> {
    let rows = sqlx::query(OBJECTS).fetch_all(connection).await?;
    let objects = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    Ok(objects.collect::<Result<_, sqlx::Error>>()?)
}
