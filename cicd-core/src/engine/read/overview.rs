//! What runs where, what waits, and what needs somebody: one row for each deployment.

use serde::{Deserialize, Serialize};

use super::{Engine, EngineError};
use crate::authz::{Action, Caller, Object};
use crate::choice::choice;
use crate::digest::Digest;
use crate::gate::Freeze;
use crate::id::{DeploymentId, Environment, FreezeId, LockId, PrincipalId, ReleaseId, ServiceId};
use crate::page::{Limit, Page};
use crate::port::{ListQuery, Load, Snapshot, Standing};
use crate::release::Release;
use crate::release::ledger::LedgerEntry;
use crate::release::state::State;
use crate::service::{Deployment, Hold, Tier};
use crate::time::Timestamp;

/// The most deployments of one page.
pub const MOST_DEPLOYMENTS: u64 = 50;
/// The most releases that a row tells of those that wait.
const MOST_WAITING: usize = 5;

choice!(
    /// Why somebody should look at a deployment.
    pub enum Attention {
        /// Nobody knows what runs, and nothing starts until somebody lifts the hold.
        Held = "held",
        /// The last rollout failed.
        Failed = "failed",
        /// A rollout waits for somebody to go on.
        Paused = "paused",
        /// A release lacks votes.
        Votes = "votes",
        /// A release is approved, and a freeze or a lock holds it back.
        Blocked = "blocked",
    }
);

/// Of which deployments to tell; each member is a condition, absent ones are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OverviewQuery {
    /// Only those of this service.
    pub service: Option<ServiceId>,
    /// Only those of this environment.
    pub environment: Option<Environment>,
}

impl OverviewQuery {
    fn selects(&self, deployment: &Deployment) -> bool {
        self.environment.as_ref().is_none_or(|asked| *asked == deployment.spec.environment)
    }
}

/// A release as an overview tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseGlance {
    /// The release.
    pub release: ReleaseId,
    /// Its label.
    pub version: String,
    /// What it brings.
    pub artifact: Digest,
    /// Where it stands.
    pub status: String,
    /// Who asked for it.
    pub requester: PrincipalId,
    /// Since when it stands there.
    pub since: Timestamp,
}

/// One deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentGlance {
    /// The service that runs here.
    pub service: ServiceId,
    /// The deployment.
    pub deployment: DeploymentId,
    /// Its environment.
    pub environment: Environment,
    /// Its tier.
    pub tier: Tier,
    /// What runs: the last success that was not withdrawn.
    pub running: Option<RunningGlance>,
    /// The release that is being rolled out.
    pub executing: Option<ReleaseGlance>,
    /// The first releases that wait for votes or gates, at most five.
    pub waiting: Vec<ReleaseGlance>,
    /// How many releases wait.
    pub waiting_count: u64,
    /// The last rollout, where it failed.
    pub failed: Option<ReleaseGlance>,
    /// Why nothing starts here, not even a rollback.
    pub hold: Option<Hold>,
    /// The freezes that hold it now.
    pub freezes: Vec<FreezeId>,
    /// The locks that hold it now.
    pub locks: Vec<LockId>,
    /// Why somebody should look; empty when all is well.
    pub attention: Vec<Attention>,
}

/// What runs on a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunningGlance {
    /// The release that brought it.
    pub release: ReleaseId,
    /// Its label.
    pub version: String,
    /// The artifact.
    pub artifact: Digest,
    /// Since when it has been running.
    pub since: Timestamp,
}

