//! Tokens: found by their hash, and when they were last used.

use std::collections::BTreeMap;

use cicd_core::authz::Token;
use cicd_core::digest::Digest;
use cicd_core::id::{TenantId, TokenId};
use cicd_core::port::{RecordKind, StoreError};
use cicd_core::time::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use crate::error::{corrupt, store_error};
use crate::sql::{parsed, record, time};

const BY_HASH: &str = "SELECT tenant, body FROM cicd_token WHERE hash = ?1 ORDER BY tenant LIMIT 1";

const USE: &str = "
INSERT INTO cicd_token_use (tenant, token, used_at) VALUES (?1, ?2, ?3)
ON CONFLICT (tenant, token) DO UPDATE SET used_at = excluded.used_at WHERE excluded.used_at > used_at";

const USES: &str = "
SELECT token, used_at FROM cicd_token_use WHERE tenant = ?1 AND token IN (SELECT value FROM json_each(?2))";

/// The token with this hash, and whose it is.
pub(crate) async fn by_hash(
    readers: &SqlitePool,
    hash: Digest,
) -> Result<Option<(TenantId, Token)>, StoreError> {
    let query = sqlx::query(BY_HASH).bind(hash.to_string());
    let row = query.fetch_optional(readers).await.map_err(|error| store_error(&error))?;
    let Some(row) = row else { return Ok(None) };
    let token = Token::try_from(record(RecordKind::Token, &row, 1)?);
    Ok(Some((parsed(&row, 0)?, token.map_err(|key| corrupt("a token", key))?)))
}

/// Notes that a token was used at `at`, unless a later use is known.
pub(crate) async fn note_use(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    token: TokenId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let query = sqlx::query(USE).bind(tenant.as_str()).bind(token.to_string()).bind(at.as_micros());
    query.execute(connection).await.map(drop).map_err(|error| store_error(&error))
}

/// When each of `tokens` was last used.
pub(crate) async fn uses(
    readers: &SqlitePool,
    tenant: &TenantId,
    tokens: &[TokenId],
) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
    let tokens = serde_json::to_string(tokens).map_err(|error| corrupt("ids of tokens", error))?;
    let query = sqlx::query(USES).bind(tenant.as_str()).bind(tokens);
    let rows = query.fetch_all(readers).await.map_err(|error| store_error(&error))?;
    rows.iter().map(|row| Ok((parsed(row, 0)?, time(row, 1)?))).collect()
}
