//! What a step can't reach. As root: nobody else can run children as other users.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use cicd_core::ci::run::StepOutcome;
use cicd_core::port::{CiExecutor as _, CiOutcome, Stop};
use cicd_executor::command::{CommandConfig, Isolation, SetupError};
use serde_json::json;

use super::support::{Host, Repository, Results, job, line, run_as, until};

/// Tries to read the database, the token file and the workspace of another run; gives whether each attempt failed.
async fn denied(isolation: impl FnOnce(&Repository) -> Isolation) -> [bool; 3] {
    let (repository, commit) = Repository::new();
    let host = Host::with(|config| config.isolation = isolation(&repository)).await;
    for name in ["cicd.db", "admin-token"] {
        let path = host.directory.join(name);
        fs::write(&path, "the host's").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }
    let busy = line(&repository, &commit, "echo mine >own; echo ready; sleep 1000");
    let (handle, stop) = Stop::pair();
    let steps = Results::default();
    let prying = async {
        let ready = async || host.log(busy.log).await.contains("\nready\n").then_some(());
        until("the other run", ready).await;
        let theirs = host.workspaces().pop().unwrap().join("source/own");
        let paths = [host.directory.join("cicd.db"), host.directory.join("admin-token"), theirs];
        let mut denied = [false; 3];
        for (path, denied) in paths.iter().zip(&mut denied) {
            let steps = json!([{ "name": "pry", "argv": ["cp", path, "out"] }]);
            let built = host.build(&job(&repository, &commit, &steps)).await;
            *denied = built.steps[0].outcome == StepOutcome::Failed
                && (built.log.contains("Permission denied")
                    || built.log.contains("No such file or directory"));
            assert_eq!(*denied, !matches!(built.outcome, CiOutcome::Succeeded { .. }), "{}", built.log);
        }
        handle.stop();
        denied
    };
    tokio::join!(host.executor.run(&busy, &steps, stop), prying).1
}

#[tokio::test]
async fn a_step_can_read_neither_the_host_s_files_nor_another_run_s() {
    assert_eq!(denied(|_| run_as(2)).await, [true; 3]);
}

#[tokio::test]
async fn without_isolation_it_can() {
    assert_eq!(denied(|_| Isolation::SameUserDev).await, [false; 3]);
}

#[tokio::test]
async fn a_step_has_no_rights_to_gain() {
    let (repository, commit) = Repository::new();
    let isolation = run_as(1);
    let Isolation::RunAs { first_uid, gid, .. } = isolation else { unreachable!() };
    let host = Host::with(|config| config.isolation = isolation).await;
    let shell = "id -u; id -G; grep -E '^(CapEff|CapInh|NoNewPrivs)' /proc/self/status; cp page out";
    let built = host.build(&line(&repository, &commit, shell)).await;
    let nothing = "0".repeat(16);
    let expected = format!("\n{first_uid}\n{gid}\nCapInh:\t{nothing}\nCapEff:\t{nothing}\nNoNewPrivs:\t1\n");
    assert!(built.log.contains(&expected), "{}", built.log);
}

#[tokio::test]
async fn a_wrapper_stands_before_every_command() {
    let (repository, commit) = Repository::new();
    let wrapper = ["/usr/bin/env", "WRAPPED={workspace}"].map(str::to_owned).to_vec();
    let host = Host::with(|config| config.isolation = Isolation::Wrapper(wrapper)).await;
    let built = host.build(&line(&repository, &commit, "[ \"$WRAPPED\" = \"$HOME\" ] && cp page out")).await;
    assert!(matches!(built.outcome, CiOutcome::Succeeded { .. }), "{}", built.log);
}

/// What the docs of [`Isolation::Wrapper`] show.
const BWRAP: &str = "/usr/bin/bwrap --unshare-all --share-net --die-with-parent --new-session --uid 1000 --gid 1000 \
    --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
    --ro-bind-try /etc/resolv.conf /etc/resolv.conf --ro-bind-try /etc/ssl /etc/ssl --ro-bind-try /etc/passwd /etc/passwd \
    --proc /proc --dev /dev --tmpfs /tmp --bind {workspace} {workspace}";

#[tokio::test]
async fn a_sandbox_hides_the_host_s_files_and_another_run_s() {
    if !Path::new("/usr/bin/bwrap").exists() {
        println!("bubblewrap is not installed: the wrapper of the docs is not tried");
        return;
    }
    let wrapper = |repository: &Repository| {
        let repository = repository.path().to_str().unwrap();
        let words = BWRAP.split_whitespace().chain(["--ro-bind", repository, repository]);
        Isolation::Wrapper(words.map(str::to_owned).collect())
    };
    assert_eq!(denied(wrapper).await, [true; 3]);
}

async fn refused(change: impl FnOnce(&mut CommandConfig)) -> SetupError {
    let directory = tempfile::tempdir().unwrap();
    match Host::open(directory.path(), change).await {
        Err(error) => error,
        Ok(_) => panic!("it was set up"),
    }
}

#[tokio::test]
async fn what_gives_children_the_host_s_rights_is_refused() {
    let same_user = refused(|config| config.dev = false).await;
    assert!(matches!(same_user, SetupError::NotIsolated), "{same_user}");
    for (first_uid, count, gid) in [(0, 5, 5), (5, 0, 5), (5, 5, 0), (65_530, 10, 5), (u32::MAX, 2, 5)] {
        let root = refused(|config| config.isolation = Isolation::RunAs { first_uid, count, gid }).await;
        assert!(matches!(root, SetupError::RunAs { .. }), "{root}");
    }
    for wrapper in [vec![], vec!["bwrap".to_owned()], vec!["/no/such/wrapper".to_owned()]] {
        let relative = refused(|config| config.isolation = Isolation::Wrapper(wrapper)).await;
        assert!(matches!(relative, SetupError::Wrapper(_)), "{relative}");
    }
}

#[tokio::test]
async fn rights_that_don_t_work_are_found_at_the_start() {
    let wrapper = ["/bin/sh", "-c", "echo no rights for you >&2; exit 5"].map(str::to_owned).to_vec();
    let broken = refused(|config| config.isolation = Isolation::Wrapper(wrapper)).await.to_string();
    assert!(broken.contains("exited with 5: no rights for you"), "{broken}");
    // The workspace can't be reached by the children's user.
    let directory = tempfile::tempdir().unwrap();
    let closed = directory.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    let unreachable = refused(|config| {
        config.directory = closed.join("executor");
        config.isolation = run_as(1);
    });
    let unreachable = unreachable.await.to_string();
    assert!(unreachable.contains("exited with 126"), "{unreachable}");
}

#[tokio::test]
async fn two_hosts_don_t_share_a_directory() {
    let host = Host::dev().await;
    let second = Host::open(&host.directory, |_| {}).await;
    assert!(second.is_err_and(|error| error.to_string().contains("another host uses it")));
}
