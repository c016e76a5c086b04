//! Reads. Each asks whether the caller may; none decides anything.

use serde::{Deserialize, Serialize};

use super::deployments::found;
use super::error::EngineError;
use super::facts::facts;
use super::releases::found_release;
use super::{Engine, runs};
use crate::approval::Outstanding;
use crate::authz::{Action, Caller, Object};
use crate::cd::{CdConfig, PolicyFloor};
use crate::ci::CiConfig;
use crate::ci::run::CiRun;
use crate::digest::Digest;
use crate::id::{CiRunId, DeploymentId, ReleaseId, ServiceId, TenantId};
use crate::page::{Limit, Page};
use crate::port::{
    ByteStream, ListQuery, Load, LogChunk, LogName, Record, RecordKey, RecordKind, Snapshot, StoreError,
};
use crate::release::Release;
use crate::release::command::CommandName;
use crate::release::decide::allowed;
use crate::release::explanation::Explanation;
use crate::release::ledger::candidates;
use crate::service::{Deployment, Service, Tier};
use crate::violation::Violations;

mod audit;
mod inbox;
mod known_deployments;
mod narrowed;
mod overview;
mod pending;
mod permissions;
mod releases;
mod scan;
mod timeline;

pub use audit::AuditQuery;
pub(super) use known_deployments::KnownDeployments;
pub use narrowed::{GateQuery, GateStatus, GrantQuery, TokenQuery, TokenStatus};
pub use overview::{
    Attention, DeploymentGlance, MOST_DEPLOYMENTS, OverviewQuery, ReleaseGlance, RunningGlance,
};
pub use pending::MOST_PENDING;
pub use permissions::PermissionScope;
pub use releases::ReleaseQuery;

/// A release with what a person needs to know next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseDetail {
    /// The release.
    pub release: Release,
    /// The commands that its state takes, whoever may give them.
    pub allowed_commands: Vec<CommandName>,
    /// The votes that it lacks.
    pub outstanding: Vec<Outstanding>,
    /// The releases whose content a rollback of it may bring back, newest first.
    pub rollback_candidates: Vec<ReleaseId>,
}

impl Engine {
    /// Loads, and asks whether `caller` may do `action` to what `object` finds.
    pub(super) async fn look(
        &self,
        caller: &Caller,
        action: Action,
        load: &Load,
        object: impl Fn(&Snapshot) -> Result<Object, EngineError>,
    ) -> Result<Snapshot, EngineError> {
        let snapshot = self.store().load(&caller.tenant, load).await?;
        self.check(caller, action, &object(&snapshot)?, &snapshot).await?;
        Ok(snapshot)
    }

