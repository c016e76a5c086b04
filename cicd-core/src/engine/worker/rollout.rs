//! One lease on a release: expire it, start it, or carry its rollout on until it waits or ends.

use std::sync::atomic::{AtomicU64, Ordering};

use super::step::Reached;
use super::{Next, Worker, micros};
use crate::digest::Digest;
use crate::engine::change::{By, release_key};
use crate::engine::deployments::found;
use crate::engine::error::EngineError;
use crate::engine::facts::facts;
use crate::engine::releases::found_release;
use crate::engine::{ending, report};
use crate::id::{AttemptId, ReleaseId};
use crate::port::{Lease, Load, SecretValue, Snapshot, Stop, WorkKey};
use crate::release::command::{Command, Outcome};
use crate::release::decide::decide;
use crate::release::refusal::Refusal;
use crate::release::state::{Execution, FailureCause, Phase, State, WaitReason};
use crate::time::Timestamp;

pub(super) struct Rollout<'a> {
    pub(super) worker: &'a Worker,
    pub(super) lease: &'a Lease,
    pub(super) release: ReleaseId,
    pub(super) report_token: SecretValue,
    /// The ledger's sequence of the commit by which this lease took the rollout. One release executes on a deployment, so
    /// it grows from holder to holder and from release to release: a fence for the executor.
    fence: AtomicU64,
    by: By,
}

/// Whether to look at the release again at once, or to give the lease up.
pub(super) enum Turn {
    Again,
    Over(Next),
}

impl<'a> Rollout<'a> {
    pub(super) fn new(worker: &'a Worker, lease: &'a Lease, release: ReleaseId) -> Self {
        let report_token = report::token(&lease.tenant, release, worker.engine.0.ids.secret());
        Self { worker, lease, release, report_token, fence: AtomicU64::new(0), by: worker.by(lease) }
    }

    pub(super) async fn carry_out(&self, shutdown: Stop) -> Result<Next, EngineError> {
        self.worker.holding(self.lease, self.turns(shutdown)).await
    }

    async fn turns(&self, shutdown: Stop) -> Result<Next, EngineError> {
        loop {
            let snapshot = self.load().await?;
            let turn = match &found_release(&snapshot, self.release)?.state {
                State::PendingApproval { .. } => self.expire(&snapshot).await?,
                State::Approved { .. } if shutdown.is_requested() => Turn::Over(Next::Done),
                State::Approved { .. } => self.start(&snapshot).await?,
                State::Executing(execution) => self.go_on(&snapshot, execution, &shutdown).await?,
                _ => Turn::Over(Next::Done),
            };
            if let Turn::Over(next) = turn {
                return Ok(next);
            }
        }
    }

    async fn expire(&self, snapshot: &Snapshot) -> Result<Turn, EngineError> {
        match self.command(&Command::Expire).await {
            // The deadline may have moved away from under the claim; the row says when to come back.
            Ok(()) | Err(EngineError::Refused(_)) => Ok(Turn::Over(self.when_due(snapshot))),
            Err(error) => Err(error),
        }
    }

    async fn start(&self, snapshot: &Snapshot) -> Result<Turn, EngineError> {
        let release = found_release(snapshot, self.release)?;
        let deployment = found(snapshot, release.deployment())?;
        if release.is_stale(&facts(snapshot, deployment, self.worker.engine.voters(snapshot).await?)) {
            self.command(&Command::MarkStale).await?;
            return Ok(Turn::Again);
        }
        let attempt = AttemptId::from_uuid(self.worker.engine.0.ids.uuid(snapshot.now));
        let start = Command::Start { attempt, epoch: self.lease.epoch, report_token: self.token_digest() };
        match self.command(&start).await {
            Ok(()) => Ok(Turn::Again),
            Err(EngineError::Refused(refusal)) => match *refusal {
                Refusal::Expired { .. } => self.expire(snapshot).await,
                Refusal::GateClosed { closed } => {
                    let opens = closed.iter().filter_map(|verdict| verdict.opens_at).max();
                    tracing::debug!(release = %self.release, ?closed, "gates are closed");
                    Ok(Turn::Over(Next::At(
                        self.later(snapshot).max(opens.unwrap_or_default().min(self.soon(snapshot))),
                    )))
                }
                Refusal::Occupied { .. } => Ok(Turn::Over(Next::At(self.later(snapshot)))),
                other => Err(other.into()),
            },
            Err(error) => Err(error),
        }
    }

    async fn go_on(
        &self,
        snapshot: &Snapshot,
        execution: &Execution,
        shutdown: &Stop,
    ) -> Result<Turn, EngineError> {
        let mine = execution.epoch == self.lease.epoch;
        match &execution.phase {
            Phase::Waiting { .. } | Phase::Running { .. } if is_overdue(execution, snapshot.now) => {
                self.again(&Command::Abort { cause: FailureCause::DeadlineExceeded }).await
            }
            Phase::Waiting { until: None, .. } => Ok(Turn::Over(Next::Done)),
            // Due when the wait ends or the deadline passes, as the commit of the wait said.
            Phase::Waiting { until: Some(until), .. } if *until > snapshot.now || shutdown.is_requested() => {
                Ok(Turn::Over(Next::Done))
            }
            Phase::Waiting { .. } => {
                let report_token = Some(self.token_digest());
                self.again(&Command::Progress { epoch: self.lease.epoch, report_token }).await
            }
            Phase::Running { .. } | Phase::Stopping { .. } if !mine => {
                self.take_over(snapshot, shutdown).await
            }
            Phase::Running { .. } if shutdown.is_requested() => {
                let reason = WaitReason::HandedOver;
                self.again(&Command::Wait { epoch: self.lease.epoch, reason, seconds: Some(0) }).await
            }
            Phase::Running { .. } => self.reached(self.step(snapshot, execution).await?).await,
            Phase::Stopping { cause, .. } => {
                let outcome = self.stop(snapshot, execution, cause).await?;
                self.again(&Command::Complete { epoch: self.lease.epoch, outcome }).await
            }
        }
    }

