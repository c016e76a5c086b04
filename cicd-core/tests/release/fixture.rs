//! Values that tests are made of.

use cicd_core::approval::{Vote, VoteDecision};
use cicd_core::cd::{
    Amount, ApprovalPolicy, CanaryStep, CdConfig, CdSpec, OnFailure, Pause, Promotion, QueueRule,
    Requirement, RollbackRule, StaleRule, Strategy,
};
use cicd_core::digest::Digest;
use cicd_core::id::{AttemptId, PrincipalId, ReleaseId, Role, RowVersion};
use cicd_core::release::Release;
use cicd_core::release::command::{Ballot, Command, Outcome};
use cicd_core::release::content::{Artifact, ArtifactOrigin};
use cicd_core::release::state::{FailureCause, WaitReason};
use cicd_core::service::{Capabilities, Deployment, DeploymentSpec, Tier};
use cicd_core::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

pub(crate) const APPROVER: &str = "approver";
pub(crate) const MANAGER: &str = "release-manager";

pub(crate) fn start_of_time() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

pub(crate) fn person(name: &str) -> PrincipalId {
    name.parse().unwrap()
}

pub(crate) fn role(name: &str) -> Role {
    name.parse().unwrap()
}

pub(crate) fn release_id(number: usize) -> ReleaseId {
    ReleaseId::from_uuid(Uuid::from_u128(number as u128 + 1))
}

pub(crate) fn attempt() -> AttemptId {
    AttemptId::from_uuid(Uuid::from_u128(7))
}

/// The artifact that is known by `label`.
pub(crate) fn artifact(label: &str) -> Artifact {
    let origin = ArtifactOrigin::CiRun {
        run: cicd_core::id::CiRunId::from_uuid(Uuid::from_u128(9)),
        commit: "c0ffee".into(),
    };
    Artifact { digest: Digest::of(label.as_bytes()), name: "shop".into(), origin }
}

pub(crate) fn asks(requirements: &[(&str, u32)]) -> Vec<Requirement> {
    requirements.iter().map(|(name, count)| Requirement { role: role(name), count: *count }).collect()
}

pub(crate) fn rolling() -> Strategy {
    Strategy::Rolling { max_surge: Amount::Count(1), max_unavailable: Amount::Count(0) }
}

pub(crate) fn blue_green() -> Strategy {
    Strategy::BlueGreen { promotion: Promotion::Manual, keep_old_seconds: 0 }
}

/// Apply, 10 %, sixty seconds, analysis, 50 %, a manual pause, promote.
pub(crate) fn canary() -> Strategy {
    let timed = CanaryStep {
        weight: 10,
        pause: Some(Pause::Seconds(60)),
        analysis: Some("command".parse().unwrap()),
    };
    let manual = CanaryStep { weight: 50, pause: Some(Pause::Manual), analysis: None };
    Strategy::Canary { steps: vec![timed, manual], on_failure: OnFailure::Undo }
}

/// A CD config that asks for `requirements` and supersedes.
pub(crate) fn spec(strategy: Strategy, requirements: &[(&str, u32)]) -> CdSpec {
    CdSpec {
        strategy,
        approval: ApprovalPolicy { requirements: asks(requirements), deadline_seconds: Some(3600) },
        queue: QueueRule::Supersede,
        rollback: RollbackRule::default(),
        deadline_seconds: 600,
        allow_external_artifacts: false,
        when_stale: StaleRule::Cancel,
    }
}

pub(crate) fn deployment() -> Deployment {
    let spec = json!({
        "service": "shop", "environment": "eu", "tier": Tier::Production, "executor": "command",
        "target": {"host": "eu-1"},
    });
    Deployment {
        id: "shop-eu".parse().unwrap(),
        revision: 1,
        spec: DeploymentSpec::parse(&spec).unwrap(),
        capabilities: Capabilities::ALL,
        hold: None,
        created_at: start_of_time(),
        updated_at: start_of_time(),
        updated_by: person("admin"),
        row_version: RowVersion(1),
    }
}

pub(crate) fn config(spec: CdSpec) -> CdConfig {
    CdConfig {
        deployment: deployment().id,
        revision: 1,
        spec,
        updated_at: start_of_time(),
        updated_by: person("admin"),
        row_version: RowVersion(1),
    }
}

pub(crate) fn ballot(release: &Release, name: &str) -> Ballot {
    Ballot { person: person(name), role: None, content: release.content_digest, comment: Some("seen".into()) }
}

/// A recorded approval of `release`.
pub(crate) fn vote(release: &Release, name: &str, by_role: &str) -> Vote {
    Vote {
        person: person(name),
        role: role(by_role),
        decision: VoteDecision::Approve,
        comment: None,
        content: release.content_digest,
        at: start_of_time(),
    }
}

pub(crate) fn start(epoch: u64) -> Command {
    Command::Start { attempt: attempt(), epoch, report_token: token(epoch) }
}

pub(crate) fn progress(epoch: u64) -> Command {
    Command::Progress { epoch, report_token: Some(token(epoch)) }
}

pub(crate) fn take_over(epoch: u64) -> Command {
    Command::TakeOver { epoch, report_token: token(epoch) }
}

fn token(epoch: u64) -> Digest {
    Digest::of(&epoch.to_be_bytes())
}

pub(crate) fn wait(epoch: u64, reason: WaitReason, seconds: Option<u64>) -> Command {
    Command::Wait { epoch, reason, seconds }
}

pub(crate) fn step_failed() -> FailureCause {
    FailureCause::Step { step: "apply".into(), message: "exit 1".into() }
}

pub(crate) fn failed() -> Outcome {
    Outcome::Failed { cause: step_failed() }
}

pub(crate) fn undo_failed() -> Outcome {
    Outcome::UndoFailed { cause: step_failed(), message: "exit 2".into() }
}

pub(crate) fn went_back() -> Outcome {
    Outcome::RolledBack { cause: FailureCause::Analysis { message: "error rate".into() } }
}

pub(crate) fn abort_by(name: &str) -> Command {
    Command::Abort { cause: FailureCause::Aborted { by: person(name), reason: None } }
}