impl Engine {
    /// One page of what runs where, by the keys of the deployments, at most [`MOST_DEPLOYMENTS`]; what the caller may not read
    /// is left out. A page is four reads, however many deployments it has.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when `after` is not the `next` of a page; [`EngineError::Denied`].
    pub async fn overview(
        &self,
        caller: &Caller,
        query: &OverviewQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<DeploymentGlance>, EngineError> {
        self.may_listen(caller).await?;
        let limit = Limit::new(u64::from(limit.get()).min(MOST_DEPLOYMENTS)).unwrap_or_default();
        let list = ListQuery::Deployments { service: query.service.clone() };
        let page = self.rows(&caller.tenant, &list, after, limit).await?;
        let rows = page.items.into_iter().filter_map(|record| Deployment::try_from(record).ok());
        let rows: Vec<Deployment> = rows.filter(|row| query.selects(row)).collect();
        Ok(Page { items: self.glances(caller, rows).await?, next: page.next })
    }

    async fn glances(
        &self,
        caller: &Caller,
        rows: Vec<Deployment>,
    ) -> Result<Vec<DeploymentGlance>, EngineError> {
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        // Any deployment brings the tenant's grants, its freezes and the time.
        let snapshot = self.store().load(&caller.tenant, &Load::deployment(first.id.clone())).await?;
        let mut readable = Vec::new();
        for row in rows {
            if self.allows(caller, Action::Read, &Object::deployment(&row), &snapshot.policy).await {
                readable.push(row);
            }
        }
        let ids: Vec<DeploymentId> = readable.iter().map(|row| row.id.clone()).collect();
        let standings = self.store().standings(&caller.tenant, &ids).await?;
        Ok(readable.iter().zip(standings).map(|(row, standing)| glance(&snapshot, row, &standing)).collect())
    }
}

fn glance(snapshot: &Snapshot, deployment: &Deployment, standing: &Standing) -> DeploymentGlance {
    let spec = &deployment.spec;
    let covers = |freeze: &&Freeze| freeze.covers(&deployment.id, spec.tier, snapshot.now);
    let failed = standing.latest_executed.as_ref().filter(|last| matches!(last.state, State::Failed { .. }));
    let mut glance = DeploymentGlance {
        service: spec.service.clone(),
        deployment: deployment.id.clone(),
        environment: spec.environment.clone(),
        tier: spec.tier,
        running: standing.running.as_ref().map(running),
        executing: standing.executing.as_ref().map(brief),
        waiting: standing.waiting.iter().take(MOST_WAITING).map(brief).collect(),
        waiting_count: u64::try_from(standing.waiting.len()).unwrap_or(u64::MAX),
        failed: failed.map(brief),
        hold: deployment.hold.clone(),
        freezes: snapshot.freezes.iter().filter(covers).map(|freeze| freeze.id).collect(),
        locks: standing.locks.iter().map(|lock| lock.id).collect(),
        attention: Vec::new(),
    };
    glance.attention = attention(standing, &glance);
    glance
}

fn running(entry: &LedgerEntry) -> RunningGlance {
    RunningGlance {
        release: entry.release,
        version: entry.version.clone(),
        artifact: entry.artifact.digest,
        since: entry.added_at,
    }
}

fn brief(release: &Release) -> ReleaseGlance {
    ReleaseGlance {
        release: release.id(),
        version: release.spec.version.clone(),
        artifact: release.spec.content.artifact.digest,
        status: release.state.name().to_owned(),
        requester: release.spec.requester.clone(),
        since: release.updated_at,
    }
}

fn attention(standing: &Standing, glance: &DeploymentGlance) -> Vec<Attention> {
    let is_paused = standing
        .executing
        .as_ref()
        .and_then(|release| release.state.execution())
        .is_some_and(|execution| execution.phase.stands_still());
    let waits = |is: fn(&State) -> bool| standing.waiting.iter().any(|release| is(&release.state));
    let is_closed = !(glance.freezes.is_empty() && glance.locks.is_empty());
    [
        (glance.hold.is_some(), Attention::Held),
        (glance.failed.is_some(), Attention::Failed),
        (is_paused, Attention::Paused),
        (waits(|state| matches!(state, State::PendingApproval { .. })), Attention::Votes),
        (is_closed && waits(|state| matches!(state, State::Approved { .. })), Attention::Blocked),
    ]
    .into_iter()
    .filter_map(|(is, why)| is.then_some(why))
    .collect()
}
