//! The promises about releases, worked out a second time and plainly, from the history alone.

use std::collections::BTreeSet;

use cicd_core::approval::VoteDecision;
use cicd_core::id::{PrincipalId, ReleaseId};
use cicd_core::release::command::Command;
use cicd_core::release::decide::{Decision, allowed};
use cicd_core::release::event::ReleaseEvent;
use cicd_core::release::facts::Facts;
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{FailureCause, Phase, State, WaitReason};
use cicd_core::release::{Release, ReleaseKind};
use cicd_core::time::Timestamp;

use crate::world::{Row, World};

/// Whether a worker has to hold a lease on it.
pub(crate) fn needs_a_lease(release: &Release) -> bool {
    let State::Executing(execution) = &release.state else { return false };
    !matches!(execution.phase, Phase::Waiting { .. })
}

/// A decision or a refusal agrees with `allowed`, with the lease, and with being terminal.
pub(crate) fn decided(
    release: &Release,
    command: &Command,
    facts: &Facts,
    result: &Result<Decision, Refusal>,
) {
    let names = allowed(&release.state);
    if !names.contains(&command.name()) {
        let refusal =
            Refusal::NotPossible { state: release.state.name(), command: command.name(), allowed: names };
        assert_eq!(result, &Err(refusal), "what the state does not take");
    }
    if release.state.is_terminal() {
        assert!(result.is_err(), "nothing leaves `{}`", release.state.name());
    }
    if let Some(epoch) = epoch_of(command)
        && (epoch == 0 || epoch != facts.lease_epoch)
    {
        assert!(result.is_err(), "{command:?} with a stale epoch gave {result:?}");
    }
    if let (State::Executing(execution), Some(epoch)) = (&release.state, epoch_of(command))
        && needs_a_lease(release)
        && !matches!(command, Command::TakeOver { .. })
        && epoch != execution.epoch
    {
        assert!(result.is_err(), "{command:?} before taking over gave {result:?}");
    }
}

const fn epoch_of(command: &Command) -> Option<u64> {
    match command {
        Command::Start { epoch, .. }
        | Command::Progress { epoch, .. }
        | Command::Wait { epoch, .. }
        | Command::TakeOver { epoch, .. }
        | Command::Complete { epoch, .. }
        | Command::GiveUp { epoch } => Some(*epoch),
        _ => None,
    }
}

/// A new release is what was asked for, and a rollback leads to what is stable.
pub(crate) fn created(world: &World, release: &Release) {
    assert_eq!(release.row_version.0, 1);
    assert_eq!(release.content_digest, release.spec.content.digest().unwrap());
    if let ReleaseKind::Rollback { of, target, .. } = &release.spec.kind {
        assert_stable(world, *target);
        let source = world.release(*of);
        assert!(!runs_the_same(world.release(*target), source), "a rollback has to change what runs");
        assert!(!source.state.is_terminal() && !source.state.is_unstarted());
        assert_eq!(newest_standing(world), Some(*of), "only what started last is rolled back");
    }
}

fn runs_the_same(one: &Release, other: &Release) -> bool {
    one.spec.content.artifact.digest == other.spec.content.artifact.digest
        && one.spec.target == other.spec.target
        && matches!(other.state, State::Succeeded { .. })
}

/// `target` succeeded here, was not undone, and nothing that runs the same was undone after it.
fn assert_stable(world: &World, target: ReleaseId) {
    let row = world.row(target);
    assert!(matches!(row.release.state, State::Succeeded { .. }), "{target} is {}", row.release.state.name());
    let at = succeeded_at(row).expect("a success in its history");
    let later = world.rows.iter().filter(|other| succeeded_at(other).is_some_and(|other| other > at));
    for twin in later.filter(|twin| twin.release.spec.content.artifact == row.release.spec.content.artifact) {
        if twin.release.spec.target == row.release.spec.target {
            assert!(!matches!(twin.release.state, State::RolledBack { .. }), "{target} was withdrawn");
        }
    }
}

fn happened_at(row: &Row, is: impl Fn(&ReleaseEvent) -> bool) -> Option<Timestamp> {
    row.history.iter().find(|(event, _)| is(event)).map(|(_, at)| *at)
}

fn succeeded_at(row: &Row) -> Option<Timestamp> {
    happened_at(row, |event| *event == ReleaseEvent::Succeeded)
}

fn started_at(row: &Row) -> Option<Timestamp> {
    happened_at(row, |event| matches!(event, ReleaseEvent::Started { .. }))
}

/// The release that started last and has not gone back.
fn newest_standing(world: &World) -> Option<ReleaseId> {
    let standing = world.rows.iter().filter(|row| !matches!(row.release.state, State::RolledBack { .. }));
    let started = standing.filter_map(|row| Some((started_at(row)?, row.release.id())));
    started.max().map(|(_, id)| id)
}