    /// Takes over from a holder whose lease expired, and finds out what the executor makes of it before anything is done.
    async fn take_over(&self, snapshot: &Snapshot, shutdown: &Stop) -> Result<Turn, EngineError> {
        if shutdown.is_requested() {
            return Ok(Turn::Over(Next::Done));
        }
        self.command(&Command::TakeOver { epoch: self.lease.epoch, report_token: self.token_digest() })
            .await?;
        let reached = self.after_take_over(shutdown).await?;
        match reached {
            Some(reached) => self.reached(reached).await,
            None if shutdown.is_requested() => Ok(Turn::Over(Next::Done)),
            // So long a silence as a lease counts as one more take-over.
            None => {
                let lease = micros(self.worker.config.lease);
                Ok(Turn::Over(Next::At(snapshot.now.plus_micros(lease))))
            }
        }
    }

    async fn reached(&self, reached: Reached) -> Result<Turn, EngineError> {
        let epoch = self.lease.epoch;
        let command = match reached {
            Reached::Ready | Reached::Stopped => return Ok(Turn::Again),
            Reached::Done => Command::Progress { epoch, report_token: None },
            Reached::End => Command::Complete { epoch, outcome: Outcome::Succeeded },
            Reached::Pause { reason, seconds } => Command::Wait { epoch, reason, seconds },
            Reached::Failed { cause } => Command::Abort { cause },
            Reached::Silent => Command::GiveUp { epoch },
        };
        self.again(&command).await
    }

    pub(super) async fn again(&self, command: &Command) -> Result<Turn, EngineError> {
        match self.command(command).await {
            Ok(()) => Ok(Turn::Again),
            // Somebody else was first, such as a release manager who aborts: look again.
            Err(EngineError::Refused(refusal)) if matches!(*refusal, Refusal::NotPossible { .. }) => {
                self.worker.news().await;
                Ok(Turn::Again)
            }
            Err(error) => Err(error),
        }
    }

    /// Decides `command` and commits it under the lease.
    pub(super) async fn command(&self, command: &Command) -> Result<(), EngineError> {
        let load = Load::release(self.release);
        let decided = self.worker.engine.carry_out_own(&self.by, &load, |snapshot, roles| {
            let release = found_release(snapshot, self.release)?;
            let deployment = found(snapshot, release.deployment())?;
            let events = decide(release, command, &facts(snapshot, deployment, roles))?;
            let mut change = ending::change(&self.by, snapshot, release, events)?;
            change.under_lease(WorkKey::Release(self.release), self.lease.epoch);
            if matches!(command, Command::Start { .. }) {
                for (key, version) in crate::engine::facts::relied_on(snapshot, deployment) {
                    change.rely_on(key, version);
                }
                if let Some(latest) = snapshot.latest_executed.as_ref().filter(|_| release.is_rollback()) {
                    change.rely_on(release_key(latest.id()), latest.row_version);
                }
            }
            Ok(change)
        });
        let committed = decided.await?;
        if takes_hold(command) {
            self.fence.store(committed.seq, Ordering::Relaxed);
        }
        Ok(())
    }

    pub(super) fn fence(&self) -> u64 {
        self.fence.load(Ordering::Relaxed)
    }

    pub(super) async fn load(&self) -> Result<Snapshot, EngineError> {
        let load = Load::release(self.release);
        Ok(self.worker.engine.store().load(&self.lease.tenant, &load).await?)
    }

    fn token_digest(&self) -> Digest {
        Digest::of(self.report_token.expose().as_bytes())
    }

    fn when_due(&self, snapshot: &Snapshot) -> Next {
        let due = snapshot.release.as_ref().and_then(crate::release::Release::due);
        due.filter(|due| *due > snapshot.now).map_or(Next::Done, Next::At)
    }

    fn later(&self, snapshot: &Snapshot) -> Timestamp {
        snapshot.now.plus_micros(micros(self.worker.config.blocked))
    }

    /// A gate with a known opening is asked again every few seconds all the same: somebody may open it earlier.
    fn soon(&self, snapshot: &Snapshot) -> Timestamp {
        snapshot.now.plus_seconds(5)
    }
}

/// Whether a rollout that could still be stopped has passed its deadline.
pub(super) fn is_overdue(execution: &Execution, now: Timestamp) -> bool {
    let stopping = matches!(execution.phase, Phase::Stopping { .. });
    execution.deadline_at <= now && !stopping && !execution.phase.stands_still()
}

/// Whether the command makes the lease the one that the release knows as its holder.
const fn takes_hold(command: &Command) -> bool {
    matches!(
        command,
        Command::Start { .. } | Command::TakeOver { .. } | Command::Progress { report_token: Some(_), .. }
    )
}
