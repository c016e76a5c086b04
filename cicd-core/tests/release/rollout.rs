//! Rollouts: waits, stops, deadlines, take-overs and reports.

use cicd_core::cd::PlanStep;
use cicd_core::id::ReleaseId;
use cicd_core::release::command::{Command, Outcome};
use cicd_core::release::decide::MAX_TAKEOVERS;
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{FailureCause, Phase, State, WaitReason};
use cicd_core::service::HoldReason;

use crate::fixture::{
    abort_by, blue_green, canary, failed, progress, rolling, spec, start, step_failed, take_over,
    undo_failed, wait, went_back,
};
use crate::world::World;

const DEADLINE: Command = Command::Abort { cause: FailureCause::DeadlineExceeded };

/// A canary that has just started.
fn started() -> (World, ReleaseId) {
    let mut world = World::new(spec(canary(), &[]));
    let id = world.deploy("one", "rosa").unwrap();
    world.start(id).unwrap();
    (world, id)
}

/// A canary that is about to take this step.
fn before(step: impl Fn(&PlanStep) -> bool) -> (World, ReleaseId) {
    let (mut world, id) = started();
    while !step(&world.next_step(id).expect("a step of the plan")) {
        if matches!(world.next_step(id), Some(PlanStep::Pause(_))) {
            world.wait(id, WaitReason::Strategy, None).unwrap();
            world.resume(id).unwrap();
            world.go_on(id).unwrap();
        } else {
            world.progress(id).unwrap();
        }
    }
    (world, id)
}

fn before_timed_pause() -> (World, ReleaseId) {
    before(|step| matches!(step, PlanStep::Pause(pause) if pause.seconds().is_some()))
}

fn before_manual_pause() -> (World, ReleaseId) {
    before(|step| matches!(step, PlanStep::Pause(pause) if pause.seconds().is_none()))
}

fn inconclusive() -> WaitReason {
    WaitReason::InconclusiveAnalysis { message: "no traffic".into() }
}

#[test]
fn every_strategy_runs_its_plan_to_success() {
    for strategy in [rolling(), blue_green(), canary()] {
        let mut world = World::new(spec(strategy, &[]));
        let id = world.ship("one");
        assert_eq!(world.state(id), "succeeded");
        assert!(world.runs("one"));
    }
}

#[test]
fn success_before_the_plan_is_done_is_refused() {
    let (mut world, id) = started();
    assert!(world.complete(id, Outcome::Succeeded).is_err());
    assert_eq!(world.state(id), "executing");
}

#[test]
fn a_pause_is_waited_for_as_long_as_the_plan_says() {
    let (mut world, id) = before_timed_pause();
    assert!(world.progress(id).is_err(), "a pause can't be passed");
    world.wait(id, WaitReason::Strategy, Some(1)).unwrap();
    let Phase::Waiting { since, until, .. } = world.phase(id) else { panic!("not waiting") };
    assert_eq!(*until, Some(since.plus_seconds(60)));
    let epoch = world.claim(id).unwrap();
    assert!(world.command(id, &progress(epoch)).is_err(), "not yet");
    world.pass(60);
    world.command(id, &progress(epoch)).unwrap();
    assert!(matches!(world.next_step(id), Some(PlanStep::Analyse { .. })));

    let (mut world, id) = before_manual_pause();
    world.wait(id, WaitReason::Strategy, Some(1)).unwrap();
    assert!(world.phase(id).stands_still(), "a worker can't put an end to a manual pause");
}

#[test]
fn an_inconclusive_analysis_waits_for_a_person_and_is_asked_again() {
    let (mut world, id) = before(|step| matches!(step, PlanStep::Analyse { .. }));
    world.wait(id, inconclusive(), None).unwrap();
    world.pass(30 * 24 * 3600);
    assert!(world.command(id, &DEADLINE).is_err(), "the deadline stands still");
    assert_eq!(world.release(id).due(), None);
    world.resume(id).unwrap();
    assert_eq!(world.resume(id), Ok(vec![]), "twice is once");
    world.go_on(id).unwrap();
    assert!(matches!(world.next_step(id), Some(PlanStep::Analyse { .. })));
    world.finish(id);
}

#[test]
fn a_pause_that_is_asked_for_holds_before_the_next_step() {
    let (mut world, id) = started();
    world.pause(id).unwrap();
    assert_eq!(world.pause(id), Ok(vec![]), "twice is once");
    world.progress(id).unwrap();
    assert!(world.phase(id).stands_still());
    assert_eq!(world.next_step(id), Some(PlanStep::SetWeight { weight: 10 }));
    world.resume(id).unwrap();
    world.go_on(id).unwrap();
    world.finish(id);
}

