//! A sentence for each thing that happens, read from the data of its event. Only what the sentence says is read: a browser
//! tells timelines too, and whole events would make its module many times larger.

use std::str::FromStr;

use serde_json::Value;

use crate::ci::run::RunFailure;

/// The data of an event. Reading gives `None` where it is not what this version writes.
#[derive(Clone, Copy)]
pub(super) struct Told<'a>(pub(super) &'a Value);

impl<'a> Told<'a> {
    /// The text at `pointer`.
    pub(super) fn text(self, pointer: &str) -> Option<&'a str> {
        self.0.pointer(pointer)?.as_str()
    }

    /// The text at `pointer` as a `T`.
    pub(super) fn parsed<T: FromStr>(self, pointer: &str) -> Option<T> {
        self.text(pointer)?.parse().ok()
    }

    /// The text at `pointer` as a `T`, `None` inside where there is nothing.
    pub(super) fn maybe<T: FromStr>(self, pointer: &str) -> Option<Option<T>> {
        match self.0.pointer(pointer) {
            None | Some(Value::Null) => Some(None),
            Some(_) => self.parsed(pointer).map(Some),
        }
    }

    fn number(self, pointer: &str) -> Option<u64> {
        self.0.pointer(pointer)?.as_u64()
    }

    /// What is at `pointer`.
    pub(super) fn below(self, pointer: &str) -> Option<Self> {
        self.0.pointer(pointer).map(Self)
    }

    /// What somebody said at `pointer`, after a colon; nothing where nobody said anything.
    fn said(self, pointer: &str) -> String {
        said(self.text(pointer))
    }
}

/// What happened to a release.
pub(super) fn release(told: Told<'_>) -> Option<String> {
    Some(match told.text("/kind")? {
        "release.created" => created(told)?,
        "release.vote_cast" => vote(told, "approved")?,
        "release.rejected" => vote(told, "rejected")?,
        "release.approved" => match told.number("/approvals")? {
            1 => "approved by 1 person".to_owned(),
            approvals => format!("approved by {approvals} persons"),
        },
        "release.cancelled" => cancelled(told)?,
        "release.started" => format!("rollout started (epoch {})", told.number("/epoch")?),
        "release.progressed" => format!("rollout reached step {}", told.number("/next_step")?),
        "release.waiting" => waiting(told)?,
        "release.pause_requested" => {
            format!("{} asked for a pause before the next step", told.text("/by")?)
        }
        "release.resumed" => format!("resumed by {}", told.text("/by")?),
        "release.promoted" => format!("promoted by {}", told.text("/by")?),
        "release.stopping" => format!("rollout stops: {}", failure(told.below("/cause")?)?),
        "release.taken_over" => taken_over(told)?,
        "release.reported" => format!("the attempt reported ({})", told.number("/number")?),
        "release.succeeded" => "succeeded".to_owned(),
        "release.failed" => format!("failed: {}", failure(told.below("/cause")?)?),
        "release.rolled_back" => rolled_back(told)?,
        _ => return None,
    })
}

fn created(told: Told<'_>) -> Option<String> {
    let release = told.below("/release")?;
    let (requester, version) = (release.text("/requester")?, release.text("/version")?);
    let deployment = release.text("/content/deployment")?;
    let what = match release.text("/kind/type")? {
        "rollback" => {
            let of = release.text("/kind/of")?;
            format!("{requester} asked to roll {deployment} back to {version}, undoing release {of}")
        }
        _ => format!("{requester} asked to release {version} to {deployment}"),
    };
    let votes = told.text("/without_vote").map_or_else(String::new, |why| format!("; no vote: {why}"));
    Some(format!("{what}{}{votes}", release.said("/reason")))
}

fn vote(told: Told<'_>, verb: &str) -> Option<String> {
    let (person, role) = (told.text("/vote/person")?, told.text("/vote/role")?);
    Some(format!("{person} {verb} as {role}{}", told.said("/vote/comment")))
}

fn cancelled(told: Told<'_>) -> Option<String> {
    Some(match told.text("/reason/code")? {
        "withdrawn" => format!("withdrawn by {}", told.text("/reason/by")?),
        "expired" => "cancelled: the approval deadline passed".to_owned(),
        "superseded" => format!("cancelled: superseded by release {}", told.text("/reason/by")?),
        "stale" => "cancelled: deployment or cd config changed".to_owned(),
        _ => return None,
    })
}

fn taken_over(told: Told<'_>) -> Option<String> {
    let epoch = told.number("/epoch")?;
    Some(if told.0.get("lease_expired")?.as_bool()? {
        format!("another worker took over after a lease expired (epoch {epoch})")
    } else {
        format!("a worker carries out the stop (epoch {epoch})")
    })
}

