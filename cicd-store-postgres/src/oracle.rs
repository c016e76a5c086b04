//! What must hold of everything that is stored, asked of the database in its own words.

use cicd_core::port::StoreError;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgPool};

use crate::error::store_error;
use crate::sessions::{enter, views};

/// A statement that gives a line of text for each invariant that is broken, and nothing on a sound database. It relies on
/// nothing but the tables, so it can also be run by hand.
pub const ORACLE: &str = include_str!("oracle.sql");

/// The invariants that are broken. It reads everything, so it takes as long as it takes, on a connection of its own.
pub(crate) async fn broken(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    let mut connection = pool.acquire().await.map_err(|error| store_error(&error))?.detach();
    let found = ask(&mut connection).await.map_err(|error| store_error(&error));
    // What was found matters more than how the connection ends.
    let _ = connection.close().await;
    found
}

/// No invariant is about the rows of two tenants, so it may be asked of one after the other.
async fn ask(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query("SET statement_timeout = 0").execute(&mut *connection).await?;
    let mut broken = Vec::new();
    for tenant in views(connection).await? {
        if let Some(tenant) = &tenant {
            enter(connection, tenant).await?;
        }
        broken.extend(sqlx::query_scalar::<_, String>(ORACLE).fetch_all(&mut *connection).await?);
    }
    Ok(broken)
}
