//! How things stand at many deployments, in one statement.

use cicd_core::id::{DeploymentId, TenantId};
use cicd_core::port::{Standing, StandingPart, StandingParts, StoreError};
use cicd_core::time::Timestamp;
use sqlx::sqlite::SqlitePool;

use crate::error::{corrupt, store_error};
use crate::sql::get;

/// The parameters: 1 tenant, 2 the deployments as a JSON array, 3 now as text.
pub(crate) const STATEMENT: &str = "
WITH asked (id) AS MATERIALIZED (SELECT value FROM json_each(?2))
SELECT asked.id, 'executing', 0, body FROM asked CROSS JOIN cicd_release
    WHERE tenant = ?1 AND deployment = asked.id AND status = 'executing'
UNION ALL SELECT asked.id, 'waiting', born, body FROM asked CROSS JOIN cicd_release
    WHERE tenant = ?1 AND deployment = asked.id AND status IN ('pending_approval', 'approved')
UNION ALL SELECT asked.id, 'latest', 0, body FROM asked CROSS JOIN cicd_release
    WHERE tenant = ?1 AND cicd_release.id = (SELECT id FROM cicd_release
        WHERE tenant = ?1 AND deployment = asked.id AND status IN ('executing', 'succeeded', 'failed')
        ORDER BY started DESC, id DESC LIMIT 1)
UNION ALL SELECT asked.id, 'running', 0, body FROM asked CROSS JOIN cicd_ledger_entry
    WHERE tenant = ?1 AND cicd_ledger_entry.id = (SELECT id FROM cicd_ledger_entry
        WHERE tenant = ?1 AND deployment = asked.id AND body ->> '$.withdrawn_by' IS NULL
        ORDER BY born DESC, id DESC LIMIT 1)
UNION ALL SELECT asked.id, 'lock', 0, body FROM asked CROSS JOIN cicd_lock
    WHERE tenant = ?1 AND deployment = asked.id AND ends_at > ?3";

/// One standing for each of `deployments`, at `now`.
pub(crate) async fn standings(
    readers: &SqlitePool,
    tenant: &TenantId,
    deployments: &[DeploymentId],
    now: Timestamp,
) -> Result<Vec<Standing>, StoreError> {
    let asked = serde_json::to_string(deployments).map_err(|error| corrupt("ids of deployments", error))?;
    let query = sqlx::query(STATEMENT).bind(tenant.as_str()).bind(asked).bind(now.to_string());
    let rows = query.fetch_all(readers).await.map_err(|error| store_error(&error))?;
    let mut parts = StandingParts::default();
    for row in &rows {
        let (deployment, name): (String, String) = (get(row, 0)?, get(row, 1)?);
        let (born, body): (i64, String) = (get(row, 2)?, get(row, 3)?);
        parts.take(StandingPart { deployment: &deployment, name: &name, born, body: &body })?;
    }
    Ok(parts.finish(deployments))
}
