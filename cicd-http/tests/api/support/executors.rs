//! Executors that do at once what they are asked to.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cicd_core::ci::CiSpec;
use cicd_core::ci::run::{BuiltArtifact, StepOutcome, StepResult};
use cicd_core::id::AttemptId;
use cicd_core::port::{
    Blobs, CiExecutor, CiJob, CiOutcome, Delivery, DeployExecutor, DeployJob, DeployStatus, StepSink, Stop,
    Verb, VerbOutcome,
};
use cicd_core::service::Capabilities;
use cicd_core::violation::Violations;
use futures_util::stream;
use serde_json::Value;

/// Builds an artifact that is the commit's text, and logs one line.
pub(crate) struct TestCi {
    blobs: Arc<dyn Blobs>,
}

impl TestCi {
    pub(crate) fn new(blobs: Arc<dyn Blobs>) -> Self {
        Self { blobs }
    }
}

#[async_trait]
impl CiExecutor for TestCi {
    fn delivery(&self) -> Delivery {
        Delivery::AtLeastOnce
    }

    fn violations(&self, _: &CiSpec) -> Violations {
        Violations::new()
    }

    async fn run(&self, job: &CiJob, steps: &dyn StepSink, _: Stop) -> CiOutcome {
        for step in &job.run.spec.steps {
            let (name, outcome, exit_code) = (step.name.clone(), StepOutcome::Succeeded, Some(0));
            steps.step(StepResult { name, outcome, exit_code, duration_ms: 1, log: None }).await;
        }
        self.blobs.append_log(&job.tenant, job.log, b"built\n").await.unwrap();
        let content = job.run.trigger.commit.to_string().into_bytes();
        let kept = self.blobs.put_artifact(&job.tenant, Box::pin(stream::iter([Ok(content)]))).await.unwrap();
        let name = job.run.spec.artifact.name.clone();
        CiOutcome::Succeeded { artifact: BuiltArtifact { name, digest: kept.digest, size_bytes: kept.size } }
    }
}

/// Carries out every step; can do everything. Its target is an empty object.
#[derive(Clone, Default)]
pub(crate) struct TestDeploy {
    /// Whether steps wait until they are let go on.
    pub(crate) held: Arc<AtomicBool>,
    /// Whether steps fail.
    pub(crate) failing: Arc<AtomicBool>,
    /// The attempts of which a step began, each with the token with which it may report.
    pub(crate) attempts: Arc<Mutex<Vec<(AttemptId, String)>>>,
}

#[async_trait]
impl DeployExecutor for TestDeploy {
    fn delivery(&self) -> Delivery {
        Delivery::AtLeastOnce
    }

    fn capabilities(&self, target: &Value) -> Result<Capabilities, Violations> {
        match target.as_object() {
            Some(members) if members.is_empty() => Ok(Capabilities::ALL),
            _ => Err(Violations::one("/commands", "unknown_field", "accepted: nothing")),
        }
    }

    async fn carry_out(&self, job: &DeployJob, _: &Verb, _: Stop) -> VerbOutcome {
        self.attempts.lock().unwrap().push((job.attempt, job.report_token.expose().to_owned()));
        while self.held.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if self.failing.load(Ordering::SeqCst) {
            return VerbOutcome::Failed { message: "it was told to".to_owned() };
        }
        VerbOutcome::Done
    }

    async fn status(&self, _: &DeployJob) -> DeployStatus {
        DeployStatus::Settled
    }
}
