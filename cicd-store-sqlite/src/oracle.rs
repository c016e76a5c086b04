//! What must hold of everything that is stored, asked of the database in its own words.

use cicd_core::port::StoreError;
use sqlx::Row as _;
use sqlx::sqlite::SqlitePool;

use crate::error::store_error;

/// A statement that gives a line of text for each invariant that is broken, and nothing on a sound database. It relies on
/// nothing but the tables, so it can also be run by hand.
pub const ORACLE: &str = include_str!("oracle.sql");

const INTEGRITY: &str = "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'";

/// What is wrong with the database: its file, then its invariants.
pub(crate) async fn broken(readers: &SqlitePool) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for sql in [INTEGRITY, ORACLE] {
        let rows = sqlx::query(sql).fetch_all(readers).await.map_err(|error| store_error(&error))?;
        for row in rows {
            found.push(row.try_get(0).map_err(|error| store_error(&error))?);
        }
    }
    Ok(found)
}
