//! Execution: one start for one approval, steps by the holder of the lease, stops and ends.

use super::{Decision, not_possible};
use crate::cd::PlanStep;
use crate::digest::Digest;
use crate::release::Release;
use crate::release::command::{Command, Outcome};
use crate::release::event::ReleaseEvent;
use crate::release::facts::Facts;
use crate::release::refusal::Refusal;
use crate::release::state::{Execution, FailureCause, Phase, RollbackCause, State, WaitReason};

/// After so many take-overs of one rollout the engine gives it up.
pub const MAX_TAKEOVERS: u32 = 5;

pub(super) fn decide(release: &Release, command: &Command, facts: &Facts) -> Result<Decision, Refusal> {
    if let Command::Start { attempt, epoch, report_token } = command {
        check_start(release, command, *epoch, facts)?;
        let content_digest = release.content_digest;
        return Ok(vec![ReleaseEvent::Started {
            content_digest,
            attempt: *attempt,
            epoch: *epoch,
            report_token: *report_token,
        }]);
    }
    let State::Executing(execution) = &release.state else {
        return Err(not_possible(release, command));
    };
    let refuse = || not_possible(release, command);
    match command {
        Command::Progress { epoch, report_token } => {
            progress(release, execution, (*epoch, *report_token), facts, refuse)
        }
        Command::Wait { epoch, reason, seconds } => {
            holder(execution, *epoch, facts)?;
            wait(release, execution, reason, *seconds, refuse)
        }
        Command::Pause { by } => pause(execution, by, refuse),
        Command::Resume { by } => resume(execution, by, refuse),
        Command::Promote { by } => promote(release, execution, by, refuse),
        Command::TakeOver { epoch, report_token } => {
            take_over(execution, *epoch, *report_token, facts, refuse)
        }
        Command::Abort { cause } => abort(execution, cause, facts, refuse),
        Command::Complete { epoch, outcome } => {
            holder(execution, *epoch, facts)?;
            complete(release, execution, outcome, refuse)
        }
        Command::Report { number, outcome } => report(release, execution, *number, outcome.as_ref(), refuse),
        Command::GiveUp { epoch } => {
            holder(execution, *epoch, facts)?;
            if execution.takeovers < MAX_TAKEOVERS {
                return Err(refuse());
            }
            Ok(vec![ReleaseEvent::Failed { cause: FailureCause::Unknown }])
        }
        _ => Err(refuse()),
    }
}

fn check_start(release: &Release, command: &Command, epoch: u64, facts: &Facts) -> Result<(), Refusal> {
    let State::Approved { expires_at, .. } = &release.state else {
        return Err(not_possible(release, command));
    };
    leased(epoch, facts)?;
    if *expires_at <= facts.now {
        return Err(Refusal::Expired { at: *expires_at });
    }
    let closed: Vec<_> = release.gates(facts).into_iter().filter(|verdict| !verdict.open).collect();
    if closed.is_empty() { Ok(()) } else { Err(Refusal::GateClosed { closed }) }
}

/// The caller's lease is the one that counts.
fn leased(epoch: u64, facts: &Facts) -> Result<(), Refusal> {
    if epoch == facts.lease_epoch && epoch > 0 {
        Ok(())
    } else {
        Err(Refusal::LeaseLost { epoch, current: facts.lease_epoch })
    }
}

/// The caller's lease is the one that counts, and the release knows it as its holder.
fn holder(execution: &Execution, epoch: u64, facts: &Facts) -> Result<(), Refusal> {
    leased(epoch, facts)?;
    if epoch == execution.epoch {
        Ok(())
    } else {
        Err(Refusal::LeaseLost { epoch, current: execution.epoch })
    }
}

