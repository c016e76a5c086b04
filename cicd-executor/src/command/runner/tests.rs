//! Real processes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cicd_core::port::Stop;

use super::super::isolation::Isolation::{self, SameUserDev};
use super::super::isolation::ProcessLimits;
use super::super::log::LogLimits;
use super::super::proc;
use super::super::testing::{Bench, Lines, PATIENCE, call, log, numbers, outcome, run_as, runs};
use super::{Ended, run};

#[tokio::test]
async fn output_and_exit_code_are_the_command_s() {
    let outcome = Bench::new(SameUserDev).shell("echo out; echo err >&2; echo end; exit 3").await;
    assert_eq!((outcome.ended, outcome.log.as_str()), (Ended::Exited(3), "out\nerr\nend\n"));
}

#[tokio::test]
async fn a_command_that_is_missing_exits_127_and_says_so() {
    let bench = Bench::new(SameUserDev);
    let outcome = bench.shell_with("", |call| call.argv = vec!["no-such-command".to_owned()]).await;
    assert_eq!(outcome.ended, Ended::Exited(127));
    assert!(outcome.log.contains("no-such-command: not found"), "{}", outcome.log);
}

#[tokio::test]
async fn the_environment_is_cleared() {
    assert!(std::env::vars_os().count() > 4, "the host's environment has something to leak");
    let environment = BTreeMap::from([("GREETING".to_owned(), "it's $HOME\nand `more`".to_owned())]);
    let bench = Bench::new(SameUserDev);
    let outcome = bench.shell_with("env", |call| call.environment = environment).await;
    let names: Vec<_> =
        outcome.log.lines().filter_map(|line| line.split_once('=')).map(|pair| pair.0).collect();
    let others: Vec<_> =
        names.iter().filter(|name| !["_", "SHLVL", "OLDPWD", "PWD"].contains(name)).collect();
    assert_eq!(outcome.ended, Ended::Exited(0));
    assert!(outcome.log.contains("GREETING=it's $HOME\nand `more`\n"), "{}", outcome.log);
    assert!(
        others.iter().all(|name| ["PATH", "LANG", "CICD_MARK", "GREETING"].contains(name)),
        "{}",
        outcome.log
    );
}

#[tokio::test]
async fn nothing_can_be_read_from_the_input() {
    let outcome = Bench::new(SameUserDev).shell("cat; echo end").await;
    assert_eq!((outcome.ended, outcome.log.as_str()), (Ended::Exited(0), "end\n"));
}

#[tokio::test]
async fn a_child_has_no_terminal() {
    // The seventh field is the terminal of the session; the sixth names the session, which is the child's own.
    let outcome = Bench::new(SameUserDev).shell("cut -d' ' -f1,6,7 /proc/$$/stat").await;
    let fields = numbers(&outcome.log);
    assert_eq!(fields, [fields[0], fields[0], 0], "{}", outcome.log);
}

#[tokio::test]
async fn a_timeout_kills_grandchildren_also_those_that_do_not_listen() {
    let line = "sleep 1000 & echo $!; (trap '' TERM; sleep 1000; sleep 1000) & echo $!; wait";
    let bench = Bench::new(SameUserDev);
    let outcome = bench.shell_with(line, |call| call.timeout = Duration::from_millis(500)).await;
    assert_eq!(outcome.ended, Ended::TimedOut);
    let children = numbers(&outcome.log);
    assert_eq!(children.len(), 2, "{}", outcome.log);
    assert!(!children.into_iter().any(runs));
}

#[tokio::test]
async fn a_leader_that_does_not_listen_is_killed_after_its_grace() {
    let line = "trap '' TERM; echo $$; while :; do sleep 1; done";
    let bench = Bench::new(SameUserDev);
    let outcome = bench.shell_with(line, |call| call.timeout = Duration::from_millis(500)).await;
    assert_eq!(outcome.ended, Ended::TimedOut);
    assert!(!runs(numbers(&outcome.log)[0]));
}

#[tokio::test]
async fn what_outlives_its_leader_is_killed() {
    for isolation in [SameUserDev, run_as(1)] {
        let line = "sleep 1000 & echo $!; setsid sleep 1000 & echo $!; sleep 0.2; echo end";
        let outcome = Bench::new(isolation).shell(line).await;
        assert_eq!(outcome.ended, Ended::Exited(0));
        let children = numbers(&outcome.log);
        assert_eq!(children.len(), 2, "{}", outcome.log);
        assert!(!children.into_iter().any(runs));
    }
}

#[tokio::test]
async fn with_a_user_of_its_own_nothing_escapes() {
    let line = "env -i setsid sleep 1000 & echo $!; sleep 0.2";
    let outcome = Bench::new(run_as(1)).shell(line).await;
    assert!(!runs(numbers(&outcome.log)[0]));
}

