//! Loads: what a decision needs, in one statement, and so of one moment.

use cicd_core::id::{DeploymentId, ServiceId, TenantId};
use cicd_core::port::{
    Load, OUTCOME_KEPT_SECONDS, Part, RememberedGrants, Snapshot, SnapshotParts, StoreError, WorkKey,
};
use cicd_core::time::Timestamp;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgRow;

use crate::error::store_error;
use crate::sessions::Sessions;
use crate::sql::{get, table, work_columns};

/// The parameters of every part, by their numbers: 1 tenant, 2 service, 3 deployment, 4 release, 5 run, 6 id of the other
/// row, 7 sequence of the remembered grants, 8 principal, 9 operation, 10 key, 11 kind and 12 id of the work.
///
/// Every part gives its name, three numbers and a text.
const TENANT: &str = "
SELECT 'now', now, coalesce((SELECT at FROM cicd_chain_head WHERE tenant = $1 AND chain = 'ledger'), 0), 0::bigint, NULL
    FROM clock
UNION ALL SELECT 'head', seq, governance_epoch, grants_seq, NULL FROM cicd_chain_head
    WHERE tenant = $1 AND chain = 'ledger'
UNION ALL SELECT 'grant', 0, 0, 0, body::text FROM cicd_grant WHERE tenant = $1
    AND $7 <> (SELECT grants_seq FROM cicd_chain_head WHERE tenant = $1 AND chain = 'ledger')";

const OUTCOME: &str = "
UNION ALL SELECT 'outcome', 0, 0, 0, json_build_object('fingerprint', fingerprint, 'body', body, 'seq', seq,
    'record', json_build_object('kind', about_kind, 'id', about_id))::text FROM cicd_outcome
    WHERE tenant = $1 AND principal = $8 AND operation = $9 AND key = $10
        AND at > (SELECT now - 86400000000 FROM clock)";

const _: () = assert!(OUTCOME_KEPT_SECONDS == 86_400, "as OUTCOME says");

const LEASE: &str = "
UNION ALL SELECT 'lease', epoch, 0, 0, NULL FROM cicd_work
    WHERE tenant = $1 AND kind = $11 AND id = $12 AND lease_until > (SELECT now FROM clock)";

const RUN: &str = "
UNION ALL SELECT 'run', 0, 0, 0, body::text FROM cicd_ci_run WHERE tenant = $1 AND id = $5";

