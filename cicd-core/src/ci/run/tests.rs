//! The state machine of a run: its table, and what no sequence of commands can break.

mod model;

use super::*;
use crate::ci::samples;
use crate::digest::Digest;

pub(super) fn attempt_id(number: u128) -> AttemptId {
    AttemptId::from_uuid(uuid::Uuid::from_u128(number))
}

pub(super) fn result(step: &str, outcome: StepOutcome) -> StepResult {
    let exit_code = (outcome == StepOutcome::Succeeded).then_some(0);
    StepResult { name: step.parse().unwrap(), outcome, exit_code, duration_ms: 5, log: None }
}

pub(super) fn artifact(name: &str) -> BuiltArtifact {
    BuiltArtifact { name: name.parse().unwrap(), digest: Digest::of(b"site"), size_bytes: 4 }
}

pub(super) fn created() -> Vec<RunEvent> {
    let id = CiRunId::from_uuid(uuid::Uuid::from_u128(1));
    CiRun::create(id, &samples::config(), samples::trigger(), None).unwrap()
}

/// Folds `events`, of which each comes a microsecond after the one before.
pub(super) fn fold(events: &[RunEvent]) -> Result<CiRun, ApplyError> {
    let mut run = None;
    for (at, event) in (1..).zip(events) {
        run = Some(CiRun::apply(run, event, Timestamp::from_micros(at))?);
    }
    Ok(run.expect("an event"))
}

/// The run after `commands`, and all of its events.
fn after(commands: &[RunCommand]) -> (CiRun, Vec<RunEvent>) {
    let mut events = created();
    for command in commands {
        events.extend(decide(&fold(&events).unwrap(), command).unwrap());
    }
    (fold(&events).unwrap(), events)
}

fn start() -> RunCommand {
    RunCommand::Start { attempt_id: attempt_id(1), epoch: 4 }
}

fn record(step: &str, outcome: StepOutcome) -> RunCommand {
    RunCommand::RecordStep { epoch: 4, result: result(step, outcome) }
}

fn succeed() -> RunCommand {
    RunCommand::Succeed { epoch: 4, artifact: artifact("site") }
}

fn fail() -> RunCommand {
    RunCommand::Fail { epoch: 4, cause: RunFailure::CannotClone { message: "no such host".into() } }
}

fn time_out(step: &str) -> RunCommand {
    RunCommand::TimeOut { epoch: 4, step: step.parse().unwrap() }
}

fn cancel() -> RunCommand {
    RunCommand::Cancel { by: "bob".parse().unwrap() }
}

fn confirm() -> RunCommand {
    RunCommand::ConfirmCancelled { epoch: 4 }
}

fn host_lost(epoch: u64) -> RunCommand {
    RunCommand::HostLost { epoch, attempt_id: attempt_id(epoch.into()) }
}

fn built() -> [RunCommand; 3] {
    [start(), record("test", StepOutcome::Succeeded), record("build", StepOutcome::Succeeded)]
}

/// The kinds of the events, or the code of the refusal.
fn outcome(run: &CiRun, command: &RunCommand) -> String {
    match decide(run, command) {
        Ok(events) => events.iter().map(RunEvent::kind).collect::<Vec<_>>().join(" "),
        Err(refusal) => {
            assert_eq!((refusal.status, refusal.command), (run.status.name(), command.name()));
            assert_eq!(refusal.allowed, run.status.name().allowed());
            refusal.reason.code().to_owned()
        }
    }
}

