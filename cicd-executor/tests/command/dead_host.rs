//! A host is killed with -9 while its children run; the next one ends them before it does anything.

use std::path::Path;
use std::process::{Command, Stdio};

use cicd_core::id::CiRunId;
use cicd_core::port::LogName;
use cicd_executor::command::Isolation;

use super::support::{Host, Repository, line, run_as, runs, until};

const DIRECTORY: &str = "CICD_TEST_DEAD_HOST";
const ISOLATION: &str = "CICD_TEST_DEAD_HOST_ISOLATION";

/// In the process that will be killed: builds until then.
async fn live(directory: &Path) {
    let isolation: Isolation = serde_json::from_str(&std::env::var(ISOLATION).unwrap()).unwrap();
    let isolated = matches!(isolation, Isolation::RunAs { .. });
    let host = Host::open(directory, |config| config.isolation = isolation).await.unwrap();
    let (repository, commit) = Repository::new();
    // In the group; out of the group; and, where users tell, without the mark.
    let clear = if isolated { "env -i" } else { "" };
    let children = format!("sleep 1000 & a=$!; setsid {clear} sleep 1000 & echo pids $$ $a $!; wait");
    let mut job = line(&repository, &commit, &children);
    job.log = LogName::CiRun(CiRunId::from_uuid(uuid::Uuid::nil()), 1);
    panic!("{:?}", host.build(&job).await.outcome);
}

async fn killed(test: &str, isolation: Isolation) {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return live(Path::new(&directory)).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let mut host = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(DIRECTORY, directory.path())
        .env(ISOLATION, serde_json::to_string(&isolation).unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let log = directory.path().join(format!("blobs/tenants/acme/logs/ci-run-{}-1.log", uuid::Uuid::nil()));
    let pids = until("the children", async || {
        assert_eq!(host.try_wait().unwrap(), None, "the host ended by itself");
        let log = std::fs::read_to_string(&log).ok()?;
        let (_, rest) = log.split_once("\npids ")?;
        let (pids, _) = rest.split_once('\n')?;
        Some(pids.split(' ').map(str::to_owned).collect::<Vec<_>>())
    });
    let pids = pids.await;
    assert!(pids.iter().all(|pid| runs(pid)), "{pids:?}");
    host.kill().unwrap();
    host.wait().unwrap();
    assert!(runs(&pids[1]) && runs(&pids[2]), "what was started in the background outlives its host");
    let next = Host::open(directory.path(), |config| config.isolation = isolation).await.unwrap();
    assert!(!pids.iter().any(|pid| runs(pid)), "{pids:?}");
    assert!(next.workspaces().is_empty());
}

#[tokio::test]
async fn children_of_other_users_are_dead_before_the_next_host_works() {
    killed("dead_host::children_of_other_users_are_dead_before_the_next_host_works", run_as(1)).await;
}

#[tokio::test]
async fn children_of_the_same_user_are_dead_before_the_next_host_works() {
    let isolation = Isolation::SameUserDev;
    killed("dead_host::children_of_the_same_user_are_dead_before_the_next_host_works", isolation).await;
}
