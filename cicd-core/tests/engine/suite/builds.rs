//! A CI executor that writes down what it is asked, and does what a test tells it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cicd_core::ci::CiSpec;
use cicd_core::ci::run::{BuiltArtifact, RunFailure, StepOutcome, StepResult};
use cicd_core::digest::Digest;
use cicd_core::id::{AttemptId, CiRunId};
use cicd_core::port::{CiExecutor, CiJob, CiOutcome, Delivery, StepSink, Stop};
use cicd_core::trace::TraceParent;
use cicd_core::violation::Violations;
use tokio::sync::watch;

/// What a build does.
#[derive(Clone, Debug)]
pub(crate) enum Build {
    Succeed,
    Fail,
    /// Goes on until it is let go, or asked to stop.
    Block,
    /// Says that it built what nobody asked for.
    OtherArtifact,
}

#[derive(Default)]
struct State {
    asked: Vec<(CiRunId, AttemptId, u64)>,
    traces: Vec<Option<TraceParent>>,
    acts: VecDeque<Build>,
    busy: u32,
    most_busy: u32,
    stopped: u32,
}

#[derive(Clone)]
pub(crate) struct Builds {
    state: Arc<Mutex<State>>,
    let_go: Arc<watch::Sender<bool>>,
}

impl Builds {
    pub(crate) fn new() -> Self {
        Self { state: Arc::default(), let_go: Arc::new(watch::Sender::new(false)) }
    }

    pub(crate) fn plan(&self, acts: impl IntoIterator<Item = Build>) {
        self.state.lock().unwrap().acts.extend(acts);
    }

    pub(crate) fn let_go(&self) {
        self.let_go.send_replace(true);
    }

    /// The attempts that were asked for, each with its epoch, in order.
    pub(crate) fn asked(&self) -> Vec<(CiRunId, AttemptId, u64)> {
        self.state.lock().unwrap().asked.clone()
    }

    /// The traces of the attempts that were asked for, in order.
    pub(crate) fn traces(&self) -> Vec<Option<TraceParent>> {
        self.state.lock().unwrap().traces.clone()
    }

    pub(crate) fn busy(&self) -> u32 {
        self.state.lock().unwrap().busy
    }

    pub(crate) fn most_busy(&self) -> u32 {
        self.state.lock().unwrap().most_busy
    }

    pub(crate) fn stopped(&self) -> u32 {
        self.state.lock().unwrap().stopped
    }
}

struct Busy(Builds);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().busy -= 1;
    }
}

/// The digest of what a run of `commit` builds.
pub(crate) fn artifact_of(commit: &str) -> Digest {
    Digest::of(format!("built from {commit}").as_bytes())
}

#[async_trait]
impl CiExecutor for Builds {
    fn delivery(&self) -> Delivery {
        Delivery::AtLeastOnce
    }

    fn violations(&self, _: &CiSpec) -> Violations {
        Violations::new()
    }

    async fn run(&self, job: &CiJob, steps: &dyn StepSink, stop: Stop) -> CiOutcome {
        let act = {
            let mut state = self.state.lock().unwrap();
            state.asked.push((job.run.id, job.attempt, job.epoch));
            state.traces.push(job.trace);
            state.busy += 1;
            state.most_busy = state.most_busy.max(state.busy);
            state.acts.pop_front().unwrap_or(Build::Succeed)
        };
        let _busy = Busy(self.clone());
        if matches!(act, Build::Block) {
            let mut open = self.let_go.subscribe();
            tokio::select! {
                _ = open.wait_for(|open| *open) => {}
                () = stop.requested() => {
                    self.state.lock().unwrap().stopped += 1;
                    return CiOutcome::Stopped;
                }
            }
        }
        if matches!(act, Build::Fail) {
            let step = job.run.spec.steps[0].name.clone();
            return CiOutcome::Failed { cause: RunFailure::StepFailed { step, exit_code: Some(1) } };
        }
        for step in &job.run.spec.steps {
            let (name, outcome, exit_code) = (step.name.clone(), StepOutcome::Succeeded, Some(0));
            steps.step(StepResult { name, outcome, exit_code, duration_ms: 1, log: None }).await;
        }
        let name = match act {
            Build::OtherArtifact => "something-else".parse().unwrap(),
            _ => job.run.spec.artifact.name.clone(),
        };
        let digest = artifact_of(job.run.trigger.commit.as_str());
        CiOutcome::Succeeded { artifact: BuiltArtifact { name, digest, size_bytes: 1 } }
    }
}
