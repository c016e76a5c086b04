//! How things stand at many deployments, in one statement.

use cicd_core::id::{DeploymentId, TenantId};
use cicd_core::port::{Standing, StandingPart, StandingParts, StoreError};

use crate::error::store_error;
use crate::sessions::Sessions;
use crate::sql::get;

/// The parameters: 1 tenant, 2 the deployments.
pub(crate) const STATEMENT: &str = "
WITH clock (now) AS MATERIALIZED (SELECT cicd_now()), asked (id) AS MATERIALIZED (SELECT unnest($2::text[]) COLLATE \"C\")
SELECT asked.id, found.* FROM asked CROSS JOIN LATERAL (
    SELECT 'executing', 0::bigint, body::text FROM cicd_release
        WHERE tenant = $1 AND deployment = asked.id AND status = 'executing'
    UNION ALL SELECT 'waiting', born, body::text FROM cicd_release
        WHERE tenant = $1 AND deployment = asked.id AND status IN ('pending_approval', 'approved')
    UNION ALL (SELECT 'latest', 0, body::text FROM cicd_release
        WHERE tenant = $1 AND deployment = asked.id AND status IN ('executing', 'succeeded', 'failed')
        ORDER BY started DESC, id DESC LIMIT 1)
    UNION ALL (SELECT 'running', 0, body::text FROM cicd_ledger_entry
        WHERE tenant = $1 AND deployment = asked.id AND body ->> 'withdrawn_by' IS NULL
        ORDER BY born DESC, id DESC LIMIT 1)
    UNION ALL SELECT 'lock', 0, body::text FROM cicd_lock
        WHERE tenant = $1 AND deployment = asked.id AND ends_at > (SELECT cicd_timestamp(now) FROM clock)
) AS found (name, born, body)";

/// One standing for each of `deployments`.
pub(crate) async fn standings(
    sessions: &Sessions,
    tenant: &TenantId,
    deployments: &[DeploymentId],
) -> Result<Vec<Standing>, StoreError> {
    let ids: Vec<String> = deployments.iter().map(ToString::to_string).collect();
    let query = sqlx::query(STATEMENT).bind(tenant.as_str()).bind(ids);
    let rows = sessions.fetch_all(Some(tenant), query).await.map_err(|error| store_error(&error))?;
    let mut parts = StandingParts::default();
    for row in &rows {
        let (deployment, name): (&str, &str) = (get(row, 0)?, get(row, 1)?);
        let (born, body): (i64, &str) = (get(row, 2)?, get(row, 3)?);
        parts.take(StandingPart { deployment, name, born, body })?;
    }
    Ok(parts.finish(deployments))
}
