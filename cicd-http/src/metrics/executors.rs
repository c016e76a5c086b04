//! Executors whose calls are counted.

use async_trait::async_trait;
use cicd_core::ci::CiSpec;
use cicd_core::port::{
    CiExecutor, CiJob, CiOutcome, Delivery, DeployExecutor, DeployJob, DeployStatus, StepSink, Stop, Verb,
    VerbOutcome,
};
use cicd_core::service::Capabilities;
use cicd_core::violation::Violations;
use serde_json::Value;

use super::Metrics;

/// An executor that does what another one does, and whose calls are counted: `cicd_executor_calls_total`.
#[derive(Clone, Debug)]
pub struct Counted<E> {
    executor: E,
    name: String,
    metrics: Metrics,
}

impl Metrics {
    /// Counts the calls of `executor` under the `name` that it is registered by.
    #[must_use]
    pub fn counted<E>(&self, name: &str, executor: E) -> Counted<E> {
        Counted { executor, name: name.to_owned(), metrics: self.clone() }
    }
}

#[async_trait]
impl<E: CiExecutor> CiExecutor for Counted<E> {
    fn delivery(&self) -> Delivery {
        self.executor.delivery()
    }

    fn violations(&self, spec: &CiSpec) -> Violations {
        self.executor.violations(spec)
    }

    async fn run(&self, job: &CiJob, steps: &dyn StepSink, stop: Stop) -> CiOutcome {
        let outcome = self.executor.run(job, steps, stop).await;
        self.metrics.called(
            &self.name,
            match outcome {
                CiOutcome::Succeeded { .. } => "succeeded",
                CiOutcome::Failed { .. } => "failed",
                CiOutcome::TimedOut { .. } => "timed_out",
                CiOutcome::Stopped => "stopped",
            },
        );
        outcome
    }
}

#[async_trait]
impl<E: DeployExecutor> DeployExecutor for Counted<E> {
    fn delivery(&self) -> Delivery {
        self.executor.delivery()
    }

    fn capabilities(&self, target: &Value) -> Result<Capabilities, Violations> {
        self.executor.capabilities(target)
    }

    async fn carry_out(&self, job: &DeployJob, verb: &Verb, stop: Stop) -> VerbOutcome {
        let outcome = self.executor.carry_out(job, verb, stop).await;
        self.metrics.called(
            &self.name,
            match outcome {
                VerbOutcome::Done => "succeeded",
                VerbOutcome::Failed { .. } => "failed",
                VerbOutcome::Inconclusive { .. } => "inconclusive",
                VerbOutcome::Stopped => "stopped",
            },
        );
        outcome
    }

    async fn status(&self, job: &DeployJob) -> DeployStatus {
        let status = self.executor.status(job).await;
        if matches!(status, DeployStatus::Unknown { .. }) {
            self.metrics.called(&self.name, "silent");
        }
        status
    }
}