fn rolled_back(told: Told<'_>) -> Option<String> {
    Some(match told.text("/cause/code")? {
        "went_back" => format!("rolled back by itself: {}", failure(told.below("/cause/why")?)?),
        "undone_by" => format!("rolled back by release {}", told.text("/cause/release")?),
        _ => return None,
    })
}

fn said(comment: Option<&str>) -> String {
    comment.map_or_else(String::new, |comment| format!(": {comment}"))
}

fn waiting(told: Told<'_>) -> Option<String> {
    let seconds = told.number("/seconds");
    let how_long = seconds.map_or_else(|| "until somebody resumes".to_owned(), |s| format!("for {s} s"));
    let reason = told.below("/reason")?;
    let why = match reason.text("/code")? {
        "strategy" => "the strategy pauses here".to_owned(),
        "inconclusive_analysis" => format!("the analysis could not tell: {}", reason.text("/message")?),
        "failure" => failure(reason.below("/cause")?)?,
        "requested" => format!("{} asked for a pause", reason.text("/by")?),
        "resumed" => format!("resumed by {}", reason.text("/by")?),
        "handed_over" => "its host shuts down".to_owned(),
        "executor" => "the executor reports".to_owned(),
        _ => return None,
    };
    Some(format!("waits {how_long}: {why}"))
}

fn failure(cause: Told<'_>) -> Option<String> {
    Some(match cause.text("/code")? {
        "step" => format!("step {} failed: {}", cause.text("/step")?, cause.text("/message")?),
        "analysis" => format!("the analysis found it bad: {}", cause.text("/message")?),
        "aborted" => format!("aborted by {}{}", cause.text("/by")?, cause.said("/reason")),
        "rollback_requested" => format!("rollback {} was asked for", cause.text("/by")?),
        "deadline_exceeded" => "the deadline passed".to_owned(),
        "unknown" => "the executor is silent, nobody knows what runs".to_owned(),
        "undo_failed" => {
            let (why, message) = (failure(cause.below("/why")?)?, cause.text("/message")?);
            format!("{why}; it could not go back, and nobody knows what runs: {message}")
        }
        "reported" => cause.text("/message")?.to_owned(),
        _ => return None,
    })
}

/// What happened to a run.
pub(super) fn run(told: Told<'_>) -> Option<String> {
    Some(match told.text("/kind")? {
        "ci_run.triggered" => {
            let trigger = told.below("/run/trigger")?;
            let (actor, commit) = (trigger.text("/actor")?, trigger.text("/commit")?);
            format!("{actor} triggered a run of {commit}{}", trigger.said("/reason"))
        }
        "ci_run.started" => format!("attempt {} started", told.number("/attempt")?),
        "ci_run.step_finished" => {
            format!("step {} {}", told.text("/result/name")?, told.text("/result/outcome")?)
        }
        "ci_run.cancel_requested" => format!("{} asked to cancel", told.text("/by")?),
        "ci_run.host_lost" => format!("the host of attempt {} died", told.number("/attempt")?),
        "ci_run.succeeded" => {
            format!("built {} {}", told.text("/artifact/name")?, told.text("/artifact/digest")?)
        }
        "ci_run.failed" => {
            format!("failed: {}", run_failure(told.below("/cause")?)?)
        }
        "ci_run.cancelled" => format!("cancelled by {}", told.text("/by")?),
        "ci_run.timed_out" => format!("step {} took too long", told.text("/step")?),
        _ => return None,
    })
}

fn run_failure(cause: Told<'_>) -> Option<RunFailure> {
    let message = || cause.text("/message").map(str::to_owned);
    let step = || cause.parsed("/step");
    Some(match cause.text("/code")? {
        "cannot_clone" => RunFailure::CannotClone { message: message()? },
        "step_failed" => {
            let exit_code = cause.0.get("exit_code").and_then(Value::as_i64);
            RunFailure::StepFailed {
                step: step()?,
                exit_code: exit_code.and_then(|code| i32::try_from(code).ok()),
            }
        }
        "step_flooded" => RunFailure::StepFlooded { step: step()? },
        "missing_command" => {
            RunFailure::MissingCommand { step: step()?, program: cause.text("/program")?.to_owned() }
        }
        "unknown_secret" => RunFailure::UnknownSecret { step: step()?, secret: cause.parsed("/secret")? },
        "missing_artifact" => RunFailure::MissingArtifact { path: cause.parsed("/path")? },
        "artifact_refused" => RunFailure::ArtifactRefused { message: message()? },
        "executor" => RunFailure::Executor { message: message()? },
        "host_died" => RunFailure::HostDied,
        _ => return None,
    })
}

/// What happened to anything else.
pub(super) fn other(kind: &str, id: &str, told: Told<'_>) -> String {
    let (subject, happened) = kind.split_once('.').unwrap_or((kind, "changed"));
    let reason = said(told.text("/reason").or_else(|| told.text("/after/reason")));
    format!("{} {id} {}{reason}", subject.replace('_', " "), happened.replace('_', " "))
}
