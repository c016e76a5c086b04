//! The roles that part those who migrate from those who decide and those who work.

use sqlx::Connection as _;
use sqlx::postgres::PgPool;

use crate::error::OpenError;

const UP: &str = include_str!("../../migrations/optional/roles.up.sql");
const DOWN: &str = include_str!("../../migrations/optional/roles.down.sql");

/// Gives the schema to the role `cicd_owner`, and makes the roles `cicd_app`, which reads and changes through commits alone,
/// and `cicd_worker`, which holds leases. A login for a host is a member of both: neither can write to an audit table. It is
/// run by a role that may create roles, after [`migrate`](crate::migrate) and again after each later one, and may be
/// repeated.
///
/// # Errors
/// [`OpenError::Database`] when the caller may not create roles; nothing has changed then.
pub async fn grant_roles(pool: &PgPool) -> Result<(), OpenError> {
    run(pool, UP).await
}

/// Gives the schema back to the caller, who becomes its owner. The roles stay, without any right on it.
///
/// # Errors
/// As [`grant_roles`].
pub async fn revoke_roles(pool: &PgPool) -> Result<(), OpenError> {
    run(pool, DOWN).await
}

async fn run(pool: &PgPool, sql: &'static str) -> Result<(), OpenError> {
    // Not given back to the pool: a caller that goes away here would leave it in the middle of the transaction.
    let mut connection = pool.acquire().await?.detach();
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(sql).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(connection.close().await?)
}
