//! Creating releases: what is asked for, checked against config, floor and queue, becomes a fixed content.

use serde_json::Value;

use super::content::{Artifact, ArtifactOrigin, Content};
use super::event::ReleaseEvent;
use super::ledger::{self, LedgerEntry};
use super::refusal::Refusal;
use super::{Release, ReleaseKind, ReleaseSpec};
use crate::cd::{ApprovalPolicy, CdConfig, PolicyFloor, QueueRule};
use crate::id::{PrincipalId, ReleaseId};
use crate::service::Deployment;
use crate::violation::Violations;

/// The most releases that may wait for one deployment.
pub const MAX_WAITING: usize = 100;

/// Who asks for a release, and how it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The id that the engine drew.
    pub id: ReleaseId,
    /// Who asks.
    pub requester: PrincipalId,
    /// Why.
    pub reason: Option<String>,
    /// A label for people.
    pub version: String,
    /// The release whose artifact is tried again.
    pub retry_of: Option<ReleaseId>,
}

/// What the creation relies on.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Where to.
    pub deployment: &'a Deployment,
    /// How.
    pub config: &'a CdConfig,
    /// What the tier asks for at least.
    pub floor: &'a PolicyFloor,
    /// The release that executes on the deployment.
    pub executing: Option<ReleaseId>,
    /// The releases that wait for the deployment.
    pub waiting: &'a [Release],
}

/// Decides to create a deploy of `artifact`.
///
/// # Errors
/// [`Refusal::Invalid`] when the CD config no longer fits the deployment or the floor, or takes no external artifact;
/// [`Refusal::Occupied`] and [`Refusal::QueueFull`] by the queue rule.
pub fn deploy(
    request: Request,
    artifact: Artifact,
    around: Surroundings<'_>,
) -> Result<ReleaseEvent, Refusal> {
    let mut violations = around.config.spec.violations(&around.deployment.capabilities, around.floor);
    if matches!(artifact.origin, ArtifactOrigin::External { .. })
        && !around.config.spec.allow_external_artifacts
    {
        let message =
            "this deployment takes no external artifact; accepted: the artifact of a succeeded ci run";
        violations.push("/artifact", "external_artifact", message);
    }
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    check_queue(around)?;
    let approval = around.config.spec.approval.clone();
    let target = around.deployment.spec.target.clone();
    created(request, ReleaseKind::Deploy, artifact, target, approval, around)
}

/// Decides to create a rollback of `source` to `entry`, which [`ledger::rollback_target`] chose.
///
/// # Errors
/// [`Refusal::Invalid`] when the CD config no longer fits the deployment.
pub fn rollback(
    request: Request,
    source: &Release,
    entry: &LedgerEntry,
    around: Surroundings<'_>,
) -> Result<ReleaseEvent, Refusal> {
    let unbound = PolicyFloor { minimum_votes: 0, ..around.floor.clone() };
    let violations = around.config.spec.violations(&around.deployment.capabilities, &unbound);
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    if around.waiting.len() >= MAX_WAITING {
        return Err(Refusal::QueueFull { waiting: around.waiting.len(), most: MAX_WAITING });
    }
    let approval = ApprovalPolicy {
        requirements: around.config.spec.rollback.approval.clone(),
        ..around.config.spec.approval.clone()
    };
    let kind =
        ReleaseKind::Rollback { of: source.id(), undoes: ledger::undoes(source), target: entry.release };
    created(request, kind, entry.artifact.clone(), entry.target.clone(), approval, around)
}

/// Whether the artifact of `earlier` may be tried again.
///
/// # Errors
/// The violation, unless it is a deploy that is over.
pub fn check_retry(earlier: &Release) -> Result<(), Violations> {
    let over = !earlier.state.is_unstarted() && earlier.state.execution().is_none();
    if over && !earlier.is_rollback() {
        return Ok(());
    }
    Err(Violations::one("", "not_retryable", "accepted: the retry of a deploy that is over"))
}

fn check_queue(around: Surroundings<'_>) -> Result<(), Refusal> {
    let under_way = around.executing.or_else(|| around.waiting.first().map(Release::id));
    match (around.config.spec.queue, under_way) {
        (QueueRule::Refuse, Some(by)) => Err(Refusal::Occupied { by }),
        _ if around.waiting.len() >= MAX_WAITING => {
            Err(Refusal::QueueFull { waiting: around.waiting.len(), most: MAX_WAITING })
        }
        _ => Ok(()),
    }
}

fn created(
    request: Request,
    kind: ReleaseKind,
    artifact: Artifact,
    target: Value,
    approval: ApprovalPolicy,
    around: Surroundings<'_>,
) -> Result<ReleaseEvent, Refusal> {
    let (deployment, config) = (around.deployment, &around.config.spec);
    let without_vote = approval.requirements.is_empty().then(|| match kind {
        ReleaseKind::Deploy => "the cd config asks for no vote".to_owned(),
        ReleaseKind::Rollback { .. } => "the rollback rule asks for no vote".to_owned(),
    });
    let content = Content {
        artifact,
        deployment: deployment.id.clone(),
        deployment_revision: deployment.revision,
        cd_config_revision: around.config.revision,
        strategy: config.strategy.clone(),
        approval,
    };
    let content_digest = content
        .digest()
        .map_err(|error| Refusal::Invalid(Violations::one("", "not_canonical", error.to_string())))?;
    let expires_after_seconds = content.approval.wait_seconds();
    let release = ReleaseSpec {
        id: request.id,
        service: deployment.spec.service.clone(),
        environment: deployment.spec.environment.clone(),
        tier: deployment.spec.tier,
        kind,
        version: request.version,
        content,
        executor: deployment.spec.executor.clone(),
        target,
        queue: config.queue,
        when_stale: config.when_stale,
        deadline_seconds: config.deadline_seconds,
        requester: request.requester,
        reason: request.reason,
        retry_of: request.retry_of,
    };
    Ok(ReleaseEvent::Created {
        release: Box::new(release),
        content_digest,
        without_vote,
        expires_after_seconds,
        trace: None,
    })
}