/// What every committed step keeps.
pub(crate) fn committed(
    world: &World,
    before: &Release,
    events: &[ReleaseEvent],
    after: &Release,
    facts: &Facts,
) {
    assert!(!before.state.is_terminal(), "nothing leaves `{}`", before.state.name());
    assert_eq!(after.row_version.0, before.row_version.0 + events.len() as u64, "one version an event");
    assert_eq!(
        (&after.spec, after.content_digest),
        (&before.spec, before.content_digest),
        "content is fixed"
    );
    let voters: BTreeSet<_> = after.votes.iter().map(|vote| &vote.person).collect();
    assert_eq!(voters.len(), after.votes.len(), "a person has one vote");
    assert!(!voters.contains(&after.spec.requester), "the requester has none");
    assert!(after.votes.iter().all(|vote| vote.content == after.content_digest), "votes on this content");
    if let (State::Executing(before), State::Executing(after)) = (&before.state, &after.state) {
        assert!(after.epoch >= before.epoch, "epochs never decrease");
        assert!(after.reports >= before.reports, "report numbers never decrease");
    }
    for event in events {
        match event {
            ReleaseEvent::Started { content_digest, epoch, .. } => {
                assert_eq!(*content_digest, before.spec.content.digest().unwrap());
                assert_eq!(*epoch, facts.lease_epoch);
                assert_may_start(world, before);
            }
            ReleaseEvent::Stopping { cause: FailureCause::DeadlineExceeded } => assert_overdue(world, before),
            _ => {}
        }
    }
}

fn assert_may_start(world: &World, release: &Release) {
    let State::Approved { expires_at, .. } = release.state else {
        panic!("started from `{}`", release.state.name())
    };
    assert!(world.now < expires_at, "the approval has expired");
    assert_eq!(world.executing(), None, "one executing release a deployment");
    assert!(world.deployment.hold.is_none(), "held");
    assert!(world.locks.iter().all(|lock| lock.expires_at <= world.now), "locked");
    let minimum = if let ReleaseKind::Rollback { target, undoes, .. } = &release.spec.kind {
        assert_stable(world, *target);
        let since = world.rows.iter().filter(|row| started_at(row).is_some_and(|at| at > release.created_at));
        for row in since.filter(|row| !matches!(row.release.state, State::RolledBack { .. })) {
            assert!(undoes.contains(&row.release.id()), "{} was overtaken", release.id());
        }
        0
    } else {
        let frozen = world.freezes.iter().any(|freeze| freeze.from <= world.now && world.now < freeze.until);
        assert!(!frozen, "frozen");
        world.floor.minimum_votes as usize
    };
    assert_quorum(world, release, minimum);
}

/// Distinct persons, none of them the requester, who hold the role now and approved this very content.
fn assert_quorum(world: &World, release: &Release, minimum: usize) {
    let mut persons: BTreeSet<&PrincipalId> = BTreeSet::new();
    for requirement in &release.spec.content.approval.requirements {
        let approving = release.votes.iter().filter(|vote| {
            vote.role == requirement.role
                && vote.decision == VoteDecision::Approve
                && vote.content == release.spec.content.digest().unwrap()
                && vote.person != release.spec.requester
                && world.roles.get(&vote.person).is_some_and(|roles| roles.contains(&requirement.role))
        });
        let approving: BTreeSet<_> = approving.map(|vote| &vote.person).collect();
        assert!(approving.len() >= requirement.count as usize, "{} votes are missing", requirement.role);
        assert!(approving.is_disjoint(&persons), "a person counts once");
        persons.extend(approving);
    }
    assert!(persons.len() >= minimum, "the floor asks for {minimum}");
}

/// The time that the rollout ran, without waits for a person, has reached the deadline.
fn assert_overdue(world: &World, release: &Release) {
    let row = world.row(release.id());
    let mut ran = 0;
    let mut running_since = started_at(row);
    for (event, at) in &row.history {
        match event {
            ReleaseEvent::Waiting { reason, seconds: None, .. } if *reason != WaitReason::Executor => {
                ran += running_since.take().map_or(0, |since| at.micros_since(since));
            }
            ReleaseEvent::Resumed { .. } | ReleaseEvent::Promoted { .. } => {
                running_since = running_since.or(Some(*at));
            }
            _ => {}
        }
    }
    let since = running_since.expect("a wait for a person never hits the deadline");
    ran += world.now.micros_since(since);
    assert!(ran >= release.spec.deadline_seconds * 1_000_000, "{ran} µs are not the deadline");
}
