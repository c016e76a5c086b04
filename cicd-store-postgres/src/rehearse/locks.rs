//! What a step locked that others use.

use std::collections::BTreeMap;

use cicd_core::migration::Held;
use sqlx::postgres::PgConnection;

/// What is there before a step: what it makes itself, nobody else can wait for.
const RELATIONS: &str = "
SELECT oid::text, relname::text FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace";
const LOCKS: &str = "
SELECT relation::text, mode FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// The names of what others may use.
pub(super) type Relations = BTreeMap<String, String>;

/// The tables and indexes of the current schema, by their object ids.
pub(super) async fn relations(connection: &mut PgConnection) -> Result<Relations, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(RELATIONS).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

/// Which of `relations` the open transaction holds locks on that others would wait for. Locks stay until it ends.
pub(super) async fn held(
    connection: &mut PgConnection,
    relations: &Relations,
) -> Result<Vec<Held>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(LOCKS).fetch_all(connection).await?;
    let of_others = rows.into_iter().filter_map(|(oid, mode)| Some((relations.get(&oid)?.clone(), mode)));
    let mut held: Vec<_> = of_others.filter_map(|(on, mode)| blocking(on, mode)).collect();
    held.sort_by(|one, other| (&one.on, &one.mode).cmp(&(&other.on, &other.mode)));
    Ok(held)
}

/// Reads take `ACCESS SHARE`, changes `ROW EXCLUSIVE` and `ROW SHARE`:
/// <https://www.postgresql.org/docs/current/explicit-locking.html>.
fn blocking(on: String, mode: String) -> Option<Held> {
    let blocks_readers = mode == "AccessExclusiveLock";
    let blocks_writers =
        blocks_readers || matches!(mode.as_str(), "ExclusiveLock" | "ShareRowExclusiveLock" | "ShareLock");
    blocks_writers.then_some(Held { on, mode, blocks_readers, blocks_writers })
}
