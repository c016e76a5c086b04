//! What builds and what rolls out.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LogName, SecretValue, Stop};
use crate::ci::CiSpec;
use crate::ci::run::{BuiltArtifact, CiRun, RunFailure, StepResult};
use crate::digest::Digest;
use crate::id::{AttemptId, StepName, TenantId};
use crate::release::Release;
use crate::service::Capabilities;
use crate::trace::TraceParent;
use crate::violation::Violations;

/// How often an executor may carry out one step of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It may be carried out again after a crash; the attempt key and the epoch tell repeats apart.
    AtLeastOnce,
    /// The executor itself refuses repeats and lower epochs.
    Fenced,
}

/// A CI run to carry out.
#[derive(Clone, Debug)]
pub struct CiJob {
    /// Whose.
    pub tenant: TenantId,
    /// What to build.
    pub run: CiRun,
    /// The key of this attempt.
    pub attempt: AttemptId,
    /// The epoch of the lease.
    pub epoch: u64,
    /// Where the request that triggered the run stands in a trace: what the executor does belongs there.
    pub trace: Option<TraceParent>,
    /// Where the log goes.
    pub log: LogName,
}

/// Takes the results of build steps as they come.
#[async_trait]
pub trait StepSink: Send + Sync {
    /// A step is over.
    async fn step(&self, result: StepResult);
}

/// How an attempt to build ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CiOutcome {
    /// The artifact is built and kept.
    Succeeded {
        /// It.
        artifact: BuiltArtifact,
    },
    /// It could not be built.
    Failed {
        /// Why.
        cause: RunFailure,
    },
    /// A step took longer than it may.
    TimedOut {
        /// The step.
        step: StepName,
    },
    /// It was asked to stop, and nothing of it runs any more.
    Stopped,
}

/// Builds.
///
/// - When `run` returns, or its future is dropped, no process of the attempt goes on.
/// - Before an attempt begins, nothing of an earlier attempt of the same run is alive.
#[async_trait]
pub trait CiExecutor: Send + Sync + 'static {
    /// What the executor promises.
    fn delivery(&self) -> Delivery;

    /// What it can't carry out of `spec`; empty when it can carry out all of it.
    fn violations(&self, spec: &CiSpec) -> Violations;

    /// Carries out `job`, tells `steps` how each went, and stops when `stop` fires.
    async fn run(&self, job: &CiJob, steps: &dyn StepSink, stop: Stop) -> CiOutcome;
}

/// A rollout of which to carry out a step.
#[derive(Clone, Debug)]
pub struct DeployJob {
    /// Whose.
    pub tenant: TenantId,
    /// What to roll out, and where.
    pub release: Release,
    /// The key of this attempt.
    pub attempt: AttemptId,
    /// The fence: it grows with every holder of the rollout, and from one release of a deployment to the next. An executor
    /// that has seen a higher one on the deployment refuses.
    pub epoch: u64,
    /// The token with which the attempt may report back under this epoch.
    pub report_token: SecretValue,
    /// The artifact that runs now, where the ledger knows one.
    pub previous: Option<Digest>,
    /// Where the request that let the release start stands in a trace: what the executor does belongs there.
    pub trace: Option<TraceParent>,
    /// Where the log goes.
    pub log: LogName,
}

/// A step of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Bring the artifact.
    Apply,
    /// Send this share of the traffic, in percent, to the new version.
    SetWeight {
        /// The share.
        weight: u8,
    },
    /// Send all traffic to the new version and retire the old one.
    Promote,
    /// Say whether the new version is good.
    Analyse {
        /// The analysis.
        name: String,
    },
    /// Bring back what ran before.
    Undo,
}

impl Verb {
    /// The verb's name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::SetWeight { .. } => "set-weight",
            Self::Promote => "promote",
            Self::Analyse { .. } => "analyse",
            Self::Undo => "undo",
        }
    }
}

/// How a step of a rollout ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerbOutcome {
    /// It is done.
    Done,
    /// It failed; an analysis found the new version bad.
    Failed {
        /// What the executor said.
        message: String,
    },
    /// An analysis could not tell.
    Inconclusive {
        /// What the executor said.
        message: String,
    },
    /// It was asked to stop, and nothing of it runs any more.
    Stopped,
}

/// What an executor knows of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeployStatus {
    /// Nothing of the rollout is under way: a step may be carried out, or carried out again.
    Settled,
    /// A step is under way.
    InProgress,
    /// The rollout failed.
    Failed {
        /// What the executor said.
        message: String,
    },
    /// The executor does not answer.
    Unknown {
        /// What went wrong.
        message: String,
    },
}

/// Rolls out.
///
/// - When `carry_out` returns, or its future is dropped, no process of the step goes on.
/// - The attempt's key and epoch reach whatever carries out the step.
#[async_trait]
pub trait DeployExecutor: Send + Sync + 'static {
    /// What the executor promises.
    fn delivery(&self) -> Delivery;

    /// What a deployment with these parameters can do.
    ///
    /// # Errors
    /// Every violation of `target`, with paths below it.
    fn capabilities(&self, target: &Value) -> Result<Capabilities, Violations>;

    /// Carries out a step, and stops when `stop` fires.
    async fn carry_out(&self, job: &DeployJob, verb: &Verb, stop: Stop) -> VerbOutcome;

    /// What the executor knows of the rollout; [`DeployStatus::Settled`] where it has no way to tell.
    async fn status(&self, job: &DeployJob) -> DeployStatus;
}
