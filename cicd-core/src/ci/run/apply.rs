//! What an event makes of a run.

use super::{CiRun, RunEvent, RunOrigin, RunStatus};
use crate::id::RowVersion;
use crate::time::Timestamp;

/// An event that can't follow what came before: the stored history is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{event}` can't follow `{status}`")]
pub struct ApplyError {
    /// The event's kind.
    pub event: &'static str,
    /// The run's status; `absent` before its first event.
    pub status: &'static str,
}

impl CiRun {
    /// The run after `event`, which was committed at `at`; its row version grows by one.
    ///
    /// # Errors
    /// [`ApplyError`] when the event can't follow.
    pub fn apply(run: Option<Self>, event: &RunEvent, at: Timestamp) -> Result<Self, ApplyError> {
        match (run, event) {
            (None, RunEvent::Triggered { run }) => Ok(Self::queued(run, at)),
            (None, event) => Err(ApplyError { event: event.kind(), status: "absent" }),
            (Some(mut run), event) => {
                run.status = next(run.status, event, at)?;
                run.row_version = run.row_version.next();
                Ok(run)
            }
        }
    }

    fn queued(origin: &RunOrigin, at: Timestamp) -> Self {
        let origin = origin.clone();
        Self {
            id: origin.id,
            service: origin.service,
            config_revision: origin.config_revision,
            spec: origin.spec,
            trigger: origin.trigger,
            status: RunStatus::Queued { attempt: 1 },
            trace: origin.trace,
            created_at: at,
            row_version: RowVersion::ABSENT.next(),
        }
    }
}

fn next(status: RunStatus, event: &RunEvent, at: Timestamp) -> Result<RunStatus, ApplyError> {
    match status {
        RunStatus::Queued { attempt } => from_queued(attempt, event, at),
        RunStatus::Running { .. } => from_running(status, event, at),
        RunStatus::Succeeded { .. }
        | RunStatus::Failed { .. }
        | RunStatus::Cancelled { .. }
        | RunStatus::TimedOut { .. } => Err(wrong(&status, event)),
    }
}

fn wrong(status: &RunStatus, event: &RunEvent) -> ApplyError {
    ApplyError { event: event.kind(), status: status.name().as_str() }
}

fn from_queued(attempt: u32, event: &RunEvent, at: Timestamp) -> Result<RunStatus, ApplyError> {
    match event {
        RunEvent::Started { attempt: started, attempt_id, epoch } if *started == attempt => {
            Ok(RunStatus::Running {
                attempt,
                attempt_id: *attempt_id,
                epoch: *epoch,
                started_at: at,
                steps: Vec::new(),
                cancel_requested: None,
            })
        }
        RunEvent::Cancelled { by } => Ok(RunStatus::Cancelled {
            by: by.clone(),
            attempt,
            started_at: None,
            finished_at: at,
            steps: Vec::new(),
        }),
        other => Err(wrong(&RunStatus::Queued { attempt }, other)),
    }
}

fn from_running(
    status: RunStatus,
    event: &RunEvent,
    finished_at: Timestamp,
) -> Result<RunStatus, ApplyError> {
    let error = wrong(&status, event);
    let RunStatus::Running { attempt, attempt_id, epoch, started_at, mut steps, cancel_requested } = status
    else {
        return Err(error);
    };
    match event {
        RunEvent::StepFinished { result } => {
            steps.push(result.clone());
            Ok(RunStatus::Running { attempt, attempt_id, epoch, started_at, steps, cancel_requested })
        }
        RunEvent::CancelRequested { by } => {
            let cancel_requested = Some(by.clone());
            Ok(RunStatus::Running { attempt, attempt_id, epoch, started_at, steps, cancel_requested })
        }
        RunEvent::HostLost { attempt: lost } if *lost == attempt => {
            Ok(RunStatus::Queued { attempt: attempt.saturating_add(1) })
        }
        RunEvent::Succeeded { artifact } => {
            let artifact = artifact.clone();
            Ok(RunStatus::Succeeded { attempt, started_at, finished_at, steps, artifact })
        }
        RunEvent::Failed { cause } => {
            Ok(RunStatus::Failed { cause: cause.clone(), attempt, started_at, finished_at, steps })
        }
        RunEvent::Cancelled { by } => {
            let (by, started_at) = (by.clone(), Some(started_at));
            Ok(RunStatus::Cancelled { by, attempt, started_at, finished_at, steps })
        }
        RunEvent::TimedOut { step } => {
            Ok(RunStatus::TimedOut { step: step.clone(), attempt, started_at, finished_at, steps })
        }
        RunEvent::Triggered { .. } | RunEvent::Started { .. } | RunEvent::HostLost { .. } => Err(error),
    }
}
