//! What a command does to a release: pure and total. Every (state, command) pair is a list of events or a refusal.

mod rollout;
mod vote;

use super::command::{Command, CommandName};
use super::event::ReleaseEvent;
use super::facts::Facts;
use super::refusal::Refusal;
use super::state::{CancelReason, Execution, Phase, RollbackCause, State, WaitReason};
use super::{Release, ReleaseKind};

pub use rollout::MAX_TAKEOVERS;

/// What comes of a command: the events in order. None, when the command asks for what is so already.
pub type Decision = Vec<ReleaseEvent>;

/// Decides `command` on `release`.
///
/// # Errors
/// A [`Refusal`] that says where the release stands, what was asked, and what is possible instead.
pub fn decide(release: &Release, command: &Command, facts: &Facts) -> Result<Decision, Refusal> {
    if !allowed(&release.state).contains(&command.name()) {
        return Err(not_possible(release, command));
    }
    match command {
        Command::Approve(ballot) => vote::approve(release, ballot, facts),
        Command::Reject(ballot) => vote::reject(release, ballot, facts),
        Command::Cancel { by } => cancel(release, command, CancelReason::Withdrawn { by: by.clone() }),
        Command::Expire => expire(release, command, facts),
        Command::Supersede { by } if *by != release.id() => {
            cancel(release, command, CancelReason::Superseded { by: *by })
        }
        Command::MarkStale if release.is_stale(facts) => cancel(release, command, CancelReason::Stale),
        Command::Supersede { .. } | Command::MarkStale => Err(not_possible(release, command)),
        Command::Undo { by } => undo(release, command, *by),
        Command::Start { .. }
        | Command::Progress { .. }
        | Command::Wait { .. }
        | Command::Pause { .. }
        | Command::Resume { .. }
        | Command::Promote { .. }
        | Command::TakeOver { .. }
        | Command::Abort { .. }
        | Command::Complete { .. }
        | Command::Report { .. }
        | Command::GiveUp { .. } => rollout::decide(release, command, facts),
    }
}

/// The commands that the state takes, whoever may give them; [`decide`] refuses all others.
#[must_use]
pub fn allowed(state: &State) -> Vec<CommandName> {
    use CommandName as Name;
    match state {
        State::PendingApproval { .. } => {
            vec![Name::Approve, Name::Reject, Name::Cancel, Name::Expire, Name::Supersede, Name::MarkStale]
        }
        State::Approved { .. } => {
            vec![Name::Start, Name::Cancel, Name::Expire, Name::Supersede, Name::MarkStale]
        }
        State::Executing(execution) => allowed_while_executing(execution),
        State::Succeeded { .. } | State::Failed { .. } => vec![Name::Undo],
        State::Rejected { .. } | State::Cancelled { .. } | State::RolledBack { .. } => Vec::new(),
    }
}

fn allowed_while_executing(execution: &Execution) -> Vec<CommandName> {
    use CommandName as Name;
    let mut names = match &execution.phase {
        Phase::Running { .. } => {
            vec![Name::Progress, Name::Wait, Name::Pause, Name::Resume, Name::Promote, Name::TakeOver]
        }
        Phase::Waiting { reason, until, .. } => {
            let mut names = if until.is_some() { vec![Name::Progress] } else { Vec::new() };
            if *reason != WaitReason::Executor {
                names.extend([Name::Pause, Name::Resume, Name::Promote]);
            }
            names
        }
        Phase::Stopping { .. } => vec![Name::TakeOver],
    };
    names.extend([Name::Abort, Name::Complete, Name::Report]);
    if execution.takeovers >= MAX_TAKEOVERS {
        names.push(Name::GiveUp);
    }
    names
}

fn not_possible(release: &Release, command: &Command) -> Refusal {
    let state = release.state.name();
    Refusal::NotPossible { state, command: command.name(), allowed: allowed(&release.state) }
}

fn cancel(release: &Release, command: &Command, reason: CancelReason) -> Result<Decision, Refusal> {
    if release.state.is_unstarted() {
        Ok(vec![ReleaseEvent::Cancelled { reason }])
    } else {
        Err(not_possible(release, command))
    }
}

fn expire(release: &Release, command: &Command, facts: &Facts) -> Result<Decision, Refusal> {
    match &release.state {
        State::PendingApproval { expires_at } | State::Approved { expires_at, .. }
            if *expires_at <= facts.now =>
        {
            cancel(release, command, CancelReason::Expired)
        }
        _ => Err(not_possible(release, command)),
    }
}

fn undo(release: &Release, command: &Command, by: crate::id::ReleaseId) -> Result<Decision, Refusal> {
    match &release.state {
        State::Succeeded { .. } | State::Failed { .. } if by != release.id() => {
            Ok(vec![ReleaseEvent::RolledBack { cause: RollbackCause::UndoneBy { release: by } }])
        }
        _ => Err(not_possible(release, command)),
    }
}

impl ReleaseKind {
    /// The releases that the success of this one undoes.
    #[must_use]
    pub fn undoes(&self) -> &[crate::id::ReleaseId] {
        match self {
            Self::Deploy => &[],
            Self::Rollback { undoes, .. } => undoes,
        }
    }
}