#[test]
fn a_pause_that_is_asked_for_outlasts_a_timed_pause() {
    let (mut world, id) = before_timed_pause();
    world.pause(id).unwrap();
    world.wait(id, WaitReason::Strategy, Some(60)).unwrap();
    assert!(world.phase(id).stands_still(), "{:?}", world.phase(id));
    assert!(matches!(world.next_step(id), Some(PlanStep::Analyse { .. })));
}

#[test]
fn a_promotion_that_is_asked_for_skips_the_pause_that_comes_next() {
    let (mut world, id) = before_timed_pause();
    world.promote(id).unwrap();
    world.wait(id, WaitReason::Strategy, Some(60)).unwrap();
    assert_eq!(world.next_step(id), Some(PlanStep::Promote));
    world.go_on(id).unwrap();
    world.finish(id);

    let (mut world, id) = started();
    world.promote(id).unwrap();
    world.progress(id).unwrap();
    assert_eq!(world.next_step(id), Some(PlanStep::Promote));
}

#[test]
fn what_has_no_promotion_ahead_can_t_be_promoted() {
    let mut world = World::new(spec(rolling(), &[]));
    let id = world.deploy("one", "rosa").unwrap();
    world.start(id).unwrap();
    assert_eq!(world.promote(id), Err(Refusal::NothingToPromote));
}

#[test]
fn an_abort_stops_what_runs_and_what_is_paused() {
    for paused in [false, true] {
        let (mut world, id) = before_manual_pause();
        if paused {
            world.wait(id, WaitReason::Strategy, None).unwrap();
        }
        world.command(id, &abort_by("dan")).unwrap();
        assert_eq!(world.command(id, &abort_by("cleo")), Ok(vec![]), "twice is once");
        assert!(world.resume(id).is_err(), "what is being stopped does not go on");
        if paused {
            let epoch = world.claim(id).unwrap();
            world.command(id, &take_over(epoch)).unwrap();
            assert_eq!(world.execution(id).takeovers, 0, "nobody had let a lease run out");
        }
        assert!(world.complete(id, Outcome::Succeeded).is_err(), "what was stopped has not succeeded");
        world.complete(id, failed()).unwrap();
        assert_eq!(world.state(id), "failed");
    }
}

#[test]
fn the_deadline_stops_what_runs_and_what_waits_for_a_time() {
    let (mut world, id) = before_timed_pause();
    assert!(world.command(id, &DEADLINE).is_err(), "not yet");
    world.wait(id, WaitReason::Strategy, None).unwrap();
    world.pass(600);
    world.command(id, &DEADLINE).unwrap();
    assert!(matches!(world.phase(id), Phase::Stopping { cause: FailureCause::DeadlineExceeded, .. }));
}

#[test]
fn a_manual_pause_does_not_count_against_the_deadline() {
    let (mut world, id) = before_manual_pause();
    let deadline = world.execution(id).deadline_at;
    world.wait(id, WaitReason::Strategy, None).unwrap();
    world.pass(10_000);
    assert!(world.command(id, &DEADLINE).is_err());
    world.resume(id).unwrap();
    assert!(world.execution(id).deadline_at >= deadline.plus_seconds(10_000));
    world.go_on(id).unwrap();
    assert!(world.command(id, &DEADLINE).is_err());
}

#[test]
fn a_wait_for_the_executor_counts_against_the_deadline_and_is_no_pause() {
    let (mut world, id) = started();
    world.wait(id, WaitReason::Executor, None).unwrap();
    assert_eq!(world.release(id).due(), Some(world.execution(id).deadline_at));
    assert!(world.pause(id).is_err() && world.resume(id).is_err() && world.promote(id).is_err());
    world.pass(600);
    world.command(id, &DEADLINE).unwrap();
}

#[test]
fn a_holder_that_lost_its_lease_changes_nothing() {
    let (mut world, id) = started();
    let stale = world.row(id).epoch;
    world.take_over(id).unwrap();
    let current = world.row(id).epoch;
    let row = world.release(id).clone();
    let commands = [
        progress(stale),
        wait(stale, inconclusive(), None),
        Command::Complete { epoch: stale, outcome: failed() },
        take_over(stale),
    ];
    for command in commands {
        assert_eq!(world.command(id, &command), Err(Refusal::LeaseLost { epoch: stale, current }));
    }
    assert_eq!(world.release(id), &row);
}

#[test]
fn a_holder_whose_lease_ran_out_changes_nothing() {
    let (mut world, id) = started();
    let epoch = world.row(id).epoch;
    world.lose_lease(id);
    for command in [progress(epoch), Command::Complete { epoch, outcome: failed() }] {
        assert_eq!(world.command(id, &command), Err(Refusal::LeaseLost { epoch, current: 0 }));
    }
}

