//! One step of a rollout, by the deployment's executor.

use std::time::Duration;

use futures_util::future::{Either, select};

use super::rollout::{Rollout, is_overdue};
use crate::cd::{OnFailure, Pause, PlanStep, Strategy};
use crate::engine::deployments::found;
use crate::engine::error::EngineError;
use crate::engine::releases::found_release;
use crate::port::{DeployExecutor, DeployJob, DeployStatus, LogName, Snapshot, Stop, Verb, VerbOutcome};
use crate::release::Release;
use crate::release::command::{Command, Outcome};
use crate::release::decide::MAX_TAKEOVERS;
use crate::release::state::{Execution, FailureCause, Phase, WaitReason};

/// How often an executor is asked whether a step of an earlier holder is still under way.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Where a rollout stands after a step.
pub(super) enum Reached {
    /// The next step may be carried out.
    Ready,
    /// The step is done.
    Done,
    /// Every step is done.
    End,
    /// Nothing to do for a time, or until a named command.
    Pause { reason: WaitReason, seconds: Option<u64> },
    /// The step failed.
    Failed { cause: FailureCause },
    /// It was stopped half way, because somebody asked for it or the deadline passed.
    Stopped,
    /// The executor has been silent for too long.
    Silent,
}

impl Rollout<'_> {
    /// Carries out the step that comes next.
    pub(super) async fn step(
        &self,
        snapshot: &Snapshot,
        execution: &Execution,
    ) -> Result<Reached, EngineError> {
        let release = found_release(snapshot, self.release)?;
        let plan = release.spec.content.strategy.plan();
        let step = usize::try_from(execution.step).ok().and_then(|index| plan.get(index));
        let verb = match step {
            None => return Ok(Reached::End),
            Some(PlanStep::Pause(pause)) => {
                let seconds = match pause {
                    Pause::Manual => None,
                    Pause::Seconds(seconds) => Some(*seconds),
                };
                return Ok(Reached::Pause { reason: WaitReason::Strategy, seconds });
            }
            Some(PlanStep::Apply) => Verb::Apply,
            Some(PlanStep::SetWeight { weight }) => Verb::SetWeight { weight: *weight },
            Some(PlanStep::Analyse { name }) => Verb::Analyse { name: name.to_string() },
            Some(PlanStep::Promote) => Verb::Promote,
        };
        let job = self.job(snapshot, release, execution);
        Ok(match self.carry_out_verb(snapshot, execution, &job, &verb).await? {
            VerbOutcome::Done => Reached::Done,
            VerbOutcome::Stopped => Reached::Stopped,
            VerbOutcome::Inconclusive { message } => {
                Reached::Pause { reason: WaitReason::InconclusiveAnalysis { message }, seconds: None }
            }
            VerbOutcome::Failed { message } => failed(release, &verb, message),
        })
    }

    /// Asks the executor, until it says that nothing is under way any more. The deadline does not wait for its answer.
    pub(super) async fn after_take_over(&self, shutdown: &Stop) -> Result<Option<Reached>, EngineError> {
        while !shutdown.is_requested() {
            let snapshot = self.load().await?;
            let release = found_release(&snapshot, self.release)?;
            let Some(execution) = release.state.execution() else { return Ok(Some(Reached::Ready)) };
            let Some(executor) = self.executor(release) else {
                tracing::error!(release = %self.release, executor = %release.spec.executor, "no such executor here");
                return Ok(None);
            };
            let stopping = matches!(execution.phase, Phase::Stopping { .. });
            match executor.status(&self.job(&snapshot, release, execution)).await {
                DeployStatus::Settled => return Ok(Some(Reached::Ready)),
                DeployStatus::Failed { .. } if stopping => return Ok(Some(Reached::Ready)),
                DeployStatus::Failed { message } => {
                    let cause = FailureCause::Step { step: "status".to_owned(), message };
                    return Ok(Some(Reached::Failed { cause }));
                }
                DeployStatus::Unknown { message } => {
                    tracing::warn!(release = %self.release, %message, "the executor is silent");
                    return Ok((execution.takeovers >= MAX_TAKEOVERS).then_some(Reached::Silent));
                }
                DeployStatus::InProgress if is_overdue(execution, snapshot.now) => {
                    self.again(&Command::Abort { cause: FailureCause::DeadlineExceeded }).await?;
                }
                DeployStatus::InProgress => self.worker.engine.0.timer.sleep(ASK_AGAIN).await,
            }
        }
        Ok(None)
    }

    /// Stops a rollout: goes back where that is asked for and the executor can.
    pub(super) async fn stop(
        &self,
        snapshot: &Snapshot,
        execution: &Execution,
        cause: &FailureCause,
    ) -> Result<Outcome, EngineError> {
        let release = found_release(snapshot, self.release)?;
        let deployment = found(snapshot, release.deployment())?;
        if !deployment.capabilities.undo || !goes_back(&release.spec.content.strategy, cause) {
            return Ok(Outcome::Failed { cause: cause.clone() });
        }
        let job = self.job(snapshot, release, execution);
        let undone = match self.executor(release) {
            Some(executor) => executor.carry_out(&job, &Verb::Undo, Stop::never()).await,
            None => not_registered(release),
        };
        let cause = cause.clone();
        Ok(match undone {
            VerbOutcome::Done => Outcome::RolledBack { cause },
            VerbOutcome::Failed { message } | VerbOutcome::Inconclusive { message } => {
                Outcome::UndoFailed { cause, message }
            }
            VerbOutcome::Stopped => {
                Outcome::UndoFailed { cause, message: "it was stopped half way".to_owned() }
            }
        })
    }

    async fn carry_out_verb(
        &self,
        snapshot: &Snapshot,
        execution: &Execution,
        job: &DeployJob,
        verb: &Verb,
    ) -> Result<VerbOutcome, EngineError> {
        let Some(executor) = self.executor(&job.release) else {
            return Ok(not_registered(&job.release));
        };
        let (handle, stop) = Stop::pair();
        let left = Duration::from_micros(execution.deadline_at.micros_since(snapshot.now));
        let carried_out = std::pin::pin!(executor.carry_out(job, verb, stop));
        let told_to_stop = std::pin::pin!(self.until_stopping());
        let stopped = select(told_to_stop, self.worker.engine.0.timer.sleep(left));
        match select(carried_out, stopped).await {
            Either::Left((outcome, _)) => Ok(outcome),
            Either::Right((_, carried_out)) => {
                handle.stop();
                // What was done in the last moment counts as stopped: the release stops either way.
                carried_out.await;
                Ok(VerbOutcome::Stopped)
            }
        }
    }

    async fn until_stopping(&self) {
        loop {
            self.worker.news().await;
            let stopping = match self.load().await {
                Ok(snapshot) => snapshot.release.is_none_or(|release| match release.state.execution() {
                    Some(execution) => {
                        matches!(execution.phase, Phase::Stopping { .. })
                            || execution.epoch != self.lease.epoch
                    }
                    None => true,
                }),
                // Whether to stop is not known; the lease decides how long to go on without knowing.
                Err(_) => false,
            };
            if stopping {
                return;
            }
        }
    }

    fn executor(&self, release: &Release) -> Option<&dyn DeployExecutor> {
        self.worker.engine.0.deploy_executors.get(&release.spec.executor).map(|executor| &**executor)
    }

    fn job(&self, snapshot: &Snapshot, release: &Release, execution: &Execution) -> DeployJob {
        let current = snapshot.ledger.iter().find(|entry| entry.withdrawn_by.is_none());
        DeployJob {
            tenant: self.lease.tenant.clone(),
            release: release.clone(),
            attempt: execution.attempt,
            epoch: self.fence(),
            report_token: self.report_token.clone(),
            previous: current.map(|entry| entry.artifact.digest),
            trace: release.trace,
            log: LogName::Release(release.id()),
        }
    }
}

