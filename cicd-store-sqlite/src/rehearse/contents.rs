//! What the tables hold, row by row in the order of their keys.

use cicd_core::migration::{Contents, Tables};
use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row as _};

use crate::error::OpenError;

const TABLES: &str = "
SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'cicd\\_%' ESCAPE '\\' ORDER BY name";
/// The columns that are stored in their own right, quoted, and their places in the key. When a migration was applied is not
/// content.
const COLUMNS: &str = "
SELECT '\"' || replace(name, '\"', '\"\"') || '\"', pk FROM pragma_table_info(?1)
WHERE NOT (?1 = 'cicd_migrations' AND name = 'applied_at') ORDER BY name";

/// What every table of ours holds.
pub(super) async fn of(connection: &mut SqliteConnection) -> Result<Tables, OpenError> {
    let names: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *connection).await?;
    let mut tables = Tables::new();
    for name in names {
        let columns: Vec<(String, i64)> =
            sqlx::query_as(COLUMNS).bind(&name).fetch_all(&mut *connection).await?;
        let sql = select(&name, columns);
        let mut contents = Contents::EMPTY;
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            contents.add(row.try_get::<&str, _>(0)?.as_bytes());
        }
        drop(rows);
        tables.insert(name, contents);
    }
    Ok(tables)
}

/// One text for each row, in the order of the key, or of all columns where there is none.
fn select(table: &str, mut columns: Vec<(String, i64)>) -> String {
    let quoted: Vec<_> = columns.iter().map(|(name, _)| format!("quote({name})")).collect();
    if columns.iter().any(|(_, place)| *place > 0) {
        columns.retain(|(_, place)| *place > 0);
        columns.sort_by_key(|(_, place)| *place);
    }
    let order: Vec<_> = columns.into_iter().map(|(name, _)| name).collect();
    format!("SELECT {} FROM \"{table}\" ORDER BY {}", quoted.join(" || ',' || "), order.join(", "))
}