fn progress(
    release: &Release,
    execution: &Execution,
    (epoch, report_token): (u64, Option<Digest>),
    facts: &Facts,
    refuse: impl Fn() -> Refusal,
) -> Result<Decision, Refusal> {
    match &execution.phase {
        Phase::Waiting { until: Some(until), .. } if *until <= facts.now => {
            leased(epoch, facts)?;
            if epoch <= execution.epoch {
                return Err(Refusal::LeaseLost { epoch, current: execution.epoch });
            }
            Ok(vec![ReleaseEvent::Progressed { next_step: execution.step, epoch, report_token }])
        }
        Phase::Running { pause_requested, promote_requested } => {
            holder(execution, epoch, facts)?;
            let plan = release.spec.content.strategy.plan();
            let next = execution.step.saturating_add(1);
            // A pause is waited for, never done: else a worker could pass what a person has to resume.
            if matches!(step(&plan, execution), None | Some(PlanStep::Pause(_))) {
                return Err(refuse());
            }
            let next_step = match promote_requested {
                Some(_) => promotion(release, next).unwrap_or(next),
                None => next,
            };
            let mut events = vec![ReleaseEvent::Progressed { next_step, epoch, report_token }];
            if let Some(by) = pause_requested {
                let reason = WaitReason::Requested { by: by.clone() };
                events.push(ReleaseEvent::Waiting { reason, next_step, seconds: None });
            }
            Ok(events)
        }
        Phase::Waiting { .. } | Phase::Stopping { .. } => Err(refuse()),
    }
}

fn step<'a>(plan: &'a [PlanStep], execution: &Execution) -> Option<&'a PlanStep> {
    usize::try_from(execution.step).ok().and_then(|index| plan.get(index))
}

/// A pause of the strategy lasts as long as the plan says and is behind us when it ends; every other wait comes back to
/// the step that it interrupted. What a release manager asked for meanwhile comes with the wait.
fn wait(
    release: &Release,
    execution: &Execution,
    reason: &WaitReason,
    seconds: Option<u64>,
    refuse: impl Fn() -> Refusal,
) -> Result<Decision, Refusal> {
    let Phase::Running { pause_requested, promote_requested } = &execution.phase else {
        return Err(refuse());
    };
    let plan = release.spec.content.strategy.plan();
    let (next_step, seconds) = match (reason, step(&plan, execution)) {
        (WaitReason::Strategy, Some(PlanStep::Pause(pause))) => {
            (execution.step.saturating_add(1), pause.seconds())
        }
        _ => (execution.step, seconds),
    };
    let mut events = vec![ReleaseEvent::Waiting { reason: reason.clone(), next_step, seconds }];
    if *reason == WaitReason::Executor {
        return Ok(events);
    }
    if let Some(by) = pause_requested
        && seconds.is_some()
    {
        let reason = WaitReason::Requested { by: by.clone() };
        events.push(ReleaseEvent::Waiting { reason, next_step, seconds: None });
    } else if let Some(by) = promote_requested
        && *reason == WaitReason::Strategy
        && let Some(next_step) = promotion(release, next_step)
    {
        events.push(ReleaseEvent::Promoted { by: by.clone(), next_step });
    }
    Ok(events)
}

fn pause(
    execution: &Execution,
    by: &crate::id::PrincipalId,
    refuse: impl Fn() -> Refusal,
) -> Result<Decision, Refusal> {
    match &execution.phase {
        Phase::Waiting { reason: WaitReason::Executor, .. } | Phase::Stopping { .. } => Err(refuse()),
        Phase::Running { pause_requested: Some(_), .. } | Phase::Waiting { until: None, .. } => {
            Ok(Vec::new())
        }
        Phase::Running { pause_requested: None, .. } => {
            Ok(vec![ReleaseEvent::PauseRequested { by: by.clone() }])
        }
        Phase::Waiting { until: Some(_), .. } => Ok(vec![ReleaseEvent::Waiting {
            reason: WaitReason::Requested { by: by.clone() },
            next_step: execution.step,
            seconds: None,
        }]),
    }
}

fn resume(
    execution: &Execution,
    by: &crate::id::PrincipalId,
    refuse: impl Fn() -> Refusal,
) -> Result<Decision, Refusal> {
    match &execution.phase {
        Phase::Waiting { reason: WaitReason::Resumed { .. }, until: Some(_), .. }
        | Phase::Running { pause_requested: None, .. } => Ok(Vec::new()),
        Phase::Waiting { reason: WaitReason::Executor, .. } | Phase::Stopping { .. } => Err(refuse()),
        Phase::Waiting { .. } | Phase::Running { .. } => Ok(vec![ReleaseEvent::Resumed { by: by.clone() }]),
    }
}

