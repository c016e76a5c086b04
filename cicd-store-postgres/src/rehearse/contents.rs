//! What the tables hold, row by row in the order of their keys.

use cicd_core::migration::{Contents, Tables};
use futures_util::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use crate::error::OpenError;

/// Each table of ours, the columns that are stored in their own right, and an order that is the same in each copy. When a
/// migration was applied is not content.
const TABLES: &str = "
SELECT class.relname::text, columns.list, coalesce(key.list, quote_ident(class.relname) || '::text COLLATE \"C\"')
FROM pg_class AS class
JOIN LATERAL (
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname COLLATE \"C\") AS list FROM pg_attribute
    WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        AND (class.relname, attname) <> ('cicd_migrations', 'applied_at')
) AS columns ON columns.list IS NOT NULL
LEFT JOIN LATERAL (
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY part.number) AS list
    FROM pg_index AS index
    CROSS JOIN LATERAL unnest(index.indkey::int2[]) WITH ORDINALITY AS part (attnum, number)
    JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum = part.attnum
    WHERE index.indrelid = class.oid AND index.indisprimary
) AS key ON true
WHERE class.relnamespace = quote_ident(current_schema())::regnamespace AND class.relname LIKE 'cicd\\_%'
    AND class.relkind IN ('r', 'p')
ORDER BY class.relname COLLATE \"C\"";

/// A table, and how its rows are read.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: String,
    order: String,
}

impl Table {
    /// Sends every row, one message each.
    pub(super) fn copy_out(&self) -> String {
        format!("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT", self.columns, self.name, self.order)
    }
}

/// The tables of the current schema.
pub(super) async fn list(connection: &mut PgConnection) -> Result<Vec<Table>, OpenError> {
    let rows = sqlx::query(TABLES).fetch_all(connection).await?;
    let tables = rows
        .iter()
        .map(|row| Ok(Table { name: row.try_get(0)?, columns: row.try_get(1)?, order: row.try_get(2)? }));
    Ok(tables.collect::<Result<_, sqlx::Error>>()?)
}

/// What every table of the current schema holds.
pub(super) async fn of(connection: &mut PgConnection) -> Result<Tables, OpenError> {
    let mut tables = Tables::new();
    for table in list(connection).await? {
        let mut contents = Contents::EMPTY;
        let mut rows = connection.copy_out_raw(&table.copy_out()).await?;
        while let Some(row) = rows.try_next().await? {
            contents.add(&row);
        }
        drop(rows);
        tables.insert(table.name, contents);
    }
    Ok(tables)
}