#[test]
fn every_status_answers_every_command() {
    let commands = [
        start(),
        record("test", StepOutcome::Failed),
        succeed(),
        fail(),
        time_out("test"),
        cancel(),
        confirm(),
        host_lost(5),
    ];
    let no = "not_possible";
    let over = [no; 8];
    let lost = "ci_run.host_lost ci_run.started";
    let (failed, timed_out, cancelled) = ("ci_run.failed", "ci_run.timed_out", "ci_run.cancelled");
    let table: [(&[RunCommand], RunStatusName, [&str; 8]); 8] = [
        (&[], RunStatusName::Queued, ["ci_run.started", no, no, no, no, cancelled, no, no]),
        (
            &[start()],
            RunStatusName::Running,
            [
                no,
                "ci_run.step_finished",
                "steps_open",
                failed,
                timed_out,
                "ci_run.cancel_requested",
                "no_cancel_requested",
                lost,
            ],
        ),
        (
            &built(),
            RunStatusName::Running,
            [
                no,
                "step_out_of_order",
                "ci_run.succeeded",
                failed,
                "step_out_of_order",
                "ci_run.cancel_requested",
                "no_cancel_requested",
                lost,
            ],
        ),
        (
            &[start(), cancel()],
            RunStatusName::Running,
            [no, "ci_run.step_finished", cancelled, failed, timed_out, "", cancelled, cancelled],
        ),
        (&[&built()[..], &[succeed()]].concat(), RunStatusName::Succeeded, over),
        (&[start(), fail()], RunStatusName::Failed, over),
        (&[cancel()], RunStatusName::Cancelled, over),
        (&[start(), time_out("test")], RunStatusName::TimedOut, over),
    ];
    for (before, status, expected) in table {
        let (run, _) = after(before);
        assert_eq!(run.status.name(), status);
        for (command, expected) in commands.iter().zip(expected) {
            assert_eq!(outcome(&run, command), expected, "{status} {}", command.name());
        }
    }
}

#[test]
fn only_the_holder_writes() {
    let (run, _) = after(&[start()]);
    for epoch in [0, 3, 5, u64::MAX] {
        let result = result("test", StepOutcome::Succeeded);
        for command in [
            RunCommand::RecordStep { epoch, result },
            RunCommand::Succeed { epoch, artifact: artifact("site") },
            RunCommand::Fail { epoch, cause: RunFailure::HostDied },
            RunCommand::TimeOut { epoch, step: "test".parse().unwrap() },
            RunCommand::ConfirmCancelled { epoch },
        ] {
            assert_eq!(outcome(&run, &command), "lease_lost", "{epoch}");
        }
    }
    for epoch in [0, 4] {
        assert_eq!(outcome(&run, &host_lost(epoch)), "lease_lost", "the host of {epoch} is not a new one");
    }
}

#[test]
fn steps_come_in_their_order_and_end_at_the_first_that_fails() {
    let (run, _) = after(&[start()]);
    assert_eq!(outcome(&run, &record("build", StepOutcome::Succeeded)), "step_out_of_order");
    let (run, _) = after(&built()[..2]);
    assert_eq!(outcome(&run, &built()[1]), "", "the same result again changes nothing");
    assert_eq!(outcome(&run, &record("test", StepOutcome::Failed)), "step_out_of_order");
    assert_eq!(outcome(&run, &succeed()), "steps_open");
    for bad in [StepOutcome::Failed, StepOutcome::TimedOut, StepOutcome::Cancelled] {
        let (run, _) = after(&[start(), record("test", bad)]);
        assert_eq!(outcome(&run, &record("build", StepOutcome::Succeeded)), "step_out_of_order");
        assert_eq!(outcome(&run, &succeed()), "steps_open");
        let expected = if bad == StepOutcome::TimedOut { "ci_run.timed_out" } else { "step_out_of_order" };
        assert_eq!(outcome(&run, &time_out("test")), expected);
    }
    let (run, _) = after(&built());
    let other = RunCommand::Succeed { epoch: 4, artifact: artifact("other") };
    assert_eq!(outcome(&run, &other), "other_artifact");
}

#[test]
fn a_lost_host_costs_an_attempt() {
    let (run, _) = after(&[start(), record("test", StepOutcome::Succeeded), host_lost(5)]);
    assert_eq!((run.attempt(), run.holder()), (2, Some((attempt_id(5), 5))));
    assert!(run.status.steps().is_empty(), "an attempt begins at its first step");
    assert_ne!(run.log_name(), log_name(run.id, 1));
    let (run, _) = after(&[start(), host_lost(5), host_lost(9)]);
    assert_eq!((run.attempt(), run.spec.max_attempts), (3, 3));
    let events = decide(&run, &host_lost(10)).unwrap();
    assert_eq!(events, [RunEvent::Failed { cause: RunFailure::HostDied }]);
    let (run, _) = after(&[start(), cancel(), host_lost(5)]);
    assert_eq!(run.status.name(), RunStatusName::Cancelled, "no attempt begins after a cancel");
}