fn not_registered(release: &Release) -> VerbOutcome {
    let message = format!("executor `{}` is not registered on this host", release.spec.executor);
    VerbOutcome::Failed { message }
}

fn failed(release: &Release, verb: &Verb, message: String) -> Reached {
    let cause = match verb {
        Verb::Analyse { .. } => FailureCause::Analysis { message },
        other => FailureCause::Step { step: other.as_str().to_owned(), message },
    };
    match on_failure(&release.spec.content.strategy) {
        OnFailure::Pause => Reached::Pause { reason: WaitReason::Failure { cause }, seconds: None },
        OnFailure::Undo | OnFailure::Abort => Reached::Failed { cause },
    }
}

fn on_failure(strategy: &Strategy) -> OnFailure {
    match strategy {
        Strategy::Canary { on_failure, .. } => *on_failure,
        Strategy::Rolling { .. } | Strategy::BlueGreen { .. } => OnFailure::Undo,
    }
}

/// A rollback that was asked for brings back what ran before, and so need not be prepared by an undo of its own.
fn goes_back(strategy: &Strategy, cause: &FailureCause) -> bool {
    match cause {
        FailureCause::RollbackRequested { .. } => false,
        FailureCause::Step { .. } | FailureCause::Analysis { .. } => on_failure(strategy) != OnFailure::Abort,
        _ => true,
    }
}