    /// A service.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn service(&self, caller: &Caller, id: &ServiceId) -> Result<Service, EngineError> {
        let load = Load::service(id.clone());
        let snapshot = self.look(caller, Action::Read, &load, |s| service_object(s, id)).await?;
        snapshot.service.ok_or_else(|| EngineError::not_found("service", id))
    }

    /// The CI config of a service.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn ci_config(&self, caller: &Caller, id: &ServiceId) -> Result<CiConfig, EngineError> {
        let load = Load::service(id.clone());
        let snapshot = self.look(caller, Action::Read, &load, |s| service_object(s, id)).await?;
        snapshot.ci_config.ok_or_else(|| EngineError::not_found("ci config of service", id))
    }

    /// A deployment.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn deployment(&self, caller: &Caller, id: &DeploymentId) -> Result<Deployment, EngineError> {
        let load = Load::deployment(id.clone());
        let snapshot =
            self.look(caller, Action::Read, &load, |s| Ok(Object::deployment(found(s, id)?))).await?;
        snapshot.deployment.ok_or_else(|| EngineError::not_found("deployment", id))
    }

    /// The CD config of a deployment.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn cd_config(&self, caller: &Caller, id: &DeploymentId) -> Result<CdConfig, EngineError> {
        let load = Load::deployment(id.clone());
        let snapshot =
            self.look(caller, Action::Read, &load, |s| Ok(Object::deployment(found(s, id)?))).await?;
        snapshot.cd_config.ok_or_else(|| EngineError::not_found("cd config of deployment", id))
    }

    /// The policy floor of a tier, which is the default where none was set.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub async fn floor(&self, caller: &Caller, tier: Tier) -> Result<PolicyFloor, EngineError> {
        let load = Load::record(RecordKey::new(RecordKind::PolicyFloor, tier.as_str()));
        let snapshot = self.look(caller, Action::Read, &load, |_| Ok(Object::tenant())).await?;
        match snapshot.record {
            Some(Record::PolicyFloor(floor)) => Ok(floor),
            _ => Ok(PolicyFloor::default_for(tier)),
        }
    }

    /// Any other row, such as a freeze or a lock.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn record(&self, caller: &Caller, key: RecordKey) -> Result<Record, EngineError> {
        let (action, load) = (action_of(key.kind), Load::record(key.clone()));
        let snapshot = self.look(caller, action, &load, |_| Ok(Object::tenant())).await?;
        snapshot.record.ok_or_else(|| EngineError::not_found(key.kind.as_str(), &key.id))
    }

    /// A CI run.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn run(&self, caller: &Caller, id: CiRunId) -> Result<CiRun, EngineError> {
        self.run_for(caller, id, Action::Read).await
    }

    async fn run_for(&self, caller: &Caller, id: CiRunId, action: Action) -> Result<CiRun, EngineError> {
        let object = |s: &Snapshot| Ok(Object::service(runs::found(s, id)?.service.clone()));
        let snapshot = self.look(caller, action, &Load::run(id), object).await?;
        Ok(runs::found(&snapshot, id)?.clone())
    }

    /// A release, with what a person needs to know next.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn release(&self, caller: &Caller, id: ReleaseId) -> Result<ReleaseDetail, EngineError> {
        let snapshot = self.release_for(caller, id, Action::Read).await?;
        let release = found_release(&snapshot, id)?.clone();
        let deployment = found(&snapshot, release.deployment())?;
        let facts = facts(&snapshot, deployment, self.voters(&snapshot).await?);
        let can_go_back = snapshot.latest_executed.as_ref().is_some_and(|latest| latest.id() == id);
        let back = candidates(&release, &snapshot.ledger).into_iter().filter(|_| can_go_back);
        Ok(ReleaseDetail {
            allowed_commands: allowed(&release.state),
            outstanding: release.tally(&facts).outstanding,
            rollback_candidates: back.map(|entry| entry.release).collect(),
            release,
        })
    }

    /// The verdict of every gate on a release, now.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn explain(&self, caller: &Caller, id: ReleaseId) -> Result<Explanation, EngineError> {
        let snapshot = self.release_for(caller, id, Action::Read).await?;
        let release = found_release(&snapshot, id)?;
        let deployment = found(&snapshot, release.deployment())?;
        Ok(release.explain(&facts(&snapshot, deployment, self.voters(&snapshot).await?)))
    }

    async fn release_for(
        &self,
        caller: &Caller,
        id: ReleaseId,
        action: Action,
    ) -> Result<Snapshot, EngineError> {
        let object = |s: &Snapshot| Ok(Object::deployment(found(s, found_release(s, id)?.deployment())?));
        self.look(caller, action, &Load::release(id), object).await
    }

    /// One page of rows.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when `after` is not the `next` of a page; [`EngineError::Denied`].
    pub async fn list(
        &self,
        caller: &Caller,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, EngineError> {
        let (action, object) = listed(query);
        self.look(caller, action, &Load::tenant(), |_| Ok(object.clone())).await?;
        self.rows(&caller.tenant, query, after, limit).await
    }

    /// One page of rows. It asks for nobody's right.
    pub(super) async fn rows(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, EngineError> {
        match self.store().list(tenant, query, after, limit).await {
            Err(StoreError::Invalid { message }) => Err(Violations::one("/after", "cursor", message).into()),
            page => Ok(page?),
        }
    }

    /// A piece of the log of a run's latest attempt; empty before it wrote anything.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn run_log(
        &self,
        caller: &Caller,
        id: CiRunId,
        offset: u64,
        limit: u64,
    ) -> Result<LogChunk, EngineError> {
        let run = self.run_for(caller, id, Action::ReadLog).await?;
        self.log(caller, LogName::CiRun(id, run.attempt()), offset, limit).await
    }

    /// A piece of the log of a release's rollout; empty before it wrote anything.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn release_log(
        &self,
        caller: &Caller,
        id: ReleaseId,
        offset: u64,
        limit: u64,
    ) -> Result<LogChunk, EngineError> {
        self.release_for(caller, id, Action::ReadLog).await?;
        self.log(caller, LogName::Release(id), offset, limit).await
    }

    async fn log(
        &self,
        caller: &Caller,
        log: LogName,
        offset: u64,
        limit: u64,
    ) -> Result<LogChunk, EngineError> {
        let chunk = self.0.blobs.log(&caller.tenant, log, offset, limit).await?;
        Ok(chunk.unwrap_or(LogChunk { bytes: Vec::new(), next_offset: offset }))
    }

    /// The bytes of an artifact.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn artifact(
        &self,
        caller: &Caller,
        digest: Digest,
    ) -> Result<ByteStream<'static>, EngineError> {
        self.look(caller, Action::ReadArtifact, &Load::tenant(), |_| Ok(Object::tenant())).await?;
        let found = self.0.blobs.artifact(&caller.tenant, digest).await?;
        found.ok_or_else(|| EngineError::not_found("artifact", digest))
    }
}

fn service_object(snapshot: &Snapshot, id: &ServiceId) -> Result<Object, EngineError> {
    match &snapshot.service {
        Some(_) => Ok(Object::service(id.clone())),
        None => Err(EngineError::not_found("service", id)),
    }
}

fn action_of(kind: RecordKind) -> Action {
    match kind {
        RecordKind::Token => Action::ManageTokens,
        RecordKind::Grant => Action::ManageRoles,
        _ => Action::Read,
    }
}

/// What listing needs, and on what.
fn listed(query: &ListQuery) -> (Action, Object) {
    let of = |service: &Option<ServiceId>| Object { service: service.clone(), ..Object::tenant() };
    match query {
        ListQuery::Tokens => (Action::ManageTokens, Object::tenant()),
        ListQuery::Grants => (Action::ManageRoles, Object::tenant()),
        ListQuery::Deployments { service } => (Action::Read, of(service)),
        ListQuery::CiRuns(filter) => (Action::Read, of(&filter.service)),
        ListQuery::Releases(filter) => (Action::Read, of(&filter.service)),
        _ => (Action::Read, Object::tenant()),
    }
}
