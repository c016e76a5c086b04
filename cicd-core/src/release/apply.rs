//! Folds events into the row of a release. Folding them from zero gives the row that the store holds.

use super::Release;
use super::event::{CastVote, ReleaseEvent};
use super::state::{Execution, FailureCause, Phase, State, WaitReason};
use crate::approval::Vote;
use crate::id::RowVersion;
use crate::time::Timestamp;

/// An event that can't follow the ones before it: the row and its events have come apart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event `{event}` can't follow state `{state}`")]
pub struct ApplyError {
    /// The kind of the event.
    pub event: &'static str,
    /// The state before it.
    pub state: &'static str,
}

impl Release {
    /// The release after `event`, which the store committed at `at`.
    ///
    /// # Errors
    /// [`ApplyError`] when no decision on `before` gives such an event.
    pub fn apply(before: Option<Self>, event: &ReleaseEvent, at: Timestamp) -> Result<Self, ApplyError> {
        match (before, event) {
            (
                None,
                ReleaseEvent::Created { release, content_digest, without_vote, expires_after_seconds, trace },
            ) => {
                let expires_at = at.plus_seconds(*expires_after_seconds);
                let state = match without_vote {
                    Some(_) => State::Approved { approved_at: at, expires_at },
                    None => State::PendingApproval { expires_at },
                };
                Ok(Self {
                    spec: (**release).clone(),
                    content_digest: *content_digest,
                    votes: Vec::new(),
                    state,
                    trace: *trace,
                    created_at: at,
                    updated_at: at,
                    row_version: RowVersion::ABSENT.next(),
                })
            }
            (Some(before), ReleaseEvent::Created { .. }) => {
                Err(ApplyError { event: event.kind(), state: before.state.name() })
            }
            (None, _) => Err(ApplyError { event: event.kind(), state: "absent" }),
            (Some(mut release), _) => {
                release.state =
                    next_state(&mut release.votes, release.state, event, at, release.spec.deadline_seconds)?;
                if let ReleaseEvent::Approved { trace: Some(trace), .. } = event {
                    release.trace = Some(*trace);
                }
                release.updated_at = at;
                release.row_version = release.row_version.next();
                Ok(release)
            }
        }
    }

    /// Folds `events`, each with the time at which it was committed.
    ///
    /// # Errors
    /// [`ApplyError`] when the events don't follow from one another.
    pub fn fold<'a>(
        before: Option<Self>,
        events: impl IntoIterator<Item = (&'a ReleaseEvent, Timestamp)>,
    ) -> Result<Option<Self>, ApplyError> {
        events.into_iter().try_fold(before, |release, (event, at)| Self::apply(release, event, at).map(Some))
    }
}

fn next_state(
    votes: &mut Vec<Vote>,
    state: State,
    event: &ReleaseEvent,
    at: Timestamp,
    deadline_seconds: u64,
) -> Result<State, ApplyError> {
    match (state, event) {
        (State::PendingApproval { expires_at }, ReleaseEvent::VoteCast { vote }) => {
            record(votes, vote, at);
            Ok(State::PendingApproval { expires_at })
        }
        (State::PendingApproval { expires_at }, ReleaseEvent::Approved { .. }) => {
            Ok(State::Approved { approved_at: at, expires_at })
        }
        (State::PendingApproval { .. }, ReleaseEvent::Rejected { vote }) => {
            record(votes, vote, at);
            Ok(State::Rejected { by: vote.person.clone(), at })
        }
        (State::PendingApproval { .. } | State::Approved { .. }, ReleaseEvent::Cancelled { reason }) => {
            Ok(State::Cancelled { reason: reason.clone(), at })
        }
        (State::Approved { .. }, ReleaseEvent::Started { attempt, epoch, report_token, .. }) => {
            Ok(State::Executing(Execution {
                attempt: *attempt,
                epoch: *epoch,
                report_token: *report_token,
                reports: 0,
                takeovers: 0,
                started_at: at,
                deadline_at: at.plus_seconds(deadline_seconds),
                step: 0,
                phase: running(),
            }))
        }
        (State::Executing(execution), event) => advance(execution, event, at),
        (State::Succeeded { started_at, .. }, ReleaseEvent::RolledBack { cause }) => {
            Ok(State::RolledBack { cause: cause.clone(), reached: None, started_at, finished_at: at })
        }
        (State::Failed { started_at, reached, .. }, ReleaseEvent::RolledBack { cause }) => {
            Ok(State::RolledBack { cause: cause.clone(), reached, started_at, finished_at: at })
        }
        (state, event) => Err(ApplyError { event: event.kind(), state: state.name() }),
    }
}