const RELEASE: &str = "
UNION ALL SELECT 'release', 0, 0, 0, body::text FROM cicd_release WHERE tenant = $1 AND id = $4
UNION ALL SELECT 'undone', 0, 0, 0, body::text FROM cicd_release WHERE tenant = $1 AND id IN (
    SELECT json_array_elements_text(body #> '{kind,undoes}') FROM cicd_release WHERE tenant = $1 AND id = $4)";

/// The server's time, the same in every part.
const CLOCK: &str = "WITH clock (now) AS MATERIALIZED (SELECT cicd_now())";

/// The deployment that was asked for, or that the release goes to; the service that was asked for, or that the deployment
/// or the run belongs to.
const ASKED: &str = ", asked_deployment (id) AS MATERIALIZED (
    SELECT coalesce($3, (SELECT deployment FROM cicd_release WHERE tenant = $1 AND id = $4))
), asked_service (id) AS MATERIALIZED (
    SELECT coalesce($2, (SELECT service FROM cicd_deployment WHERE tenant = $1 AND id = asked_deployment.id),
        (SELECT service FROM cicd_ci_run WHERE tenant = $1 AND id = $5)) FROM asked_deployment
)";

/// What would be the release that was asked for has no body of its own. Every time is less than `~`; that it is said makes
/// the planner expect few freezes that have not ended, rather than a third of all.
const DEPLOYMENT: &str = "
UNION ALL SELECT 'deployment', 0, 0, 0, body::text FROM cicd_deployment
    WHERE tenant = $1 AND id = (SELECT id FROM asked_deployment)
UNION ALL SELECT 'cd_config', 0, 0, 0, body::text FROM cicd_cd_config
    WHERE tenant = $1 AND id = (SELECT id FROM asked_deployment)
UNION ALL SELECT 'last_cd', max(revision), 0, 0, NULL FROM cicd_revision
    WHERE tenant = $1 AND kind = 'cd_config' AND id = (SELECT id FROM asked_deployment) HAVING max(revision) > 0
UNION ALL SELECT 'floor', 0, 0, 0, body::text FROM cicd_policy_floor WHERE tenant = $1 AND id = (
    SELECT body #>> '{spec,tier}' FROM cicd_deployment WHERE tenant = $1 AND id = (SELECT id FROM asked_deployment))
UNION ALL SELECT 'freeze', 0, 0, 0, body::text FROM cicd_freeze
    WHERE tenant = $1 AND ends_at > (SELECT cicd_timestamp(now) FROM clock) AND ends_at < '~' AND EXISTS (SELECT 1 FROM asked_deployment WHERE id IS NOT NULL)
UNION ALL SELECT 'lock', 0, 0, 0, body::text FROM cicd_lock
    WHERE tenant = $1 AND deployment = (SELECT id FROM asked_deployment) AND ends_at > (SELECT cicd_timestamp(now) FROM clock)
UNION ALL SELECT 'executing', 0, 0, 0, CASE id WHEN $4 THEN NULL ELSE body::text END FROM cicd_release
    WHERE tenant = $1 AND deployment = (SELECT id FROM asked_deployment) AND status = 'executing'
UNION ALL SELECT 'waiting', born, 0, 0, body::text FROM cicd_release
    WHERE tenant = $1 AND deployment = (SELECT id FROM asked_deployment) AND status IN ('pending_approval', 'approved')
UNION ALL SELECT 'queue', 0, 0, 0, body::text FROM cicd_queue
    WHERE tenant = $1 AND id = (SELECT id FROM asked_deployment)
UNION ALL SELECT * FROM (SELECT 'latest', 0, 0, 0, CASE id WHEN $4 THEN NULL ELSE body::text END FROM cicd_release
    WHERE tenant = $1 AND deployment = (SELECT id FROM asked_deployment) AND status IN ('executing', 'succeeded', 'failed')
    ORDER BY started DESC, id DESC LIMIT 1) AS latest
UNION ALL SELECT * FROM (SELECT 'ledger', born, 0, 0, body::text FROM cicd_ledger_entry
    WHERE tenant = $1 AND deployment = (SELECT id FROM asked_deployment)
    ORDER BY born DESC, id DESC LIMIT 200) AS ledger";

const SERVICE: &str = "
UNION ALL SELECT 'service', 0, 0, 0, body::text FROM cicd_service WHERE tenant = $1 AND id = (SELECT id FROM asked_service)
UNION ALL SELECT 'ci_config', 0, 0, 0, body::text FROM cicd_ci_config WHERE tenant = $1 AND id = (SELECT id FROM asked_service)
UNION ALL SELECT 'last_ci', max(revision), 0, 0, NULL FROM cicd_revision
    WHERE tenant = $1 AND kind = 'ci_config' AND id = (SELECT id FROM asked_service) HAVING max(revision) > 0";

const _: () = assert!(Snapshot::MOST_LEDGER_ENTRIES == 200, "as DEPLOYMENT says");

pub(crate) fn statement(load: &Load) -> String {
    let mut sql = String::with_capacity(4096);
    let has_deployment = load.deployment.is_some() || load.release.is_some();
    let has_service = has_deployment || load.service.is_some() || load.run.is_some();
    let parts = [
        (true, CLOCK),
        (has_service, ASKED),
        (true, TENANT),
        (load.operation.is_some(), OUTCOME),
        (work(load).is_some(), LEASE),
        (load.run.is_some(), RUN),
        (load.release.is_some(), RELEASE),
        (has_deployment, DEPLOYMENT),
        (has_service, SERVICE),
    ];
    parts.into_iter().filter(|(asked, _)| *asked).for_each(|(_, part)| sql.push_str(part));
    if let Some(key) = &load.record {
        sql.push_str("\nUNION ALL SELECT 'record', 0, 0, 0, body::text FROM ");
        sql.push_str(table(key.kind));
        sql.push_str(" WHERE tenant = $1 AND id = $6");
    }
    sql
}

/// The work whose lease is asked for.
fn work(load: &Load) -> Option<WorkKey> {
    load.release.map(WorkKey::Release).or(load.run.map(WorkKey::CiRun))
}

/// Reads what `load` asks for, and gives the latest time that the server said with it.
pub(crate) async fn load(
    sessions: &Sessions,
    remembered: &RememberedGrants,
    tenant: &TenantId,
    load: &Load,
) -> Result<(Snapshot, Timestamp), StoreError> {
    let grants = remembered.get(tenant);
    let work = work(load).map(work_columns);
    let operation = load.operation.as_ref();
    let query = sqlx::query(AssertSqlSafe(statement(load)))
        .bind(tenant.as_str())
        .bind(load.service.as_ref().map(ServiceId::as_str))
        .bind(load.deployment.as_ref().map(DeploymentId::as_str))
        .bind(load.release.map(|id| id.to_string()))
        .bind(load.run.map(|id| id.to_string()))
        .bind(load.record.as_ref().map(|key| key.id.as_str()))
        .bind(grants.as_ref().map_or(-1_i64, |(seq, _)| *seq))
        .bind(operation.map(|key| key.principal.as_str()))
        .bind(operation.map(|key| key.operation.as_str()))
        .bind(operation.map(|key| key.key.as_str()))
        .bind(work.as_ref().map(|(kind, _)| *kind))
        .bind(work.as_ref().map(|(_, id)| id.as_str()));
    let rows = sessions.fetch_all(Some(tenant), query).await.map_err(|error| store_error(&error))?;
    let (mut parts, mut now, mut latest) = (SnapshotParts::of(load), Timestamp::EPOCH, Timestamp::EPOCH);
    for row in &rows {
        match part(row)? {
            Part { name: "now", numbers: [clock, head, _], .. } => {
                now = Timestamp::from_micros(clock);
                latest = now.max(Timestamp::from_micros(head));
            }
            part => parts.take(part)?,
        }
    }
    Ok((parts.finish(tenant, now, remembered, grants), latest))
}

/// A row as a part of the snapshot.
fn part(row: &PgRow) -> Result<Part<'_>, StoreError> {
    Ok(Part { name: get(row, 0)?, numbers: [get(row, 1)?, get(row, 2)?, get(row, 3)?], body: get(row, 4)? })
}
