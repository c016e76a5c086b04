//! A random move: what three numbers mean in the world as it stands.
//!
//! Numbers rather than commands are drawn, so that most moves fit the state and sequences get far; shrinking them
//! leads to shorter and plainer sequences.

use cicd_core::cd::{PlanStep, QueueRule, Strategy};
use cicd_core::digest::Digest;
use cicd_core::id::ReleaseId;
use cicd_core::release::command::{Command, Outcome};
use cicd_core::release::state::{FailureCause, Phase, State, WaitReason};

use crate::fixture::{
    APPROVER, MANAGER, abort_by, asks, ballot, blue_green, canary, failed, person, progress, release_id,
    rolling, spec, start, step_failed, take_over, wait, went_back,
};
use crate::gates::{freeze, lock};
use crate::world::World;

/// A kind of move, then what it is about, then how.
pub(crate) type Move = (u8, u8, u8);

const PERSONS: [&str; 5] = ["ann", "ben", "cleo", "dan", "rosa"];
const ARTIFACTS: [&str; 3] = ["one", "two", "three"];

/// A world by strategy, queue rule, votes and votes for rollbacks.
pub(crate) fn world((strategy, queue, votes, rollback): (u8, u8, u8, u8)) -> World {
    let strategy: fn() -> Strategy = pick(&[rolling, blue_green, canary, canary], strategy);
    let requirements: [&[(&str, u32)]; 5] =
        [&[], &[], &[(APPROVER, 1)], &[(APPROVER, 2)], &[(APPROVER, 1), (MANAGER, 1)]];
    let mut spec = spec(strategy(), pick(&requirements, votes));
    spec.queue = QueueRule::ALL[usize::from(queue) % 3];
    if rollback % 3 == 0 {
        spec.rollback.approval = asks(&[(APPROVER, 1)]);
    }
    World::new(spec)
}

/// Makes a move. A refusal is an answer like any other; the oracle looks on.
pub(crate) fn make(world: &mut World, (kind, about, how): Move) {
    let long = matches!(world.config.spec.strategy, Strategy::Canary { .. });
    match kind {
        // A long rollout is steered, short ones follow each other: together they reach everything.
        8..48 if long => return steer(world, about, how),
        0..8 => return drop(world.deploy(pick(&ARTIFACTS, about), pick(&PERSONS, how))),
        8..48 => return ship(world, about, how),
        224.. => return surroundings(world, kind, about, how),
        _ => {}
    }
    let Some(id) = some_release(world, kind, about) else { return };
    match kind {
        48..58 => roll_back(world, id, how),
        58..82 => drop(world.command(id, &Command::Approve(a_ballot(world, id, how)))),
        82..85 => drop(world.command(id, &Command::Reject(a_ballot(world, id, how)))),
        85..105 => claim_and_start(world, id, how),
        105..130 => advance(world, id, how),
        // To the end, without a fault.
        130..150 => to_the_end(world, id),
        _ => drop(world.command(id, &any_command(world, id, kind, how))),
    }
}

fn pick<T: Copy>(list: &[T], number: u8) -> T {
    list[usize::from(number) % list.len()]
}

/// Mostly a release for which such a move makes sense, sometimes any.
fn some_release(world: &World, kind: u8, about: u8) -> Option<ReleaseId> {
    let all: Vec<ReleaseId> = world.rows.iter().map(|row| row.release.id()).collect();
    let fits = |state: &State| match kind {
        48..58 => state.standing_since().is_some(),
        58..85 => matches!(state, State::PendingApproval { .. }),
        85..105 => matches!(state, State::Approved { .. }),
        105..150 => !state.is_terminal() && !matches!(state, State::Succeeded { .. } | State::Failed { .. }),
        _ => matches!(state, State::Executing(_)),
    };
    if let (105..150, Some(executing)) = (kind, world.executing())
        && !about.is_multiple_of(4)
    {
        return Some(executing);
    }
    let fitting: Vec<_> = world
        .releases()
        .filter(|release| fits(&release.state))
        .map(cicd_core::release::Release::id)
        .collect();
    let from = if about.is_multiple_of(8) || fitting.is_empty() { &all } else { &fitting };
    // The newest first: it is the one that most commands are for.
    let back = usize::from(about / 8) % from.len().max(1) / 2;
    from.iter().rev().nth(back).copied()
}

