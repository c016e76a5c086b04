//! The release table of the design, cell by cell.

use cicd_core::digest::Digest;
use cicd_core::id::PrincipalId;
use cicd_core::release::Release;
use cicd_core::release::command::{Command, CommandName, Outcome};
use cicd_core::release::decide::{MAX_TAKEOVERS, allowed, decide};
use cicd_core::release::facts::Facts;
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{
    CancelReason, Execution, FailureCause, Phase, RollbackCause, State, WaitReason,
};
use cicd_core::time::Timestamp;

use crate::fixture::{
    APPROVER, abort_by, attempt, ballot, canary, failed, person, progress, release_id, spec, start,
    step_failed, take_over, undo_failed, vote, wait, went_back,
};
use crate::world::World;

/// Where a release can stand, and the commands that it takes there.
const TABLE: &[(&str, &str)] = &[
    ("pending_approval", "approve reject cancel expire supersede mark_stale"),
    ("approved", "start cancel expire supersede mark_stale"),
    ("running", "progress wait pause resume promote take_over abort complete report"),
    (
        "running, taken over too often",
        "progress wait pause resume promote take_over abort complete report give_up",
    ),
    ("waiting until a time", "progress pause resume promote abort complete report"),
    ("waiting for a person", "pause resume promote abort complete report"),
    ("waiting, resumed", "progress pause resume promote abort complete report"),
    ("waiting for the executor until a time", "progress abort complete report"),
    ("waiting for the executor", "abort complete report"),
    ("stopping", "take_over abort complete report"),
    ("stopping, taken over too often", "take_over abort complete report give_up"),
    ("succeeded", "undo"),
    ("failed", "undo"),
    ("rejected", ""),
    ("cancelled", ""),
    ("rolled_back", ""),
];

/// The epoch of the holder.
const HELD: u64 = 7;

fn at(seconds: u64) -> Timestamp {
    crate::fixture::start_of_time().plus_seconds(seconds)
}

fn manager() -> PrincipalId {
    person("dan")
}

fn executing(phase: Phase, takeovers: u32) -> State {
    State::Executing(Execution {
        attempt: attempt(),
        epoch: HELD,
        report_token: Digest::of(b"token"),
        reports: 3,
        takeovers,
        started_at: at(0),
        deadline_at: at(600),
        step: 0,
        phase,
    })
}

fn running() -> Phase {
    Phase::Running { pause_requested: None, promote_requested: None }
}

fn waiting(reason: WaitReason, until: Option<u64>) -> Phase {
    Phase::Waiting { reason, since: at(10), until: until.map(at) }
}

fn stopping() -> Phase {
    Phase::Stopping { cause: step_failed(), held: true, reached: Some(0) }
}

fn place(name: &str) -> State {
    let (started_at, finished_at, expires_at) = (at(0), at(9), at(3600));
    match name {
        "pending_approval" => State::PendingApproval { expires_at },
        "approved" => State::Approved { approved_at: at(1), expires_at },
        "running" => executing(running(), MAX_TAKEOVERS - 1),
        "running, taken over too often" => executing(running(), MAX_TAKEOVERS),
        "waiting until a time" => executing(waiting(WaitReason::Strategy, Some(60)), 0),
        "waiting for a person" => executing(waiting(WaitReason::Strategy, None), 0),
        "waiting, resumed" => executing(waiting(WaitReason::Resumed { by: manager() }, Some(10)), 0),
        "waiting for the executor until a time" => executing(waiting(WaitReason::Executor, Some(60)), 0),
        "waiting for the executor" => executing(waiting(WaitReason::Executor, None), 0),
        "stopping" => executing(stopping(), 0),
        "stopping, taken over too often" => executing(stopping(), MAX_TAKEOVERS),
        "succeeded" => State::Succeeded { started_at, finished_at },
        "failed" => State::Failed { cause: step_failed(), reached: Some(0), started_at, finished_at },
        "rejected" => State::Rejected { by: manager(), at: at(2) },
        "cancelled" => State::Cancelled { reason: CancelReason::Withdrawn { by: person("rosa") }, at: at(2) },
        "rolled_back" => {
            let cause = RollbackCause::UndoneBy { release: release_id(9) };
            State::RolledBack { cause, reached: None, started_at, finished_at }
        }
        other => panic!("no place `{other}`"),
    }
}

