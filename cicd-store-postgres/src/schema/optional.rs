//! What an operator may choose: roles that part those who migrate from those who decide and those who work, and row-level
//! security, which stands on them.

use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgPool};

use super::apply::{ONE_SCHEMA, locked};
use crate::error::OpenError;

const ROLES_UP: &str = include_str!("../../migrations/optional/roles.up.sql");
const ROLES_DOWN: &str = include_str!("../../migrations/optional/roles.down.sql");
pub(super) const ROW_SECURITY_UP: &str = include_str!("../../migrations/optional/row_security.up.sql");
const ROW_SECURITY_DOWN: &str = include_str!("../../migrations/optional/row_security.down.sql");

/// How many tables there are, and how many of them the role owns; how many have a tenant, and how many of them are secured.
const STATUS: &str = "
SELECT count(*), count(*) FILTER (WHERE pg_get_userbyid(relowner) = 'cicd_owner'),
    count(tenant.attname), count(tenant.attname) FILTER (WHERE relrowsecurity AND relforcerowsecurity)
FROM pg_class
LEFT JOIN pg_attribute AS tenant ON tenant.attrelid = pg_class.oid AND tenant.attname = 'tenant'
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r' AND relname LIKE 'cicd\\_%'";

/// How far an optional migration is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InForce {
    /// On no table.
    Off,
    /// On some tables: a migration made new ones since. It is to be run again.
    Partly,
    /// On every table that it is about.
    On,
}

/// Which optional migrations are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionalMigrations {
    /// The roles of [`grant_roles`].
    pub roles: InForce,
    /// Row-level security, see [`enable_row_security`].
    pub row_security: InForce,
}

/// Gives the schema to the role `cicd_owner`, and makes the roles `cicd_app`, which reads and changes through commits alone,
/// and `cicd_worker`, which holds leases. A login for a host is a member of both: neither can write to an audit table. It is
/// run by a role that may create roles, after [`migrate`](crate::migrate) and again after each later one, and may be
/// repeated.
///
/// # Errors
/// [`OpenError::Database`] when the caller may not create roles; nothing has changed then.
pub async fn grant_roles(pool: &PgPool) -> Result<(), OpenError> {
    run(pool, |_| Ok(()), ROLES_UP).await
}

/// Gives the schema back to the caller, who becomes its owner. The roles stay, without any right on it.
///
/// # Errors
/// [`OpenError::RowsSecured`] while row-level security is on, and as [`grant_roles`].
pub async fn revoke_roles(pool: &PgPool) -> Result<(), OpenError> {
    let allowed = |found: OptionalMigrations| match found.row_security {
        InForce::Off => Ok(()),
        InForce::Partly | InForce::On => Err(OpenError::RowsSecured),
    };
    run(pool, allowed, ROLES_DOWN).await
}

/// Turns row-level security on, for the tables' owner too: a session sees and writes only rows of the tenant that the
/// setting `cicd.tenant` names, and none while it names nobody. A store that is opened afterwards names the tenant for
/// each of its statements; one that was opened before sees nothing, so the hosts are stopped first. It is run by who granted
/// the roles, after [`grant_roles`] and again after each later migration, and may be repeated.
///
/// # Errors
/// [`OpenError::RolesMissing`] before the roles were granted, on every table; [`OpenError::Database`] when the caller may
/// not create roles. Nothing has changed then.
pub async fn enable_row_security(pool: &PgPool) -> Result<(), OpenError> {
    let allowed = |found: OptionalMigrations| match found.roles {
        InForce::On => Ok(()),
        InForce::Off | InForce::Partly => Err(OpenError::RolesMissing),
    };
    run(pool, allowed, ROW_SECURITY_UP).await
}

/// Turns row-level security off: who may read a table sees the rows of all tenants. The roles stay as they are.
///
/// # Errors
/// As [`grant_roles`].
pub async fn disable_row_security(pool: &PgPool) -> Result<(), OpenError> {
    run(pool, |_| Ok(()), ROW_SECURITY_DOWN).await
}

/// Which optional migrations are in force on the schema that `pool` reaches.
///
/// # Errors
/// [`OpenError::Database`] when the server can't be reached.
pub async fn optional_migrations(pool: &PgPool) -> Result<OptionalMigrations, OpenError> {
    status(&mut *pool.acquire().await?).await
}

/// The same, with a connection of the caller's.
pub(super) async fn status(connection: &mut PgConnection) -> Result<OptionalMigrations, OpenError> {
    let (tables, owned, with_tenant, secured): (i64, i64, i64, i64) =
        sqlx::query_as(STATUS).fetch_one(connection).await?;
    let in_force = |some: i64, all: i64| match some {
        0 => InForce::Off,
        some if some < all => InForce::Partly,
        _ => InForce::On,
    };
    Ok(OptionalMigrations { roles: in_force(owned, tables), row_security: in_force(secured, with_tenant) })
}

/// Runs a migration, in one transaction, where what is in force allows it.
async fn run(
    pool: &PgPool,
    allowed: impl Fn(OptionalMigrations) -> Result<(), OpenError> + Send,
    sql: &'static str,
) -> Result<(), OpenError> {
    // Not given back to the pool: a caller that goes away here would leave it in the middle of the transaction.
    let mut connection = locked(pool).await?;
    let mut transaction = connection.begin().await?;
    sqlx::query(ONE_SCHEMA).execute(&mut *transaction).await?;
    allowed(status(&mut transaction).await?)?;
    sqlx::raw_sql(sql).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(connection.close().await?)
}
