//! A deploy executor that writes down what it is asked, and does what a test tells it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cicd_core::id::{AttemptId, DeploymentId, ReleaseId};
use cicd_core::port::{Delivery, DeployExecutor, DeployJob, DeployStatus, Stop, Verb, VerbOutcome};
use cicd_core::service::Capabilities;
use cicd_core::trace::TraceParent;
use cicd_core::violation::Violations;
use serde_json::Value;
use tokio::sync::watch;

/// What a step does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Done,
    Fail,
    Inconclusive,
    /// Goes on until it is let go, or asked to stop.
    Block,
    /// Goes on until it is let go, whoever asks it to stop.
    Deaf,
}

/// What the executor was asked for: a verb or `status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) verb: String,
    pub(crate) release: ReleaseId,
    pub(crate) attempt: AttemptId,
    pub(crate) epoch: u64,
    pub(crate) artifact: cicd_core::digest::Digest,
    pub(crate) token: String,
    pub(crate) trace: Option<TraceParent>,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    acts: HashMap<&'static str, VecDeque<Act>>,
    status: Option<DeployStatus>,
    stopped: u32,
    busy: HashMap<DeploymentId, u32>,
    most_busy: u32,
}

#[derive(Clone)]
pub(crate) struct Deploys {
    state: Arc<Mutex<State>>,
    /// How many blocked steps were let go.
    let_go: Arc<watch::Sender<bool>>,
}

impl Deploys {
    pub(crate) fn new() -> Self {
        Self { state: Arc::default(), let_go: Arc::new(watch::Sender::new(false)) }
    }

    /// The next `verb`s do `acts`, one each; further ones are done.
    pub(crate) fn plan(&self, verb: &'static str, acts: impl IntoIterator<Item = Act>) {
        self.state.lock().unwrap().acts.entry(verb).or_default().extend(acts);
    }

    /// What `status` answers from now on.
    pub(crate) fn answers_status(&self, status: DeployStatus) {
        self.state.lock().unwrap().status = Some(status);
    }

    /// Lets every blocked step end well.
    pub(crate) fn let_go(&self) {
        self.let_go.send_replace(true);
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.lock().unwrap().calls.clone()
    }

    /// The verbs that release `id` was asked for, in order.
    pub(crate) fn verbs(&self, id: ReleaseId) -> Vec<String> {
        self.calls().into_iter().filter(|call| call.release == id).map(|call| call.verb).collect()
    }

    pub(crate) fn count(&self, verb: &str) -> usize {
        self.calls().iter().filter(|call| call.verb == verb).count()
    }

    /// How many steps ended because they were asked to stop.
    pub(crate) fn stopped(&self) -> u32 {
        self.state.lock().unwrap().stopped
    }

    /// How many steps are under way.
    pub(crate) fn busy(&self) -> u32 {
        self.state.lock().unwrap().busy.values().sum()
    }

    /// The most steps that were ever under way at once on one deployment.
    pub(crate) fn most_busy(&self) -> u32 {
        self.state.lock().unwrap().most_busy
    }

    fn begin(&self, verb: &str, job: &DeployJob) -> Act {
        let mut state = self.state.lock().unwrap();
        state.calls.push(call(verb, job));
        state.acts.get_mut(verb).and_then(VecDeque::pop_front).unwrap_or(Act::Done)
    }

    async fn until_let_go(&self) {
        let _ = self.let_go.subscribe().wait_for(|open| *open).await;
    }
}

fn call(verb: &str, job: &DeployJob) -> Call {
    Call {
        verb: verb.to_owned(),
        release: job.release.id(),
        attempt: job.attempt,
        epoch: job.epoch,
        artifact: job.release.spec.content.artifact.digest,
        token: job.report_token.expose().to_owned(),
        trace: job.trace,
    }
}

/// A step under way: it is over when this is dropped.
struct Busy(Deploys, DeploymentId);

impl Busy {
    fn new(deploys: &Deploys, deployment: &DeploymentId) -> Self {
        let mut state = deploys.state.lock().unwrap();
        let busy = state.busy.entry(deployment.clone()).or_default();
        *busy += 1;
        let busy = *busy;
        state.most_busy = state.most_busy.max(busy);
        Self(deploys.clone(), deployment.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap();
        *state.busy.get_mut(&self.1).unwrap() -= 1;
    }
}

#[async_trait]
impl DeployExecutor for Deploys {
    fn delivery(&self) -> Delivery {
        Delivery::AtLeastOnce
    }

    fn capabilities(&self, _: &Value) -> Result<Capabilities, Violations> {
        Ok(Capabilities::ALL)
    }

    async fn carry_out(&self, job: &DeployJob, verb: &Verb, stop: Stop) -> VerbOutcome {
        let _busy = Busy::new(self, job.release.deployment());
        let name = match verb {
            Verb::SetWeight { weight } => format!("set-weight {weight}"),
            other => other.as_str().to_owned(),
        };
        match self.begin(&name, job) {
            Act::Done => VerbOutcome::Done,
            Act::Fail => VerbOutcome::Failed { message: "exit 1".to_owned() },
            Act::Inconclusive => VerbOutcome::Inconclusive { message: "too few requests".to_owned() },
            Act::Deaf => {
                self.until_let_go().await;
                VerbOutcome::Done
            }
            Act::Block => tokio::select! {
                () = self.until_let_go() => VerbOutcome::Done,
                () = stop.requested() => {
                    self.state.lock().unwrap().stopped += 1;
                    VerbOutcome::Stopped
                }
            },
        }
    }

    async fn status(&self, job: &DeployJob) -> DeployStatus {
        let mut state = self.state.lock().unwrap();
        state.calls.push(call("status", job));
        state.status.clone().unwrap_or(DeployStatus::Settled)
    }
}
