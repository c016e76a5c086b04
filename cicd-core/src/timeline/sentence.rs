//! A sentence for each thing that happens.

use crate::ci::run::RunEvent;
use crate::release::event::ReleaseEvent;
use crate::release::state::{CancelReason, FailureCause, RollbackCause, WaitReason};
use crate::release::{ReleaseKind, ReleaseSpec};

pub(super) fn release(event: &ReleaseEvent) -> String {
    match event {
        ReleaseEvent::Created { release, without_vote, .. } => created(release, without_vote.as_deref()),
        ReleaseEvent::VoteCast { vote } => {
            format!("{} approved as {}{}", vote.person, vote.role, said(vote.comment.as_deref()))
        }
        ReleaseEvent::Approved { approvals: 1 } => "approved by 1 person".to_owned(),
        ReleaseEvent::Approved { approvals } => format!("approved by {approvals} persons"),
        ReleaseEvent::Rejected { vote } => {
            format!("{} rejected as {}{}", vote.person, vote.role, said(vote.comment.as_deref()))
        }
        ReleaseEvent::Cancelled { reason } => match reason {
            CancelReason::Withdrawn { by } => format!("withdrawn by {by}"),
            CancelReason::Expired => "cancelled: the approval deadline passed".to_owned(),
            CancelReason::Superseded { by } => format!("cancelled: superseded by release {by}"),
            CancelReason::Stale => "cancelled: deployment or cd config changed".to_owned(),
        },
        ReleaseEvent::Started { epoch, .. } => format!("rollout started (epoch {epoch})"),
        ReleaseEvent::Progressed { next_step, .. } => format!("rollout reached step {next_step}"),
        ReleaseEvent::Waiting { reason, seconds, .. } => waiting(reason, *seconds),
        ReleaseEvent::PauseRequested { by } => format!("{by} asked for a pause before the next step"),
        ReleaseEvent::Resumed { by } => format!("resumed by {by}"),
        ReleaseEvent::Promoted { by, .. } => format!("promoted by {by}"),
        ReleaseEvent::Stopping { cause } => format!("rollout stops: {}", failure(cause)),
        ReleaseEvent::TakenOver { epoch, lease_expired: true, .. } => {
            format!("another worker took over after a lease expired (epoch {epoch})")
        }
        ReleaseEvent::TakenOver { epoch, .. } => format!("a worker carries out the stop (epoch {epoch})"),
        ReleaseEvent::Reported { number } => format!("the attempt reported ({number})"),
        ReleaseEvent::Succeeded => "succeeded".to_owned(),
        ReleaseEvent::Failed { cause } => format!("failed: {}", failure(cause)),
        ReleaseEvent::RolledBack { cause } => match cause {
            RollbackCause::WentBack { why } => format!("rolled back by itself: {}", failure(why)),
            RollbackCause::UndoneBy { release } => format!("rolled back by release {release}"),
        },
    }
}

fn created(release: &ReleaseSpec, without_vote: Option<&str>) -> String {
    let (version, deployment) = (&release.version, &release.content.deployment);
    let what = match &release.kind {
        ReleaseKind::Deploy => format!("{} asked to release {version} to {deployment}", release.requester),
        ReleaseKind::Rollback { of, .. } => {
            format!(
                "{} asked to roll {deployment} back to {version}, undoing release {of}",
                release.requester
            )
        }
    };
    let votes = without_vote.map_or_else(String::new, |why| format!("; no vote: {why}"));
    format!("{what}{}{votes}", said(release.reason.as_deref()))
}

fn said(comment: Option<&str>) -> String {
    comment.map_or_else(String::new, |comment| format!(": {comment}"))
}

fn waiting(reason: &WaitReason, seconds: Option<u64>) -> String {
    let how_long = seconds.map_or_else(|| "until somebody resumes".to_owned(), |s| format!("for {s} s"));
    let why = match reason {
        WaitReason::Strategy => "the strategy pauses here".to_owned(),
        WaitReason::InconclusiveAnalysis { message } => format!("the analysis could not tell: {message}"),
        WaitReason::Failure { cause } => failure(cause),
        WaitReason::Requested { by } => format!("{by} asked for a pause"),
        WaitReason::Resumed { by } => format!("resumed by {by}"),
        WaitReason::HandedOver => "its host shuts down".to_owned(),
        WaitReason::Executor => "the executor reports".to_owned(),
    };
    format!("waits {how_long}: {why}")
}

fn failure(cause: &FailureCause) -> String {
    match cause {
        FailureCause::Step { step, message } => format!("step {step} failed: {message}"),
        FailureCause::Analysis { message } => format!("the analysis found it bad: {message}"),
        FailureCause::Aborted { by, reason } => format!("aborted by {by}{}", said(reason.as_deref())),
        FailureCause::RollbackRequested { by } => format!("rollback {by} was asked for"),
        FailureCause::DeadlineExceeded => "the deadline passed".to_owned(),
        FailureCause::Unknown => "the executor is silent, nobody knows what runs".to_owned(),
        FailureCause::UndoFailed { why, message } => {
            format!("{}; it could not go back, and nobody knows what runs: {message}", failure(why))
        }
        FailureCause::Reported { message } => message.clone(),
    }
}

pub(super) fn run(event: &RunEvent) -> String {
    match event {
        RunEvent::Triggered { run } => {
            let trigger = &run.trigger;
            let reason = said(trigger.reason.as_deref());
            format!("{} triggered a run of {}{reason}", trigger.actor, trigger.commit)
        }
        RunEvent::Started { attempt, .. } => format!("attempt {attempt} started"),
        RunEvent::StepFinished { result } => format!("step {} {}", result.name, result.outcome),
        RunEvent::CancelRequested { by } => format!("{by} asked to cancel"),
        RunEvent::HostLost { attempt } => format!("the host of attempt {attempt} died"),
        RunEvent::Succeeded { artifact } => format!("built {} {}", artifact.name, artifact.digest),
        RunEvent::Failed { cause } => format!("failed: {cause}"),
        RunEvent::Cancelled { by } => format!("cancelled by {by}"),
        RunEvent::TimedOut { step } => format!("step {step} took too long"),
    }
}

pub(super) fn other(kind: &str, id: &str, reason: Option<&str>) -> String {
    let (subject, happened) = kind.split_once('.').unwrap_or((kind, "changed"));
    format!("{} {id} {}{}", subject.replace('_', " "), happened.replace('_', " "), said(reason))
}