#[test]
fn a_refusal_says_what_is_possible() {
    let text = |run: &CiRun, command| decide(run, &command).unwrap_err().to_string();
    let (queued, _) = after(&[]);
    assert_eq!(
        text(&queued, succeed()),
        "`succeed` is refused while the run is `queued`: this status does not take it; possible: `start`, `cancel`"
    );
    let (cancelled, _) = after(&[cancel()]);
    assert!(text(&cancelled, cancel()).ends_with("possible: nothing, it is over"));
}

#[test]
fn the_trigger_policy_comes_first() {
    let mut config = samples::config();
    config.spec.trigger_mode = crate::ci::TriggerMode::SourceEvent;
    let id = CiRunId::from_uuid(uuid::Uuid::from_u128(1));
    let refused = CiRun::create(id, &config, samples::trigger(), None);
    assert_eq!(refused, Err(BlockReason::ModeSourceEventOnly));
}

#[test]
fn a_worker_looks_when_it_is_due() {
    let (run, _) = after(&[]);
    assert_eq!((run.due(), run.row_version), (Some(Timestamp::from_micros(1)), RowVersion(1)));
    let (run, _) = after(&[start()]);
    assert_eq!((run.due(), run.row_version), (Some(Timestamp::from_micros(2)), RowVersion(2)));
    let (run, _) = after(&[start(), fail()]);
    assert_eq!((run.due(), run.is_terminal()), (None, true));
}

#[test]
fn history_that_can_not_be_is_an_error() {
    let (_, events) = after(&[start(), fail()]);
    let [triggered, started, failed] = &events[..] else { panic!("three events") };
    for wrong in [
        &[started][..],
        &[triggered, triggered],
        &[triggered, failed],
        &[triggered, started, started],
        &[triggered, started, failed, failed],
        &[triggered, &RunEvent::Started { attempt: 2, attempt_id: attempt_id(1), epoch: 1 }],
        &[triggered, started, &RunEvent::HostLost { attempt: 2 }],
    ] {
        let wrong: Vec<_> = wrong.iter().map(|event| (*event).clone()).collect();
        assert!(fold(&wrong).is_err(), "{wrong:?}");
    }
    let error = fold(&[triggered.clone(), failed.clone()]).unwrap_err();
    assert_eq!(error.to_string(), "`ci_run.failed` can't follow `queued`");
}

#[test]
fn the_wire_form_of_a_run_has_its_status_beside_it() {
    let (run, events) = after(&[&built()[..], &[succeed()]].concat());
    let form = serde_json::to_value(&run).unwrap();
    assert_eq!(
        (&form["status"], &form["attempt"], &form["row_version"]),
        (&"succeeded".into(), &1.into(), &5.into())
    );
    assert_eq!(serde_json::from_value::<CiRun>(form).unwrap(), run);
    let form = serde_json::to_value(&events[1]).unwrap();
    assert_eq!((&form["kind"], &form["epoch"]), (&"ci_run.started".into(), &4.into()));
}

#[test]
fn drafts_of_runs() {
    use serde_json::json;

    let commit = samples::commit();
    let draft = RunDraft::parse(&json!({
        "commit": commit, "git_ref": {"type": "branch", "name": "main"}, "reason": "try it",
    }));
    assert_eq!(draft.unwrap().by("ann".parse().unwrap()), samples::trigger());
    let draft = RunDraft::parse(&json!({"commit": commit})).unwrap();
    assert_eq!((draft.git_ref, draft.reason), (GitRef::Commit, None));
    let draft =
        json!({"commit": "HEAD", "git_ref": {"type": "tag", "name": "-x", "a": 1}, "reason": "", "b": 2});
    let codes: Vec<_> = RunDraft::parse(&draft).unwrap_err().into_iter().map(|v| (v.path, v.code)).collect();
    let expected = [
        ("/commit", "commit"),
        ("/git_ref/name", "git_ref"),
        ("/git_ref/a", "unknown_field"),
        ("/reason", "length"),
        ("/b", "unknown_field"),
    ];
    assert_eq!(codes, expected.map(|(path, code)| (path.to_owned(), code.into())));
    let draft = json!({"commit": commit, "git_ref": {"type": "branches"}});
    assert_eq!(
        RunDraft::parse(&draft).unwrap_err().to_string(),
        "/git_ref/type: accepted: `branch`, `tag`, `commit`"
    );
}