#[tokio::test]
async fn a_fork_bomb_is_killed_to_the_last_process() {
    let limits = ProcessLimits { processes: 400, ..ProcessLimits::default() };
    let isolation = run_as(1);
    let Isolation::RunAs { first_uid, .. } = isolation else { unreachable!() };
    let bench = Bench::limited(isolation, limits);
    let workspace = bench.workspace("test").await;
    // Each process leaves group and session behind, begins two more, and stays.
    let bomb =
        "echo 'setsid sh $0 & setsid sh $0 & exec sleep 1000' >bomb; sh bomb 2>/dev/null & exec sleep 1000";
    let bomb = call(&workspace, bomb);
    let mut log = log(&Arc::new(Lines::default()), LogLimits::default());
    let alive = || {
        let all = proc::processes().unwrap().into_iter();
        all.filter(|process| process.alive() && process.user() == Some(first_uid)).count()
    };
    let (handle, stop) = Stop::pair();
    let (ended, ()) = tokio::join!(run(&workspace, &bomb, &mut log, &stop), async {
        while alive() < 30 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        handle.stop();
    });
    assert_eq!((ended.unwrap(), alive()), (Ended::Cancelled, 0));
}

#[tokio::test]
async fn a_flood_is_cut_and_then_stopped() {
    let limits = LogLimits { kept_bytes: 10_000, flood_bytes: 1 << 20 };
    let bench = Bench::new(SameUserDev);
    let workspace = bench.workspace("test").await;
    let outcome = outcome(&workspace, &call(&workspace, "yes flood"), limits).await;
    assert_eq!(outcome.ended, Ended::Flooded);
    assert!(outcome.log.len() < 10_200, "{} bytes", outcome.log.len());
    assert_eq!(outcome.log.matches("the log is cut").count(), 1);
}

#[tokio::test]
async fn a_secret_is_masked_also_when_it_comes_in_pieces() {
    let bench = Bench::new(SameUserDev);
    let workspace = bench.workspace("test").await;
    let call = call(&workspace, "printf 'a hun'; sleep 0.3; printf 'ter2 b'");
    let lines = Arc::new(Lines::default());
    let mut log = log(&lines, LogLimits::default());
    log.mask(["hunter2"]);
    run(&workspace, &call, &mut log, &Stop::never()).await.unwrap();
    assert_eq!(lines.text(), "a *** b");
}

#[tokio::test]
async fn a_cancelled_command_ends_with_all_it_began() {
    let bench = Bench::new(SameUserDev);
    let workspace = bench.workspace("test").await;
    let call = call(&workspace, "echo $$; sleep 1000 & echo $!; wait");
    let lines = Arc::new(Lines::default());
    let mut log = log(&lines, LogLimits::default());
    let (handle, stop) = Stop::pair();
    let (ended, ()) = tokio::join!(run(&workspace, &call, &mut log, &stop), async {
        both_said(lines.clone()).await;
        handle.stop();
    });
    assert_eq!(ended.unwrap(), Ended::Cancelled);
    assert!(!numbers(&lines.text()).into_iter().any(runs));
}

#[tokio::test]
async fn a_dropped_attempt_ends_with_all_it_began() {
    let bench = Bench::new(run_as(1));
    let lines = Arc::new(Lines::default());
    let attempt = async {
        let workspace = bench.workspace("test").await;
        let call = call(&workspace, "echo $$; env -i setsid sleep 1000 & echo $!; wait");
        let mut log = log(&lines, LogLimits::default());
        run(&workspace, &call, &mut log, &Stop::never()).await
    };
    tokio::select! {
        _ = attempt => panic!("it ended by itself"),
        () = both_said(lines.clone()) => {}
    }
    // There is one place: it is free only when the dropped attempt is over.
    let next = tokio::time::timeout(PATIENCE, bench.workspace("next")).await.expect("the place stays taken");
    assert!(!numbers(&lines.text()).into_iter().any(runs));
    next.close().await.unwrap();
}

/// Waits until two processes have told their numbers.
async fn both_said(lines: Arc<Lines>) {
    while numbers(&lines.text()).len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_a_step_preloads_never_meets_the_host_s_rights() {
    let environment = BTreeMap::from([
        ("LD_PRELOAD".to_owned(), "/no/such/library.so".to_owned()),
        ("PATH".to_owned(), "/bin:/usr/bin:/no/such/directory".to_owned()),
    ]);
    let bench = Bench::new(run_as(1));
    let outcome = bench.shell_with("echo $PATH", |call| call.environment = environment).await;
    // The loader complains once for each program that begins with the variable: the step's own shell alone.
    assert_eq!(outcome.log.matches("/no/such/library.so").count(), 1, "{}", outcome.log);
    assert!(outcome.log.ends_with("/bin:/usr/bin:/no/such/directory\n"), "{}", outcome.log);
}
