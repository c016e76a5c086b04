//! What must hold of everything that is stored, asked of the database in its own words.

use cicd_core::port::StoreError;
use sqlx::postgres::PgPool;

use crate::error::store_error;

/// A statement that gives a line of text for each invariant that is broken, and nothing on a sound database. It relies on
/// nothing but the tables, so it can also be run by hand.
pub const ORACLE: &str = include_str!("oracle.sql");

/// The invariants that are broken.
pub(crate) async fn broken(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar(ORACLE).fetch_all(pool).await.map_err(|error| store_error(&error))
}
