//! Tokens: found by their hash, and when they were last used.

use std::collections::BTreeMap;

use cicd_core::authz::Token;
use cicd_core::digest::Digest;
use cicd_core::id::{TenantId, TokenId};
use cicd_core::port::{RecordKind, StoreError};
use cicd_core::time::Timestamp;

use crate::error::{corrupt, store_error};
use crate::sessions::Sessions;
use crate::sql::{parsed, record, time};

const BY_HASH: &str =
    "SELECT tenant, body::text, cicd_now() FROM cicd_token WHERE hash = $1 ORDER BY tenant LIMIT 1";

/// Before the tenant is known, a function with rights of its own finds it.
const SECURED_BY_HASH: &str = "SELECT tenant, body::text, cicd_now() FROM cicd_token_of($1)";

const USE: &str = "
INSERT INTO cicd_token_use AS noted (tenant, token, used_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant, token) DO UPDATE SET used_at = excluded.used_at WHERE excluded.used_at > noted.used_at";

const USES: &str = "SELECT token, used_at FROM cicd_token_use WHERE tenant = $1 AND token = ANY ($2)";

/// The token with this hash, whose it is, and the server's time.
pub(crate) async fn by_hash(
    sessions: &Sessions,
    hash: Digest,
) -> Result<Option<(TenantId, Token, Timestamp)>, StoreError> {
    let statement = if sessions.are_secured { SECURED_BY_HASH } else { BY_HASH };
    let query = sqlx::query(statement).bind(hash.to_string());
    let row = query.fetch_optional(&sessions.pool).await.map_err(|error| store_error(&error))?;
    let Some(row) = row else { return Ok(None) };
    let token = Token::try_from(record(RecordKind::Token, &row, 1)?);
    Ok(Some((parsed(&row, 0)?, token.map_err(|key| corrupt("a token", key))?, time(&row, 2)?)))
}

/// Notes that a token was used at `at`, unless a later use is known.
pub(crate) async fn note_use(
    sessions: &Sessions,
    tenant: &TenantId,
    token: TokenId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let query = sqlx::query(USE).bind(tenant.as_str()).bind(token.to_string()).bind(at.as_micros());
    sessions.execute(tenant, query).await.map(drop).map_err(|error| store_error(&error))
}

/// When each of `tokens` was last used.
pub(crate) async fn uses(
    sessions: &Sessions,
    tenant: &TenantId,
    tokens: &[TokenId],
) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
    let ids: Vec<String> = tokens.iter().map(ToString::to_string).collect();
    let query = sqlx::query(USES).bind(tenant.as_str()).bind(ids);
    let rows = sessions.fetch_all(Some(tenant), query).await.map_err(|error| store_error(&error))?;
    rows.iter().map(|row| Ok((parsed(row, 0)?, time(row, 1)?))).collect()
}
