//! One attempt at a CI run.

use async_trait::async_trait;
use futures_util::future::{Either, select};

use super::{Next, Worker};
use crate::ci::run::{CiRun, RunCommand, RunFailure, RunStatus, StepResult, decide};
use crate::engine::EngineError;
use crate::engine::change::By;
use crate::engine::runs::found;
use crate::id::{AttemptId, CiRunId};
use crate::port::{CiJob, CiOutcome, Lease, Load, LogName, StepSink, Stop, WorkKey};

pub(super) struct Attempt<'a> {
    worker: &'a Worker,
    lease: &'a Lease,
    run: CiRunId,
    by: By,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(worker: &'a Worker, lease: &'a Lease, run: CiRunId) -> Self {
        Self { worker, lease, run, by: worker.by(lease) }
    }

    /// Begins the run, or its next attempt when the host of the last one died, and carries it out.
    pub(super) async fn carry_out(&self, shutdown: Stop) -> Result<Next, EngineError> {
        if shutdown.is_requested() {
            return Ok(Next::Done);
        }
        self.worker.holding(self.lease, self.attempt()).await
    }

    async fn attempt(&self) -> Result<Next, EngineError> {
        let run = self.load().await?;
        let (attempt_id, epoch) = (self.attempt_id(), self.lease.epoch);
        let begin = match run.status {
            RunStatus::Queued { .. } => RunCommand::Start { attempt_id, epoch },
            RunStatus::Running { .. } => RunCommand::HostLost { epoch, attempt_id },
            _ => return Ok(Next::Done),
        };
        self.command(&begin).await?;
        let run = self.load().await?;
        match run.holder() {
            Some((attempt, held)) if held == epoch => self.build(&run, attempt).await.map(|()| Next::Done),
            _ => Ok(Next::Done),
        }
    }

    async fn build(&self, run: &CiRun, attempt: AttemptId) -> Result<(), EngineError> {
        let epoch = self.lease.epoch;
        let Some(executor) = self.worker.engine.0.ci_executors.get(&run.spec.executor) else {
            let message = format!("executor `{}` is not registered on this host", run.spec.executor);
            return self.command(&RunCommand::Fail { epoch, cause: RunFailure::Executor { message } }).await;
        };
        let job = CiJob {
            tenant: self.lease.tenant.clone(),
            run: run.clone(),
            attempt,
            epoch,
            trace: run.trace,
            log: LogName::CiRun(run.id, run.attempt()),
        };
        let (handle, stop) = Stop::pair();
        let building = std::pin::pin!(executor.run(&job, self, stop));
        let cancelled = std::pin::pin!(self.until_cancelled());
        let outcome = match select(building, cancelled).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), building)) => {
                handle.stop();
                building.await
            }
        };
        let command = match outcome {
            CiOutcome::Succeeded { artifact } => RunCommand::Succeed { epoch, artifact },
            CiOutcome::Failed { cause } => RunCommand::Fail { epoch, cause },
            CiOutcome::TimedOut { step } => RunCommand::TimeOut { epoch, step },
            CiOutcome::Stopped => RunCommand::ConfirmCancelled { epoch },
        };
        match self.command(&command).await {
            // What the executor claims is not what the run asked for.
            Err(EngineError::RunRefused(refusal)) => {
                let cause = RunFailure::Executor { message: refusal.to_string() };
                self.command(&RunCommand::Fail { epoch, cause }).await
            }
            other => other,
        }
    }

    async fn until_cancelled(&self) {
        loop {
            self.worker.news().await;
            // While that can't be known the build goes on; the lease decides for how long.
            let cancelled = self
                .load()
                .await
                .is_ok_and(|run| matches!(run.status, RunStatus::Running { cancel_requested: Some(_), .. }));
            if cancelled {
                return;
            }
        }
    }

    async fn load(&self) -> Result<CiRun, EngineError> {
        let snapshot = self.worker.engine.store().load(&self.lease.tenant, &Load::run(self.run)).await?;
        Ok(found(&snapshot, self.run)?.clone())
    }

    /// Decides `command` and commits it under the lease, again and again while the store is away: what was built is worth
    /// waiting for, and each of these commands may be repeated.
    async fn command(&self, command: &RunCommand) -> Result<(), EngineError> {
        loop {
            match self.decided(command).await {
                Err(error @ EngineError::Unavailable { .. }) => {
                    tracing::warn!(run = %self.run, %error, "what became of the run will be stored later");
                    self.worker.engine.0.timer.sleep(self.worker.config.blocked).await;
                }
                other => return other,
            }
        }
    }

    async fn decided(&self, command: &RunCommand) -> Result<(), EngineError> {
        let load = Load::run(self.run);
        let decided = self.worker.engine.carry_out_own(&self.by, &load, |snapshot, _| {
            let run = found(snapshot, self.run)?;
            let events = decide(run, command)?;
            let mut change = self.by.run(Some(run), &run.service, run.id, events)?;
            change.under_lease(WorkKey::CiRun(self.run), self.lease.epoch);
            Ok(change)
        });
        decided.await.map(|_| ())
    }

    fn attempt_id(&self) -> AttemptId {
        AttemptId::from_uuid(self.worker.engine.0.ids.uuid(self.lease.now))
    }
}

#[async_trait]
impl StepSink for Attempt<'_> {
    async fn step(&self, result: StepResult) {
        let (step, epoch) = (result.name.clone(), self.lease.epoch);
        if let Err(error) = self.command(&RunCommand::RecordStep { epoch, result }).await {
            tracing::warn!(run = %self.run, %step, %error, "the result of a step could not be recorded");
        }
    }
}