fn roll_back(world: &mut World, id: ReleaseId, how: u8) {
    let latest = world.latest_executed().map(cicd_core::release::Release::id);
    let id = latest.filter(|_| !how.is_multiple_of(8)).unwrap_or(id);
    let target = how.is_multiple_of(4).then(|| release_id(usize::from(how / 4) % world.rows.len()));
    drop(world.rollback(id, target, pick(&PERSONS, how / 4)));
}

fn a_ballot(world: &World, id: ReleaseId, how: u8) -> cicd_core::release::command::Ballot {
    let mut ballot = ballot(world.release(id), pick(&PERSONS, how));
    match how / 5 % 8 {
        0 => ballot.content = Digest::of(b"another content"),
        1 => ballot.role = Some(crate::fixture::role(MANAGER)),
        2 => ballot.comment = None,
        _ => {}
    }
    ballot
}

/// The epoch of the last lease, or now and then one that never counted.
fn epoch(world: &World, id: ReleaseId, how: u8) -> u64 {
    let epoch = world.row(id).epoch;
    match how % 16 {
        0 => epoch.saturating_sub(1),
        1 => epoch + 1,
        2 => 0,
        _ => epoch,
    }
}

fn claim_and_start(world: &mut World, id: ReleaseId, how: u8) {
    if how % 16 == 3 {
        world.revoke(pick(&PERSONS, how / 16), APPROVER);
    }
    world.claim(id);
    let command = start(epoch(world, id, how));
    if world.command(id, &command).is_err() && !how.is_multiple_of(3) {
        world.lose_lease(id);
    }
}

/// A `how` by which everybody does what is right.
const FAULTLESS: u8 = 255;

fn to_the_end(world: &mut World, id: ReleaseId) {
    (0..20).for_each(|_| advance(world, id, FAULTLESS));
}

/// Any command to what executes; where nothing does, a deploy is started.
fn steer(world: &mut World, about: u8, how: u8) {
    if let Some(id) = world.executing() {
        return drop(world.command(id, &any_command(world, id, about, how)));
    }
    let created = world.deploy(pick(&ARTIFACTS, about), "rosa");
    let Ok(id) = created else { return };
    advance(world, id, FAULTLESS);
    if world.executing() != Some(id) {
        advance(world, id, FAULTLESS);
    }
}

/// A deploy or a rollback from request to its end, where nothing is in its way.
fn ship(world: &mut World, about: u8, how: u8) {
    let latest = world.latest_executed().map(cicd_core::release::Release::id);
    let created = match latest.filter(|_| how.is_multiple_of(2)) {
        Some(source) => world.rollback(source, None, "rosa"),
        None => world.deploy(pick(&ARTIFACTS, about), "rosa"),
    };
    let Ok(id) = created else { return };
    if how < 192 {
        return to_the_end(world, id);
    }
    // The votes and the start, then the worst.
    advance(world, id, FAULTLESS);
    if world.executing() != Some(id) {
        advance(world, id, FAULTLESS);
    }
    let outcome = if how < 224 { failed() } else { went_back() };
    drop(world.complete(id, outcome));
}

/// What comes next for the release, by voters or a worker.
fn advance(world: &mut World, id: ReleaseId, how: u8) {
    match world.release(id).state {
        State::PendingApproval { .. } if how == FAULTLESS => {
            PERSONS.iter().for_each(|name| drop(world.approve(id, name)));
        }
        State::PendingApproval { .. } => drop(world.approve(id, pick(&PERSONS, how))),
        State::Approved { .. } => claim_and_start(world, id, how),
        State::Executing(_) => work(world, id, how),
        _ => {}
    }
}

/// What a worker does next, for better or worse.
fn work(world: &mut World, id: ReleaseId, how: u8) {
    let State::Executing(execution) = world.release(id).state.clone() else { return };
    if let Phase::Waiting { until: Some(until), .. } = execution.phase {
        world.now = world.now.max(until);
    }
    if world.claim(id).is_some() && !matches!(execution.phase, Phase::Waiting { .. }) {
        return drop(world.command(id, &take_over(world.row(id).epoch)));
    }
    let epoch = epoch(world, id, how);
    let command = match execution.phase {
        Phase::Running { .. } => step(world, id, epoch, how),
        Phase::Waiting { until: Some(_), .. } => progress(epoch),
        Phase::Waiting { reason: WaitReason::Executor, .. } => {
            Command::Report { number: execution.reports + 1, outcome: Some(outcome(how)) }
        }
        Phase::Waiting { .. } => Command::Resume { by: person("dan") },
        Phase::Stopping { .. } => {
            Command::Complete { epoch, outcome: if how.is_multiple_of(2) { failed() } else { went_back() } }
        }
    };
    drop(world.command(id, &command));
    if !crate::oracle::needs_a_lease(world.release(id)) {
        world.lose_lease(id);
    }
}

