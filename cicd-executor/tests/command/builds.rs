//! Builds that give an artifact.

use cicd_core::ci::run::StepOutcome;
use cicd_core::digest::Digest;
use cicd_core::port::{Blobs as _, CiExecutor as _, CiOutcome, Stop};
use futures_util::TryStreamExt as _;
use serde_json::json;

use super::support::{Host, Repository, Results, job, job_of, line, run_as, tenant, until};

fn digest(outcome: &CiOutcome) -> Digest {
    match outcome {
        CiOutcome::Succeeded { artifact } => artifact.digest,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_commit_is_built_and_its_artifact_kept() {
    let (repository, first) = Repository::new();
    repository.commit("page", "second");
    for isolation in [None, Some(run_as(1))] {
        let host =
            Host::with(|config| config.isolation = isolation.unwrap_or(config.isolation.clone())).await;
        let steps = json!([
            { "name": "check", "argv": ["grep", "-q", "first", "page"] },
            { "name": "build", "shell": "tr a-z A-Z <page >out" },
        ]);
        let built = host.build(&job(&repository, &first, &steps)).await;
        assert_eq!(digest(&built.outcome), Digest::of(b"FIRST"), "{}", built.log);
        let kept = host.blobs.artifact(&tenant(), Digest::of(b"FIRST")).await.unwrap().unwrap();
        assert_eq!(kept.try_concat().await.unwrap(), b"FIRST");
        let steps = built.steps.iter().map(|step| (step.name.as_str(), step.outcome, step.exit_code));
        let expected = ["check", "build"].map(|name| (name, StepOutcome::Succeeded, Some(0)));
        assert_eq!(steps.collect::<Vec<_>>(), expected);
        assert!(built.log.contains("[cicd] step `check`: grep -q first page\n"), "{}", built.log);
        assert!(host.workspaces().is_empty());
    }
}

#[tokio::test]
async fn each_step_tells_its_part_of_the_log() {
    let (repository, commit) = Repository::new();
    let host = Host::dev().await;
    host.secret("key", "hunter2");
    let steps = json!([
        { "name": "first", "shell": "printf 'an open line of é: hunt'", "environment": { "KEY": { "secret": "key" } } },
        { "name": "silent", "shell": "true" },
        { "name": "last", "shell": "echo '[cicd] step `silent`: forged'; exit 1" },
    ]);
    let built = host.build(&job(&repository, &commit, &steps)).await;
    let part = |index: usize| {
        let range = built.steps[index].log.unwrap();
        let bytes = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        std::str::from_utf8(&built.log.as_bytes()[bytes]).unwrap().trim()
    };
    let first = part(0);
    assert!(
        first.starts_with("[cicd] step `first`: ") && first.ends_with("\nan open line of é: hunt"),
        "{first}"
    );
    assert_eq!(part(1), "[cicd] step `silent`: /bin/sh -c true");
    assert!(part(2).ends_with("\n[cicd] step `silent`: forged"), "{}", part(2));
}

#[tokio::test]
async fn a_server_that_gives_no_commit_by_its_id_is_asked_for_all() {
    let (repository, first) = Repository::new();
    repository.commit("page", "second");
    let host = Host::with(|config| {
        let settings = [
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "protocol.version"),
            ("GIT_CONFIG_VALUE_0", "0"),
        ];
        config.git_environment = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    });
    let built = host.await.build(&line(&repository, &first, "cp page out")).await;
    assert!(built.log.contains("fetching all branches and tags"), "{}", built.log);
    assert_eq!(digest(&built.outcome), Digest::of(b"first"));
}

#[tokio::test]
async fn a_step_knows_its_run_and_little_else() {
    let (repository, commit) = Repository::new();
    let host = Host::dev().await;
    host.secret("deploy-key", "hunter2\n");
    let steps = json!([{
        "name": "build",
        "shell": "env | cut -d= -f1 | grep -vx -e _ -e PWD -e SHLVL -e OLDPWD | sort >out; echo \"$KEY $PLAIN\" >&2
                  [ \"$CICD_COMMIT\" = \"$(git rev-parse HEAD)\" ] && [ \"$KEY\" = hunter2 ] && [ -d \"$TMPDIR\" ]
                  [ \"$HOME\" = \"$(dirname \"$(dirname \"$PWD\")\")\" ]",
        "working_directory": "sub",
        "environment": { "KEY": { "secret": "deploy-key" }, "PLAIN": "text" },
    }]);
    std::fs::create_dir(repository.path().join("sub")).unwrap();
    let commit_with_directory = repository.commit("sub/file", &commit);
    let path = repository.path().display().to_string();
    let artifact = json!({ "path": "sub/out", "name": "names" });
    let built = host.build(&job_of(&path, &commit_with_directory, &artifact, &steps)).await;
    let digest = digest(&built.outcome);
    assert!(built.log.contains("\n*** text\n") && !built.log.contains("hunter2"), "{}", built.log);
    let names = host.blobs.artifact(&tenant(), digest).await.unwrap().unwrap().try_concat().await.unwrap();
    let expected = [
        "CI",
        "CICD_ATTEMPT",
        "CICD_ATTEMPT_KEY",
        "CICD_BRANCH",
        "CICD_COMMIT",
        "CICD_EPOCH",
        "CICD_MARK",
        "CICD_RUN_ID",
        "CICD_SERVICE",
        "HOME",
        "KEY",
        "LANG",
        "PATH",
        "PLAIN",
        "TMPDIR",
    ];
    assert_eq!(String::from_utf8(names).unwrap().lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_directory_is_packed_and_a_rebuild_gives_the_same_bytes() {
    let (repository, commit) = Repository::new();
    let host = Host::with(|config| config.isolation = run_as(1)).await;
    let build = "mkdir -p out/css; cp page out/; echo red >out/css/a.css; ln -s ../page out/css/page; echo $CICD_RUN_ID";
    let first = digest(&host.build(&line(&repository, &commit, build)).await.outcome);
    let again = digest(&host.build(&line(&repository, &commit, build)).await.outcome);
    assert_eq!(first, again);
    let bytes = host.blobs.artifact(&tenant(), first).await.unwrap().unwrap().try_concat().await.unwrap();
    let listed = String::from_utf8_lossy(&bytes).into_owned();
    assert!(listed.contains("css/a.css") && listed.contains("red\n"));
}

#[tokio::test]
async fn the_log_can_be_read_while_a_step_runs_and_a_stop_ends_it() {
    let (repository, commit) = Repository::new();
    let host = Host::dev().await;
    let job = line(&repository, &commit, "echo half; sleep 1000 & echo pid $!; wait");
    let (handle, stop) = Stop::pair();
    let steps = Results::default();
    let (outcome, pid) = tokio::join!(host.executor.run(&job, &steps, stop), async {
        let pid = until("the log", async || {
            let log = host.log(job.log).await;
            let (_, rest) = log.split_once("pid ")?;
            rest.split_once('\n').map(|(pid, _)| pid.to_owned())
        });
        let pid = pid.await;
        handle.stop();
        pid
    });
    assert_eq!(outcome, CiOutcome::Stopped);
    assert!(!super::support::runs(&pid));
    assert!(host.log(job.log).await.ends_with("[cicd] stopped\n"));
}

#[tokio::test]
async fn runs_wait_for_a_free_user() {
    let (repository, commit) = Repository::new();
    let host = Host::with(|config| config.isolation = run_as(1)).await;
    let build = "id -u >out";
    let (one, other) = (line(&repository, &commit, build), line(&repository, &commit, build));
    let (one, other) = tokio::join!(host.build(&one), host.build(&other));
    assert_eq!(digest(&one.outcome), digest(&other.outcome));
}