#[test]
fn a_new_lease_takes_over_before_it_acts() {
    let (mut world, id) = started();
    world.lose_lease(id);
    let epoch = world.claim(id).unwrap();
    for command in [progress(epoch), Command::Complete { epoch, outcome: failed() }] {
        assert_eq!(world.command(id, &command), Err(Refusal::LeaseLost { epoch, current: epoch - 1 }));
    }
    world.command(id, &take_over(epoch)).unwrap();
    world.command(id, &progress(epoch)).unwrap();
}

#[test]
fn who_holds_a_release_does_not_take_it_over() {
    let (mut world, id) = started();
    let epoch = world.row(id).epoch;
    let refusal = world.command(id, &take_over(epoch));
    assert_eq!(refusal, Err(Refusal::LeaseLost { epoch, current: epoch }));
}

#[test]
fn an_approval_starts_one_rollout() {
    let (mut world, id) = started();
    let epoch = world.row(id).epoch;
    assert!(matches!(world.command(id, &start(epoch)), Err(Refusal::NotPossible { .. })));
    world.finish(id);
    let epoch = world.claim(id).unwrap();
    assert!(matches!(world.command(id, &start(epoch)), Err(Refusal::NotPossible { .. })));
}

#[test]
fn only_after_the_last_take_over_it_is_given_up_and_the_deployment_held() {
    let (mut world, id) = started();
    for takeovers in 0..MAX_TAKEOVERS {
        assert_eq!(world.execution(id).takeovers, takeovers);
        let epoch = world.row(id).epoch;
        assert!(world.command(id, &Command::GiveUp { epoch }).is_err(), "{takeovers}");
        world.take_over(id).unwrap();
    }
    let epoch = world.row(id).epoch;
    world.command(id, &Command::GiveUp { epoch }).unwrap();
    assert!(matches!(&world.release(id).state, State::Failed { cause: FailureCause::Unknown, .. }));
    assert_eq!(world.deployment.hold.as_ref().unwrap().reason, HoldReason::ExecutorSilent);
}

/// The step at which a release stopped.
fn reached(world: &World, id: ReleaseId) -> Option<u32> {
    match world.release(id).state {
        State::Failed { reached, .. } | State::RolledBack { reached, .. } => reached,
        _ => panic!("{}", world.state(id)),
    }
}

#[test]
fn what_stops_says_at_which_step_also_when_that_was_a_wait() {
    for outcome in [failed(), went_back()] {
        let (mut world, id) = before_timed_pause();
        let pause = world.execution(id).step;
        assert!(pause > 0);
        world.wait(id, WaitReason::Strategy, None).unwrap();
        world.command(id, &Command::Abort { cause: step_failed() }).unwrap();
        world.take_over(id).unwrap();
        world.complete(id, outcome).unwrap();
        assert_eq!(reached(&world, id), Some(pause));
    }
    let (mut world, id) = before_timed_pause();
    let step = world.execution(id).step;
    world.command(id, &Command::Abort { cause: step_failed() }).unwrap();
    world.complete(id, failed()).unwrap();
    assert_eq!(reached(&world, id), Some(step), "a worker was at it");
}

#[test]
fn what_could_not_be_undone_says_so_and_holds_the_deployment() {
    let (mut world, id) = started();
    let epoch = world.row(id).epoch;
    let end = Command::Complete { epoch, outcome: undo_failed() };
    assert!(matches!(world.command(id, &end), Err(Refusal::NotPossible { .. })), "nothing was to be undone");
    world.command(id, &Command::Abort { cause: step_failed() }).unwrap();
    world.command(id, &end).unwrap();
    let State::Failed { cause, .. } = &world.release(id).state else { panic!("{}", world.state(id)) };
    let why = Box::new(step_failed());
    assert_eq!(*cause, FailureCause::UndoFailed { why, message: "exit 2".into() });
    assert_eq!(world.deployment.hold.as_ref().unwrap().reason, HoldReason::UndoFailed);
}

#[test]
fn a_report_that_was_seen_before_changes_nothing() {
    let (mut world, id) = started();
    world.wait(id, WaitReason::Executor, None).unwrap();
    let report = |number, outcome| Command::Report { number, outcome };
    world.command(id, &report(1, None)).unwrap();
    world.command(id, &report(3, None)).unwrap();
    for number in [0, 1, 2, 3] {
        assert_eq!(world.command(id, &report(number, Some(failed()))), Ok(vec![]), "{number}");
    }
    world.command(id, &report(4, Some(Outcome::Succeeded))).unwrap();
    assert_eq!(world.state(id), "succeeded");
}

#[test]
fn a_report_of_success_counts_only_where_the_executor_works_by_itself() {
    let (mut world, id) = started();
    let report = Command::Report { number: 1, outcome: Some(Outcome::Succeeded) };
    assert!(world.command(id, &report).is_err());
    world.command(id, &abort_by("dan")).unwrap();
    assert!(world.command(id, &report).is_err());
}
