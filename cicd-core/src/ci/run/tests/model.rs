//! Random sequences of commands.

use proptest::prelude::*;

use super::*;

/// A command whose epoch is relative to the run's: most come from the holder, some from one who lost it.
#[derive(Clone, Debug)]
enum Step {
    Start,
    Record { behind: u64, step: usize, outcome: StepOutcome },
    Succeed { behind: u64, name: &'static str },
    Fail { behind: u64 },
    TimeOut { behind: u64, step: usize },
    Cancel,
    Confirm { behind: u64 },
    HostLost { ahead: u64 },
}

const STEPS: [&str; 2] = ["test", "build"];

fn any_step() -> impl Strategy<Value = Step> {
    let behind = || prop_oneof![6 => Just(0_u64), 1 => 1..3_u64];
    let outcome =
        || prop_oneof![5 => Just(StepOutcome::Succeeded), 1 => prop::sample::select(StepOutcome::ALL)];
    prop_oneof![
        4 => Just(Step::Start),
        6 => (behind(), 0..STEPS.len(), outcome()).prop_map(|(behind, step, outcome)| Step::Record { behind, step, outcome }),
        3 => (behind(), prop::sample::select(vec!["site", "site", "other"]))
            .prop_map(|(behind, name)| Step::Succeed { behind, name }),
        1 => behind().prop_map(|behind| Step::Fail { behind }),
        1 => (behind(), 0..STEPS.len()).prop_map(|(behind, step)| Step::TimeOut { behind, step }),
        1 => Just(Step::Cancel),
        1 => behind().prop_map(|behind| Step::Confirm { behind }),
        3 => (0..3_u64).prop_map(|ahead| Step::HostLost { ahead }),
    ]
}

/// The command, and whether it carries another epoch than the one that holds the run.
fn command(run: &CiRun, step: &Step, turn: u128) -> (RunCommand, bool) {
    let current = run.holder().map_or(10, |(_, epoch)| epoch);
    let epoch = |behind: u64| current - behind;
    match step {
        Step::Start => (RunCommand::Start { attempt_id: attempt_id(turn), epoch: 10 }, false),
        Step::Record { behind, step, outcome } => {
            let result = result(STEPS[*step], *outcome);
            (RunCommand::RecordStep { epoch: epoch(*behind), result }, *behind > 0)
        }
        Step::Succeed { behind, name } => {
            (RunCommand::Succeed { epoch: epoch(*behind), artifact: artifact(name) }, *behind > 0)
        }
        Step::Fail { behind } => {
            let cause = RunFailure::Executor { message: "no".into() };
            (RunCommand::Fail { epoch: epoch(*behind), cause }, *behind > 0)
        }
        Step::TimeOut { behind, step } => {
            let step = STEPS[*step].parse().unwrap();
            (RunCommand::TimeOut { epoch: epoch(*behind), step }, *behind > 0)
        }
        Step::Cancel => (RunCommand::Cancel { by: "bob".parse().unwrap() }, false),
        Step::Confirm { behind } => (RunCommand::ConfirmCancelled { epoch: epoch(*behind) }, *behind > 0),
        Step::HostLost { ahead } => {
            let epoch = current + ahead;
            (RunCommand::HostLost { epoch, attempt_id: attempt_id(turn) }, *ahead == 0)
        }
    }
}

/// What must hold between a run and all of its events.
fn check_history(run: &CiRun, events: &[RunEvent]) -> Result<(), TestCaseError> {
    let (mut open, mut attempts, mut last_epoch, mut cancelled) = (0, 0, 0, false);
    for event in events {
        match event {
            RunEvent::Triggered { .. } | RunEvent::StepFinished { .. } => {}
            RunEvent::CancelRequested { .. } => {
                prop_assert!(!cancelled, "asked twice");
                cancelled = true;
            }
            RunEvent::Started { attempt, epoch, .. } => {
                (open, attempts) = (open + 1, attempts + 1);
                prop_assert!(open == 1, "two attempts at once");
                prop_assert!(!cancelled, "an attempt after a cancel");
                prop_assert!(*attempt == attempts && *attempt <= run.spec.max_attempts);
                prop_assert!(*epoch > last_epoch, "an epoch comes twice");
                last_epoch = *epoch;
            }
            RunEvent::HostLost { .. } | RunEvent::Failed { .. } | RunEvent::TimedOut { .. } => open -= 1,
            RunEvent::Succeeded { artifact } => {
                open -= 1;
                prop_assert!(!cancelled, "succeeded after a cancel");
                prop_assert_eq!(&artifact.name, &run.spec.artifact.name);
                let ended = run.status.steps().iter().map(|step| (step.name.as_str(), step.outcome));
                prop_assert!(ended.eq(STEPS.map(|step| (step, StepOutcome::Succeeded))));
            }
            RunEvent::Cancelled { .. } => open = 0,
        }
    }
    prop_assert_eq!(open == 1, run.status.name() == RunStatusName::Running);
    Ok(())
}

proptest! {
    #[test]
    fn no_sequence_breaks_a_run(steps in prop::collection::vec(any_step(), 1..50)) {
        let mut events = created();
        let mut run = fold(&events).unwrap();
        for (turn, step) in (1..).zip(&steps) {
            let before = run.clone();
            let (command, is_stale) = command(&run, step, turn);
            match decide(&run, &command) {
                Ok(new) => {
                    prop_assert!(!before.is_terminal(), "left `{}`", before.status.name());
                    prop_assert!(before.status.name().allowed().contains(&command.name()));
                    prop_assert!(!is_stale, "{command:?} by one who lost the run");
                    for event in &new {
                        events.push(event.clone());
                        let at = i64::try_from(events.len()).unwrap();
                        run = CiRun::apply(Some(run), event, Timestamp::from_micros(at)).unwrap();
                    }
                    prop_assert_eq!(run.row_version.0, before.row_version.0 + new.len() as u64);
                    prop_assert_eq!(run.row_version.0, events.len() as u64);
                    prop_assert!(!new.is_empty() || run == before);
                }
                Err(refusal) => {
                    let takes_it = before.status.name().allowed().contains(&command.name());
                    prop_assert_eq!(takes_it, refusal.reason != RefusalReason::NotPossible);
                    let lost = matches!(refusal.reason, RefusalReason::LeaseLost { .. });
                    prop_assert_eq!(lost, takes_it && is_stale, "{}", refusal);
                }
            }
            prop_assert_eq!(run.due().is_none(), run.is_terminal());
        }
        check_history(&run, &events)?;
        prop_assert_eq!(fold(&events), Ok(run.clone()));
        let stored: Vec<RunEvent> = serde_json::from_slice(&crate::json::canonical(&events).unwrap()).unwrap();
        prop_assert_eq!(stored, events);
        let row: CiRun = serde_json::from_value(serde_json::to_value(&run).unwrap()).unwrap();
        prop_assert_eq!(row, run);
    }
}