/// Every command, with each of its arguments that can matter.
fn commands(release: &Release) -> Vec<Command> {
    let (cause, by) = (step_failed(), manager());
    let mut commands = vec![
        Command::Approve(ballot(release, "ann")),
        Command::Reject(ballot(release, "ann")),
        Command::Cancel { by: person("rosa") },
        Command::Expire,
        Command::Supersede { by: release_id(9) },
        Command::MarkStale,
        Command::Pause { by: by.clone() },
        Command::Resume { by: by.clone() },
        Command::Promote { by },
        abort_by("dan"),
        Command::Abort { cause: FailureCause::DeadlineExceeded },
        Command::Report { number: 3, outcome: None },
        Command::Undo { by: release_id(9) },
    ];
    for outcome in [Outcome::Succeeded, failed(), undo_failed(), went_back()] {
        commands.push(Command::Report { number: 4, outcome: Some(outcome.clone()) });
        commands.push(Command::Complete { epoch: HELD, outcome });
    }
    for epoch in [HELD, HELD + 1] {
        commands.extend([
            start(epoch),
            progress(epoch),
            take_over(epoch),
            Command::GiveUp { epoch },
            wait(epoch, WaitReason::Failure { cause: cause.clone() }, None),
            wait(epoch, WaitReason::Strategy, Some(5)),
        ]);
    }
    commands
}

/// The facts under which a command can be taken or not: leases, revisions, and before and after every deadline.
fn facts(world: &World, release: &Release) -> Vec<Facts> {
    let base = world.facts(release.id());
    let mut all = Vec::new();
    for lease_epoch in [0, HELD, HELD + 1] {
        for deployment_revision in [1, 2] {
            for now in [at(11), at(4000)] {
                all.push(Facts { now, lease_epoch, deployment_revision, ..base.clone() });
            }
        }
    }
    all
}

fn release_at(place_name: &str) -> (World, Release) {
    let mut world = World::new(spec(canary(), &[(APPROVER, 1)]));
    let id = world.deploy("one", "rosa").unwrap();
    let mut release = Release { state: place(place_name), ..world.release(id).clone() };
    if place_name == "approved" {
        release.votes.push(vote(&release, "ben", APPROVER));
    }
    (world, release)
}

fn taken(row: &str) -> Vec<&str> {
    row.split_whitespace().collect()
}

#[test]
fn allowed_is_the_table() {
    for (name, row) in TABLE {
        let mut names: Vec<_> = allowed(&place(name)).into_iter().map(CommandName::as_str).collect();
        let mut expected = taken(row);
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected, "{name}");
    }
}

#[test]
fn every_cell_is_a_decision_or_the_refusal_with_the_list() {
    let mut cells = 0;
    for (name, row) in TABLE {
        let (world, release) = release_at(name);
        let mut accepted = Vec::new();
        for command in commands(&release) {
            for facts in facts(&world, &release) {
                cells += 1;
                let result = decide(&release, &command, &facts);
                crate::oracle::decided(&release, &command, &facts, &result);
                if !taken(row).contains(&command.name().as_str()) {
                    let refusal = Refusal::NotPossible {
                        state: release.state.name(),
                        command: command.name(),
                        allowed: allowed(&release.state),
                    };
                    assert_eq!(result, Err(refusal), "{name}");
                } else if result.is_ok() {
                    accepted.push(command.name().as_str());
                }
            }
        }
        for command in taken(row) {
            assert!(accepted.contains(&command), "`{command}` is never taken by `{name}`");
        }
    }
    assert!(cells > 5000, "{cells} cells");
}

#[test]
fn what_is_decided_can_be_applied() {
    for (name, _) in TABLE {
        let (world, release) = release_at(name);
        for command in commands(&release) {
            for facts in facts(&world, &release) {
                let Ok(events) = decide(&release, &command, &facts) else { continue };
                let stamped = events.iter().map(|event| (event, facts.now));
                let after = Release::fold(Some(release.clone()), stamped).unwrap().unwrap();
                assert_eq!(after.row_version.0, release.row_version.0 + events.len() as u64);
            }
        }
    }
}

#[test]
fn a_row_survives_json_in_every_state() {
    for (name, _) in TABLE {
        let (_, release) = release_at(name);
        let text = serde_json::to_string(&release).unwrap();
        assert_eq!(serde_json::from_str::<Release>(&text).unwrap(), release, "{name}");
        let status = serde_json::to_value(&release).unwrap()["state"]["status"].clone();
        assert_eq!(status, release.state.name(), "{name}");
    }
}

#[test]
fn a_refusal_says_where_it_stands_what_was_asked_and_what_is_possible() {
    let (world, release) = release_at("waiting for a person");
    let command = Command::Cancel { by: person("rosa") };
    let refusal = decide(&release, &command, &world.facts(release.id())).unwrap_err();
    assert_eq!(refusal.code(), "not_possible");
    assert_eq!(
        refusal.to_string(),
        "`cancel` is not possible while the release is `executing`; possible: \
         `pause`, `resume`, `promote`, `abort`, `complete`, `report`"
    );
}