fn outcome(how: u8) -> Outcome {
    match how % 4 {
        0 => failed(),
        1 => went_back(),
        _ => Outcome::Succeeded,
    }
}

fn step(world: &World, id: ReleaseId, epoch: u64, how: u8) -> Command {
    let inconclusive = WaitReason::InconclusiveAnalysis { message: "no traffic".into() };
    match (world.next_step(id), how / 16) {
        (None, 0..3) => Command::Complete { epoch, outcome: failed() },
        (None, _) => Command::Complete { epoch, outcome: Outcome::Succeeded },
        (Some(PlanStep::Pause(pause)), _) => wait(epoch, WaitReason::Strategy, pause.seconds()),
        (Some(PlanStep::Analyse { .. }), 0..3) => wait(epoch, inconclusive, None),
        (Some(PlanStep::Analyse { .. }), 3) => {
            Command::Abort { cause: FailureCause::Analysis { message: "error rate".into() } }
        }
        (Some(PlanStep::Apply), 3..5) => Command::Complete { epoch, outcome: failed() },
        (Some(PlanStep::Apply), 0) => Command::Abort { cause: step_failed() },
        (Some(PlanStep::Apply), 1) => wait(epoch, WaitReason::Executor, None),
        (Some(PlanStep::Apply), 2) => wait(epoch, WaitReason::Executor, Some(10)),
        _ => progress(epoch),
    }
}

/// Any command, whether it fits or not.
fn any_command(world: &World, id: ReleaseId, kind: u8, how: u8) -> Command {
    let (epoch, by) = (epoch(world, id, how), person(pick(&PERSONS, how)));
    let other = release_id(usize::from(how) % world.rows.len());
    match kind % 18 {
        0 => Command::Pause { by },
        1 => Command::Resume { by },
        2 => Command::Promote { by },
        3 => Command::Expire,
        4 => Command::MarkStale,
        5 if how.is_multiple_of(4) => Command::Supersede { by: other },
        6 if how.is_multiple_of(4) => Command::Cancel { by },
        7 if how.is_multiple_of(2) => abort_by("dan"),
        8 | 9 => Command::Abort { cause: FailureCause::DeadlineExceeded },
        10 => Command::Complete { epoch, outcome: outcome(how) },
        11 => Command::Report { number: u64::from(how % 4), outcome: (how > 128).then(|| outcome(how)) },
        12 => Command::GiveUp { epoch },
        // The engine alone commands it, in the commit of a rollback: elsewhere it must find nothing to undo.
        13 if world.release(id).state.standing_since().is_none() => Command::Undo { by: other },
        14 => take_over(epoch),
        15 => start(epoch),
        16 => wait(epoch, WaitReason::Failure { cause: step_failed() }, (how > 128).then_some(5)),
        _ => progress(epoch),
    }
}

/// What changes around the releases.
fn surroundings(world: &mut World, kind: u8, about: u8, how: u8) {
    let (from, name) = (world.now, pick(&PERSONS, about));
    match kind {
        224..230 => world.pass(u64::from(how)),
        230..232 => world.pass(u64::from(how) * 60),
        232..238 => {
            if let Some(id) = world.executing() {
                world.lose_lease(id);
            }
        }
        238..240 => world.revoke(name, pick(&[APPROVER, MANAGER], how)),
        240..244 => world.grant(name, pick(&[APPROVER, MANAGER], how)),
        244 => world.freezes = vec![freeze(world, from, u64::from(how))],
        245 => world.locks = vec![lock(world, u64::from(how))],
        246..248 => (world.freezes, world.locks) = (Vec::new(), Vec::new()),
        248..252 => world.deployment.hold = None,
        252 => world.config.revision += 1,
        253 => {
            world.deployment.revision += 1;
            world.deployment.spec.target = serde_json::json!({"host": how % 2});
        }
        _ => world.floor.minimum_votes = u32::from(how % 3),
    }
}
