//! Builds that give none: each says why.

use cicd_core::ci::run::{RunFailure, StepOutcome};
use cicd_core::port::{CiExecutor as _, CiOutcome};
use cicd_executor::command::LogLimits;
use serde_json::{Value, json};

use super::support::{Built, Host, Repository, job, job_of, line, runs};

async fn failure_of(shell: &str) -> (RunFailure, Built) {
    let (repository, commit) = Repository::new();
    let built = Host::dev().await.build(&line(&repository, &commit, shell)).await;
    (cause(&built), built)
}

fn cause(built: &Built) -> RunFailure {
    match &built.outcome {
        CiOutcome::Failed { cause } => cause.clone(),
        other => panic!("{other:?}: {}", built.log),
    }
}

fn out() -> Value {
    json!({ "path": "out", "name": "site" })
}

fn steps() -> Value {
    json!([{ "name": "build", "shell": "cp page out" }])
}

#[tokio::test]
async fn a_repository_that_is_not_there() {
    let host = Host::dev().await;
    let built = host.build(&job_of("/no/such/repository", &"a".repeat(40), &out(), &steps())).await;
    let RunFailure::CannotClone { message } = cause(&built) else { panic!("{:?}", built.outcome) };
    assert_eq!(message, "fatal: '/no/such/repository' does not appear to be a git repository");
    assert!(built.log.contains(&message), "{}", built.log);
    assert!(built.steps.is_empty() && host.workspaces().is_empty());
}

#[tokio::test]
async fn a_commit_that_is_not_there() {
    let (repository, _) = Repository::new();
    let built = Host::dev().await.build(&line(&repository, &"a".repeat(40), "cp page out")).await;
    assert!(matches!(cause(&built), RunFailure::CannotClone { .. }), "{:?}", built.outcome);
}

#[tokio::test]
async fn a_local_repository_on_a_host_that_takes_none() {
    let (repository, commit) = Repository::new();
    let host = Host::with(|config| config.allow_local_repositories = false).await;
    let job = line(&repository, &commit, "cp page out");
    let violations = host.executor.violations(&job.run.spec);
    let codes: Vec<_> = violations.iter().map(|v| (v.path.as_str(), v.code.as_ref())).collect();
    assert_eq!(codes, [("/repository", "unsupported_by_executor")]);
    // A config that was stored under other rules is refused by git itself.
    let built = host.build(&job).await;
    assert!(matches!(cause(&built), RunFailure::CannotClone { .. }));
    assert!(built.log.contains("transport 'file' not allowed"), "{}", built.log);
}

#[tokio::test]
async fn a_step_that_fails_is_the_last_one() {
    let (repository, commit) = Repository::new();
    let steps =
        json!([{ "name": "test", "shell": "echo bad; exit 3" }, { "name": "build", "shell": "cp page out" }]);
    let built = Host::dev().await.build(&job(&repository, &commit, &steps)).await;
    let step = "test".parse().unwrap();
    assert_eq!(cause(&built), RunFailure::StepFailed { step, exit_code: Some(3) });
    let results = built.steps.iter().map(|step| (step.name.as_str(), step.outcome, step.exit_code));
    assert_eq!(results.collect::<Vec<_>>(), [("test", StepOutcome::Failed, Some(3))]);
    assert!(built.log.ends_with("bad\n[cicd] step `test` failed with exit code 3\n"), "{}", built.log);
}

#[tokio::test]
async fn a_step_that_ends_by_a_signal() {
    let (cause, built) = failure_of("kill -9 $$").await;
    assert_eq!(cause, RunFailure::StepFailed { step: "build".parse().unwrap(), exit_code: None });
    assert_eq!(built.steps[0].exit_code, None);
}

#[tokio::test]
async fn a_program_that_is_missing() {
    let (repository, commit) = Repository::new();
    for program in ["no-such-program", "./no-such-script", "/no/such/program", "./page"] {
        let steps = json!([{ "name": "build", "argv": [program] }]);
        let built = Host::dev().await.build(&job(&repository, &commit, &steps)).await;
        let (step, program) = ("build".parse().unwrap(), program.to_owned());
        assert_eq!(cause(&built), RunFailure::MissingCommand { step, program });
    }
    // One that is there and exits alike is not missing.
    let steps = json!([{ "name": "build", "argv": ["sh", "-c", "exit 127"] }]);
    let built = Host::dev().await.build(&job(&repository, &commit, &steps)).await;
    assert!(matches!(cause(&built), RunFailure::StepFailed { exit_code: Some(127), .. }));
}

#[tokio::test]
async fn a_secret_that_is_missing_ends_the_run_before_its_first_step() {
    let (repository, commit) = Repository::new();
    let steps = json!([
        { "name": "first", "argv": ["true"] },
        { "name": "second", "argv": ["true"], "environment": { "KEY": { "secret": "no-key" } } },
    ]);
    let built = Host::dev().await.build(&job(&repository, &commit, &steps)).await;
    let (step, secret) = ("second".parse().unwrap(), "no-key".parse().unwrap());
    assert_eq!(cause(&built), RunFailure::UnknownSecret { step, secret });
    assert!(built.steps.is_empty());
}

#[tokio::test]
async fn a_step_that_hangs() {
    let (repository, commit) = Repository::new();
    let steps = json!([{ "name": "hang", "shell": "sleep 1000 & echo $!; wait", "timeout_seconds": 1 }]);
    let built = Host::dev().await.build(&job(&repository, &commit, &steps)).await;
    assert_eq!(built.outcome, CiOutcome::TimedOut { step: "hang".parse().unwrap() });
    assert_eq!(built.steps[0].outcome, StepOutcome::TimedOut);
    let pid = built.log.lines().find(|line| line.bytes().all(|byte| byte.is_ascii_digit())).unwrap();
    assert!(!runs(pid));
}

#[tokio::test]
async fn a_step_that_floods_its_log() {
    let (repository, commit) = Repository::new();
    let host = Host::with(|config| config.log = LogLimits { kept_bytes: 5_000, flood_bytes: 1 << 20 }).await;
    let built = host.build(&line(&repository, &commit, "yes")).await;
    assert_eq!(cause(&built), RunFailure::StepFlooded { step: "build".parse().unwrap() });
    assert!(built.log.len() < 6_000, "{} bytes", built.log.len());
    assert!(built.log.ends_with("wrote too much output and was stopped\n"), "{}", built.log);
}

#[tokio::test]
async fn an_artifact_that_is_not_there_or_not_the_build_s() {
    let path = "out".parse().unwrap();
    assert_eq!(failure_of("true").await.0, RunFailure::MissingArtifact { path });
    for line in ["ln -s /etc/passwd out", "mkdir out; ln -s /etc/passwd out/passwd", "mkfifo out"] {
        let refused = failure_of(line).await.0;
        assert!(matches!(refused, RunFailure::ArtifactRefused { .. }), "{line}: {refused:?}");
    }
}
