//! The staging drill: migrations up, down and up again on a copy of a live database, while hosts go on with the original.

mod contents;
mod copy;
mod locks;
mod stage;
#[cfg(test)]
mod tests;

use std::time::Instant;

use cicd_core::migration::{self, Rehearsal, Tables};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};

use crate::error::OpenError;
use crate::schema::{ALL, Migration, verify};
use copy::CopyDatabase;
use stage::Staging;

/// Whoever holds it may use the name of the database's copy. The server gives it up when the session ends, however it ends.
/// A role that does not see every row is told so.
const LOCK: &str = "
SELECT set_config('statement_timeout', '0', false), set_config('idle_session_timeout', '0', false),
    set_config('row_security', 'off', false),
    pg_try_advisory_lock(hashtextextended('cicd_rehearsal ' || current_schema(), 0))";

/// Copies the live database that `pool` reaches into a new database of the same server, takes the pending migrations on the
/// copy up, down and up again (where none is pending, the last one down and up), opens it and reads from it, and removes it.
///
/// The copy is of one moment; hosts go on writing meanwhile, and nothing but reads is asked of the original. The role must be
/// allowed to create a database and a schema, and the server's disk must have room for the copy. What a killed
/// rehearsal left behind is removed by the next one.
///
/// # Errors
/// [`OpenError::Rehearsing`] while another rehearsal of this schema runs, and as
/// [`verify_schema`](crate::verify_schema). What a migration does wrong is no error, but in the report.
pub async fn rehearse(pool: &PgPool) -> Result<Rehearsal, OpenError> {
    with(pool, ALL).await
}

/// The same with other steps.
async fn with(pool: &PgPool, steps: &'static [Migration]) -> Result<Rehearsal, OpenError> {
    let mut live = pool.acquire().await?.detach();
    let (_, _, _, is_mine): (String, String, String, bool) =
        sqlx::query_as(LOCK).fetch_one(&mut live).await?;
    if !is_mine {
        return Err(OpenError::Rehearsing);
    }
    let rehearsed = with_live(&mut live, pool, steps).await;
    live.close().await?;
    rehearsed
}

async fn with_live(
    live: &mut PgConnection,
    pool: &PgPool,
    steps: &'static [Migration],
) -> Result<Rehearsal, OpenError> {
    let verification = verify(live, steps).await?;
    let (from, to) = (verification.version, steps.last().map_or(0, |step| step.version));
    if !verification.differences.is_empty() {
        let drift = verification.differences;
        return Ok(Rehearsal { from, to, drift, ..Rehearsal::default() });
    }
    let copy = CopyDatabase::create(live).await?;
    let options = pool.connect_options().as_ref().clone().database(&copy.name);
    let rehearsed = on_copy(live, options, &copy.schema, steps, from).await;
    // Also after a failure, which matters more than how this goes.
    let dropped = copy.drop(live).await;
    let report = rehearsed?;
    dropped?;
    Ok(report)
}

async fn on_copy(
    live: &mut PgConnection,
    options: PgConnectOptions,
    schema: &str,
    steps: &'static [Migration],
    from: u32,
) -> Result<Rehearsal, OpenError> {
    let began = Instant::now();
    let mut staging = Staging::connect(options, schema, steps).await?;
    let copied = copy::fill(live, &mut staging.connection, steps, from).await?;
    let copy_micros = micros(began);
    let to = steps.last().map_or(0, |step| step.version);
    let rehearsed = migration::rehearse(&mut staging, from, to).await;
    // The copy is dropped next: nothing depends on how its session ends.
    let _ = staging.connection.close().await;
    let mut report = rehearsed?;
    report.copy_micros = copy_micros;
    report.findings.extend(unlike(&copied, &report.tables));
    Ok(report)
}

/// The tables that did not arrive as they were.
fn unlike(copied: &Tables, arrived: &Tables) -> Vec<String> {
    let differ = copied.iter().filter(|(table, contents)| arrived.get(*table) != Some(contents));
    differ.map(|(table, _)| format!("`{table}` of the copy is not as the original's")).collect()
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