const fn running() -> Phase {
    Phase::Running { pause_requested: None, promote_requested: None }
}

fn record(votes: &mut Vec<Vote>, vote: &CastVote, at: Timestamp) {
    votes.retain(|earlier| earlier.person != vote.person);
    votes.push(Vote {
        person: vote.person.clone(),
        role: vote.role.clone(),
        decision: vote.decision,
        comment: vote.comment.clone(),
        content: vote.content,
        at,
    });
}

fn advance(mut execution: Execution, event: &ReleaseEvent, at: Timestamp) -> Result<State, ApplyError> {
    let started_at = execution.started_at;
    let reached = execution.reached();
    match event {
        ReleaseEvent::Succeeded => return Ok(State::Succeeded { started_at, finished_at: at }),
        ReleaseEvent::Failed { cause } => {
            return Ok(State::Failed { cause: cause.clone(), reached, started_at, finished_at: at });
        }
        ReleaseEvent::RolledBack { cause } => {
            return Ok(State::RolledBack { cause: cause.clone(), reached, started_at, finished_at: at });
        }
        ReleaseEvent::Progressed { next_step, epoch, report_token } => {
            execution.report_token = report_token.unwrap_or(execution.report_token);
            execution.step = *next_step;
            execution.epoch = *epoch;
            execution.phase = running();
        }
        ReleaseEvent::Waiting { reason, next_step, seconds } => {
            execution.step = *next_step;
            let until = seconds.map(|seconds| at.plus_seconds(seconds));
            execution.phase = Phase::Waiting { reason: reason.clone(), since: at, until };
        }
        ReleaseEvent::PauseRequested { by } => {
            request(&mut execution, event, |pause, _| *pause = Some(by.clone()))?;
        }
        ReleaseEvent::Resumed { by } => match execution.phase {
            Phase::Waiting { .. } => go_on(&mut execution, by, at),
            _ => request(&mut execution, event, |pause, _| *pause = None)?,
        },
        ReleaseEvent::Promoted { by, next_step } => match execution.phase {
            Phase::Waiting { .. } => {
                go_on(&mut execution, by, at);
                execution.step = *next_step;
            }
            _ => request(&mut execution, event, |_, promote| *promote = Some(by.clone()))?,
        },
        ReleaseEvent::Stopping { cause } => stop(&mut execution, cause, at),
        ReleaseEvent::TakenOver { epoch, lease_expired, report_token } => {
            execution.report_token = *report_token;
            execution.epoch = *epoch;
            execution.takeovers = execution.takeovers.saturating_add(u32::from(*lease_expired));
            if let Phase::Stopping { held, .. } = &mut execution.phase {
                *held = true;
            }
        }
        ReleaseEvent::Reported { number } => execution.reports = *number,
        other => return Err(ApplyError { event: other.kind(), state: "executing" }),
    }
    Ok(State::Executing(execution))
}

fn request(
    execution: &mut Execution,
    event: &ReleaseEvent,
    set: impl FnOnce(&mut Option<crate::id::PrincipalId>, &mut Option<crate::id::PrincipalId>),
) -> Result<(), ApplyError> {
    match &mut execution.phase {
        Phase::Running { pause_requested, promote_requested } => {
            set(pause_requested, promote_requested);
            Ok(())
        }
        _ => Err(ApplyError { event: event.kind(), state: "executing" }),
    }
}

/// Ends a wait now. A wait for a person had stopped the clock of the deadline.
fn go_on(execution: &mut Execution, by: &crate::id::PrincipalId, at: Timestamp) {
    credit(execution, at);
    let reason = WaitReason::Resumed { by: by.clone() };
    execution.phase = Phase::Waiting { reason, since: at, until: Some(at) };
}

fn stop(execution: &mut Execution, cause: &FailureCause, at: Timestamp) {
    credit(execution, at);
    let held = matches!(execution.phase, Phase::Running { .. });
    execution.phase = Phase::Stopping { cause: cause.clone(), held, reached: execution.reached() };
}

fn credit(execution: &mut Execution, at: Timestamp) {
    if let Phase::Waiting { since, .. } = &execution.phase
        && execution.phase.stands_still()
    {
        execution.deadline_at = execution.deadline_at.plus_micros(at.micros_since(*since));
    }
}
