//! Where a release stands, as the API answers it.

use cicd_core::digest::Digest;
use cicd_core::release::state::{
    CancelReason, Execution, FailureCause, Phase, RollbackCause, State, WaitReason,
};

use super::At;
use crate::answer::Problem;

fn unknown(what: &str, found: &str) -> Problem {
    Problem(format!("`{found}` is no {what} that this version knows"))
}

/// Reads the state of a release.
pub(crate) fn read(at: At<'_>) -> Result<State, Problem> {
    let times = || Ok::<_, Problem>((at.parsed("/started_at")?, at.parsed("/finished_at")?));
    Ok(match at.text("/status")? {
        "pending_approval" => State::PendingApproval { expires_at: at.parsed("/expires_at")? },
        "approved" => {
            State::Approved { approved_at: at.parsed("/approved_at")?, expires_at: at.parsed("/expires_at")? }
        }
        "rejected" => State::Rejected { by: at.parsed("/by")?, at: at.parsed("/at")? },
        "cancelled" => State::Cancelled { reason: cancel(at.at("/reason")?)?, at: at.parsed("/at")? },
        "executing" => State::Executing(execution(at)?),
        "succeeded" => {
            let (started_at, finished_at) = times()?;
            State::Succeeded { started_at, finished_at }
        }
        "failed" => {
            let (started_at, finished_at) = times()?;
            State::Failed {
                cause: failure(at.at("/cause")?)?,
                reached: reached(at)?,
                started_at,
                finished_at,
            }
        }
        "rolled_back" => {
            let (started_at, finished_at) = times()?;
            State::RolledBack {
                cause: rollback(at.at("/cause")?)?,
                reached: reached(at)?,
                started_at,
                finished_at,
            }
        }
        other => return Err(unknown("status", other)),
    })
}

fn reached(at: At<'_>) -> Result<Option<u32>, Problem> {
    at.optional("/reached").map(|_| at.number("/reached")).transpose()
}

fn cancel(at: At<'_>) -> Result<CancelReason, Problem> {
    Ok(match at.text("/code")? {
        "withdrawn" => CancelReason::Withdrawn { by: at.parsed("/by")? },
        "expired" => CancelReason::Expired,
        "superseded" => CancelReason::Superseded { by: at.parsed("/by")? },
        "stale" => CancelReason::Stale,
        other => return Err(unknown("reason", other)),
    })
}

fn rollback(at: At<'_>) -> Result<RollbackCause, Problem> {
    Ok(match at.text("/code")? {
        "went_back" => RollbackCause::WentBack { why: failure(at.at("/why")?)? },
        "undone_by" => RollbackCause::UndoneBy { release: at.parsed("/release")? },
        other => return Err(unknown("cause", other)),
    })
}

fn failure(at: At<'_>) -> Result<FailureCause, Problem> {
    let message = || at.text("/message").map(str::to_owned);
    Ok(match at.text("/code")? {
        "step" => FailureCause::Step { step: at.text("/step")?.to_owned(), message: message()? },
        "analysis" => FailureCause::Analysis { message: message()? },
        "aborted" => FailureCause::Aborted { by: at.parsed("/by")?, reason: at.maybe("/reason")? },
        "rollback_requested" => FailureCause::RollbackRequested { by: at.parsed("/by")? },
        "deadline_exceeded" => FailureCause::DeadlineExceeded,
        "unknown" => FailureCause::Unknown,
        "undo_failed" => {
            FailureCause::UndoFailed { why: Box::new(failure(at.at("/why")?)?), message: message()? }
        }
        "reported" => FailureCause::Reported { message: message()? },
        other => return Err(unknown("cause", other)),
    })
}

fn execution(at: At<'_>) -> Result<Execution, Problem> {
    Ok(Execution {
        attempt: at.parsed("/attempt")?,
        epoch: at.number("/epoch")?,
        // The API keeps the hash of the attempt's token to itself.
        report_token: at.maybe("/report_token")?.unwrap_or(Digest::ZERO),
        reports: at.number("/reports")?,
        takeovers: at.number("/takeovers")?,
        started_at: at.parsed("/started_at")?,
        deadline_at: at.parsed("/deadline_at")?,
        step: at.number("/step")?,
        phase: phase(at.at("/phase")?)?,
    })
}

fn phase(at: At<'_>) -> Result<Phase, Problem> {
    Ok(match at.text("/phase")? {
        "running" => Phase::Running {
            pause_requested: at.maybe("/pause_requested")?,
            promote_requested: at.maybe("/promote_requested")?,
        },
        "waiting" => Phase::Waiting {
            reason: wait(at.at("/reason")?)?,
            since: at.parsed("/since")?,
            until: at.maybe("/until")?,
        },
        "stopping" => Phase::Stopping {
            cause: failure(at.at("/cause")?)?,
            held: at.flag("/held")?.ok_or_else(|| At::none("/held"))?,
            reached: reached(at)?,
        },
        other => return Err(unknown("phase", other)),
    })
}

fn wait(at: At<'_>) -> Result<WaitReason, Problem> {
    Ok(match at.text("/code")? {
        "strategy" => WaitReason::Strategy,
        "inconclusive_analysis" => {
            WaitReason::InconclusiveAnalysis { message: at.text("/message")?.to_owned() }
        }
        "failure" => WaitReason::Failure { cause: failure(at.at("/cause")?)? },
        "requested" => WaitReason::Requested { by: at.parsed("/by")? },
        "resumed" => WaitReason::Resumed { by: at.parsed("/by")? },
        "executor" => WaitReason::Executor,
        "handed_over" => WaitReason::HandedOver,
        other => return Err(unknown("reason", other)),
    })
}