/// The index of the first promotion at or after `from`.
fn promotion(release: &Release, from: u32) -> Option<u32> {
    let plan = release.spec.content.strategy.plan();
    let ahead = plan.iter().enumerate().skip(usize::try_from(from).ok()?);
    let found = ahead.filter(|(_, step)| **step == PlanStep::Promote).map(|(index, _)| index).next();
    found.and_then(|index| u32::try_from(index).ok())
}

fn promote(
    release: &Release,
    execution: &Execution,
    by: &crate::id::PrincipalId,
    refuse: impl Fn() -> Refusal,
) -> Result<Decision, Refusal> {
    let from = match &execution.phase {
        Phase::Running { promote_requested: Some(_), .. } => return Ok(Vec::new()),
        Phase::Running { .. } => execution.step.saturating_add(1),
        Phase::Waiting { reason: WaitReason::Executor, .. } | Phase::Stopping { .. } => return Err(refuse()),
        Phase::Waiting { .. } => execution.step,
    };
    let next_step = promotion(release, from).ok_or(Refusal::NothingToPromote)?;
    Ok(vec![ReleaseEvent::Promoted { by: by.clone(), next_step }])
}

fn take_over(
    execution: &Execution,
    epoch: u64,
    report_token: Digest,
    facts: &Facts,
    refuse: impl Fn() -> Refusal,
) -> Result<Decision, Refusal> {
    leased(epoch, facts)?;
    let lease_expired = match &execution.phase {
        Phase::Running { .. } => true,
        Phase::Stopping { held, .. } => *held,
        Phase::Waiting { .. } => return Err(refuse()),
    };
    if epoch <= execution.epoch {
        return Err(Refusal::LeaseLost { epoch, current: execution.epoch });
    }
    Ok(vec![ReleaseEvent::TakenOver { epoch, lease_expired, report_token }])
}

fn abort(
    execution: &Execution,
    cause: &FailureCause,
    facts: &Facts,
    refuse: impl Fn() -> Refusal,
) -> Result<Decision, Refusal> {
    let not_yet = execution.phase.stands_still() || facts.now < execution.deadline_at;
    if *cause == FailureCause::DeadlineExceeded && not_yet {
        return Err(refuse());
    }
    match &execution.phase {
        Phase::Stopping { .. } => Ok(Vec::new()),
        Phase::Running { .. } | Phase::Waiting { .. } => {
            Ok(vec![ReleaseEvent::Stopping { cause: cause.clone() }])
        }
    }
}

fn complete(
    release: &Release,
    execution: &Execution,
    outcome: &Outcome,
    refuse: impl Fn() -> Refusal,
) -> Result<Decision, Refusal> {
    let stopping = matches!(execution.phase, Phase::Stopping { .. });
    let event = match outcome {
        Outcome::Succeeded => {
            let steps = release.spec.content.strategy.plan().len();
            let done = usize::try_from(execution.step).is_ok_and(|step| step >= steps);
            if stopping || !done || !matches!(execution.phase, Phase::Running { .. }) {
                return Err(refuse());
            }
            ReleaseEvent::Succeeded
        }
        Outcome::Failed { cause } => ReleaseEvent::Failed { cause: cause.clone() },
        Outcome::UndoFailed { .. } if !stopping => return Err(refuse()),
        Outcome::UndoFailed { cause, message } => {
            let (why, message) = (Box::new(cause.clone()), message.clone());
            ReleaseEvent::Failed { cause: FailureCause::UndoFailed { why, message } }
        }
        Outcome::RolledBack { cause } => {
            ReleaseEvent::RolledBack { cause: RollbackCause::WentBack { why: cause.clone() } }
        }
    };
    Ok(vec![event])
}

fn report(
    release: &Release,
    execution: &Execution,
    number: u64,
    outcome: Option<&Outcome>,
    refuse: impl Fn() -> Refusal,
) -> Result<Decision, Refusal> {
    if number <= execution.reports {
        return Ok(Vec::new());
    }
    let mut events = vec![ReleaseEvent::Reported { number }];
    if let Some(outcome) = outcome {
        // Success by report: the executor carries out the whole plan by itself.
        let by_itself = matches!(execution.phase, Phase::Waiting { reason: WaitReason::Executor, .. });
        match outcome {
            Outcome::Succeeded if by_itself => events.push(ReleaseEvent::Succeeded),
            other => events.extend(complete(release, execution, other, refuse)?),
        }
    }
    Ok(events)
}
