//! What a command does to a run.

use super::{
    CiRun, RefusalReason, RunCommand, RunEvent, RunFailure, RunRefusal, RunStatus, StepOutcome, StepResult,
};
use crate::ci::CiSpec;
use crate::id::{AttemptId, PrincipalId, StepName};

/// The events of `command` on `run`; none when it asks for what already is. Total: any other pair is a refusal.
///
/// # Errors
/// [`RunRefusal`] says where the run stood, what was asked, why not, and what could be asked.
pub fn decide(run: &CiRun, command: &RunCommand) -> Result<Vec<RunEvent>, RunRefusal> {
    let name = run.status.name();
    answer(run, command).map_err(|reason| RunRefusal {
        status: name,
        command: command.name(),
        allowed: name.allowed().to_vec(),
        reason,
    })
}

type Answer = Result<Vec<RunEvent>, RefusalReason>;

fn answer(run: &CiRun, command: &RunCommand) -> Answer {
    match &run.status {
        RunStatus::Queued { attempt } => queued(*attempt, command),
        RunStatus::Running { attempt, epoch, steps, cancel_requested, .. } => {
            let running = Running {
                spec: &run.spec,
                attempt: *attempt,
                epoch: *epoch,
                steps,
                cancel_requested: cancel_requested.as_ref(),
            };
            running.answer(command)
        }
        RunStatus::Succeeded { .. }
        | RunStatus::Failed { .. }
        | RunStatus::Cancelled { .. }
        | RunStatus::TimedOut { .. } => Err(RefusalReason::NotPossible),
    }
}

fn queued(attempt: u32, command: &RunCommand) -> Answer {
    match command {
        RunCommand::Start { attempt_id, epoch } => {
            Ok(vec![RunEvent::Started { attempt, attempt_id: *attempt_id, epoch: *epoch }])
        }
        RunCommand::Cancel { by } => Ok(vec![RunEvent::Cancelled { by: by.clone() }]),
        RunCommand::RecordStep { .. }
        | RunCommand::Succeed { .. }
        | RunCommand::Fail { .. }
        | RunCommand::TimeOut { .. }
        | RunCommand::ConfirmCancelled { .. }
        | RunCommand::HostLost { .. } => Err(RefusalReason::NotPossible),
    }
}

/// A run under way, as a command finds it.
struct Running<'a> {
    spec: &'a CiSpec,
    attempt: u32,
    epoch: u64,
    steps: &'a [StepResult],
    cancel_requested: Option<&'a PrincipalId>,
}

impl Running<'_> {
    fn answer(&self, command: &RunCommand) -> Answer {
        match command {
            RunCommand::Start { .. } => Err(RefusalReason::NotPossible),
            RunCommand::RecordStep { epoch, result } => {
                self.held(*epoch)?;
                self.record(result)
            }
            RunCommand::Succeed { epoch, artifact } => {
                self.held(*epoch)?;
                if let Some(by) = self.cancel_requested {
                    return Ok(vec![RunEvent::Cancelled { by: by.clone() }]);
                }
                self.all_succeeded()?;
                if artifact.name != self.spec.artifact.name {
                    let (found, expected) = (artifact.name.clone(), self.spec.artifact.name.clone());
                    return Err(RefusalReason::OtherArtifact { found, expected });
                }
                Ok(vec![RunEvent::Succeeded { artifact: artifact.clone() }])
            }
            RunCommand::Fail { epoch, cause } => {
                self.held(*epoch)?;
                Ok(vec![RunEvent::Failed { cause: cause.clone() }])
            }
            RunCommand::TimeOut { epoch, step } => {
                self.held(*epoch)?;
                self.time_out(step)
            }
            RunCommand::Cancel { by } => Ok(match self.cancel_requested {
                Some(_) => Vec::new(),
                None => vec![RunEvent::CancelRequested { by: by.clone() }],
            }),
            RunCommand::ConfirmCancelled { epoch } => {
                self.held(*epoch)?;
                let by = self.cancel_requested.ok_or(RefusalReason::NoCancelRequested)?;
                Ok(vec![RunEvent::Cancelled { by: by.clone() }])
            }
            RunCommand::HostLost { epoch, attempt_id } => self.host_lost(*epoch, *attempt_id),
        }
    }

    fn held(&self, epoch: u64) -> Result<(), RefusalReason> {
        if epoch == self.epoch {
            Ok(())
        } else {
            Err(RefusalReason::LeaseLost { epoch, current: self.epoch })
        }
    }

    /// The step that comes next; none after one that did not end well.
    fn next_step(&self) -> Option<&StepName> {
        let is_open = self.steps.last().is_none_or(|last| last.outcome == StepOutcome::Succeeded);
        let next = self.spec.steps.get(self.steps.len()).map(|step| &step.name);
        next.filter(|_| is_open)
    }

    fn record(&self, result: &StepResult) -> Answer {
        if self.steps.last() == Some(result) {
            return Ok(Vec::new());
        }
        if self.next_step() == Some(&result.name) {
            return Ok(vec![RunEvent::StepFinished { result: result.clone() }]);
        }
        Err(RefusalReason::StepOutOfOrder { step: result.name.clone(), next: self.next_step().cloned() })
    }

    fn all_succeeded(&self) -> Result<(), RefusalReason> {
        let succeeded = self.steps.iter().filter(|step| step.outcome == StepOutcome::Succeeded).count();
        match self.spec.steps.get(succeeded) {
            Some(open) => Err(RefusalReason::StepsOpen { step: open.name.clone() }),
            None => Ok(()),
        }
    }

    /// Either the step was recorded as timed out, or it is the one that comes next.
    fn time_out(&self, step: &StepName) -> Answer {
        let recorded = self.steps.last().filter(|last| last.outcome == StepOutcome::TimedOut);
        let expected = recorded.map(|last| &last.name).or_else(|| self.next_step());
        if expected == Some(step) {
            return Ok(vec![RunEvent::TimedOut { step: step.clone() }]);
        }
        Err(RefusalReason::StepOutOfOrder { step: step.clone(), next: expected.cloned() })
    }

    fn host_lost(&self, epoch: u64, attempt_id: AttemptId) -> Answer {
        if epoch <= self.epoch {
            return Err(RefusalReason::LeaseLost { epoch, current: self.epoch });
        }
        if let Some(by) = self.cancel_requested {
            return Ok(vec![RunEvent::Cancelled { by: by.clone() }]);
        }
        if self.attempt >= self.spec.max_attempts {
            return Ok(vec![RunEvent::Failed { cause: RunFailure::HostDied }]);
        }
        let attempt = self.attempt;
        Ok(vec![
            RunEvent::HostLost { attempt },
            RunEvent::Started { attempt: attempt.saturating_add(1), attempt_id, epoch },
        ])
    }
}
