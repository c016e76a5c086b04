//! What the hosts of a database agree on: what was proposed first stays.

use cicd_core::port::StoreError;
use sqlx::postgres::PgPool;

use crate::error::{corrupt, store_error};

const GET: &str = "SELECT value FROM cicd_agreement WHERE name = $1";
const PROPOSE: &str = "INSERT INTO cicd_agreement (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";

pub(crate) async fn get(pool: &PgPool, name: &str) -> Result<Option<String>, StoreError> {
    let query = sqlx::query_scalar(GET).bind(name);
    query.fetch_optional(pool).await.map_err(|error| store_error(&error))
}

pub(crate) async fn propose(pool: &PgPool, name: &str, value: &str) -> Result<String, StoreError> {
    let query = sqlx::query(PROPOSE).bind(name).bind(value);
    query.execute(pool).await.map_err(|error| store_error(&error))?;
    get(pool, name).await?.ok_or_else(|| corrupt("an agreement", "it was removed"))
}
