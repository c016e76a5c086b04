//! Carries out a CI run: source, steps, artifact.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cicd_core::ci::run::{BuiltArtifact, LogRange, RunFailure, StepOutcome, StepResult};
use cicd_core::ci::{BuildStep, CiSpec, GitRef, Run};
use cicd_core::id::StepName;
use cicd_core::port::{BlobError, CiExecutor, CiJob, CiOutcome, Delivery, StepSink, Stop};
use cicd_core::violation::Violations;

use super::CommandExecutor;
use super::artifact::{self, NoArtifact, Taking};
use super::environment::{Environment, Unresolved};
use super::executor::Shared;
use super::git::{self, NoSource};
use super::log::Log;
use super::runner::{Call, Ended, run};
use super::workspace::Workspace;

#[async_trait]
impl CiExecutor for CommandExecutor {
    fn delivery(&self) -> Delivery {
        Delivery::AtLeastOnce
    }

    fn violations(&self, spec: &CiSpec) -> Violations {
        let mut violations = Violations::new();
        if spec.repository.is_local() && !self.0.config.allow_local_repositories {
            let message = "the executor takes no local repository; accepted: https, ssh and scp forms";
            violations.push("/repository", "unsupported_by_executor", message);
        }
        violations
    }

    async fn run(&self, job: &CiJob, steps: &dyn StepSink, stop: Stop) -> CiOutcome {
        let mut log = self.0.log(&job.tenant, job.log);
        let outcome = match attempt(&self.0, job, steps, &stop, &mut log).await {
            Ok(artifact) => {
                log.note(&format!(
                    "kept `{}`, {} bytes, {}",
                    artifact.name, artifact.size_bytes, artifact.digest
                ));
                CiOutcome::Succeeded { artifact }
            }
            Err(unfinished) => unfinished.told(&mut log),
        };
        log.flush().await;
        outcome
    }
}

/// Why an attempt gives no artifact.
#[derive(Debug)]
enum Unfinished {
    Failed(RunFailure),
    TimedOut(StepName),
    Stopped,
}

impl Unfinished {
    fn told(self, log: &mut Log) -> CiOutcome {
        match self {
            Self::Failed(cause) => {
                log.note(&cause.to_string());
                CiOutcome::Failed { cause }
            }
            Self::TimedOut(step) => {
                log.note(&format!("step `{step}` took longer than it may"));
                CiOutcome::TimedOut { step }
            }
            Self::Stopped => {
                log.note("stopped");
                CiOutcome::Stopped
            }
        }
    }
}

impl From<std::io::Error> for Unfinished {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(RunFailure::Executor { message: error.to_string() })
    }
}

async fn attempt(
    shared: &Shared,
    job: &CiJob,
    steps: &dyn StepSink,
    stop: &Stop,
    log: &mut Log,
) -> Result<BuiltArtifact, Unfinished> {
    let run = &job.run;
    log.note(&format!("attempt {}: {} of {}", run.attempt(), run.trigger.commit, run.spec.repository));
    let workspace = tokio::select! {
        workspace = shared.site.workspace(format!("run-{}", run.id)) => workspace?,
        () = stop.requested() => return Err(Unfinished::Stopped),
    };
    let built = Build { shared, job, steps, stop, log, workspace: &workspace }.build().await;
    // Whatever came of it: when this returns, nothing of the attempt is alive.
    workspace.close().await?;
    built
}

struct Build<'a> {
    shared: &'a Shared,
    job: &'a CiJob,
    steps: &'a dyn StepSink,
    stop: &'a Stop,
    log: &'a mut Log,
    workspace: &'a Workspace,
}

impl Build<'_> {
    async fn build(&mut self) -> Result<BuiltArtifact, Unfinished> {
        let environments = self.environments().await?;
        self.log.mask(environments.iter().flat_map(Environment::secrets));
        let source = self.source().await?;
        for (step, environment) in self.job.run.spec.steps.iter().zip(&environments) {
            self.step(step, environment, &source).await?;
        }
        self.artifact(source).await
    }

    /// All steps' secrets are known, and masked, before the first one runs: a step may print what another one was given.
    async fn environments(&self) -> Result<Vec<Environment>, Unfinished> {
        let mut environments = Vec::new();
        for step in &self.job.run.spec.steps {
            let resolved =
                Environment::resolve(&step.environment, &self.job.tenant, &*self.shared.secrets).await;
            environments.push(resolved.map_err(|unresolved| {
                Unfinished::Failed(match unresolved {
                    Unresolved::Unknown(secret) => {
                        RunFailure::UnknownSecret { step: step.name.clone(), secret }
                    }
                    Unresolved::Unreadable(error) => RunFailure::Executor { message: error.to_string() },
                })
            })?);
        }
        Ok(environments)
    }

    async fn source(&mut self) -> Result<PathBuf, Unfinished> {
        let what = (&self.job.run.spec.repository, &self.job.run.trigger.commit);
        git::check_out(self.shared, self.workspace, what, self.log, self.stop).await.map_err(|no| match no {
            NoSource::Refused(message) => Unfinished::Failed(RunFailure::CannotClone { message }),
            NoSource::Stopped => Unfinished::Stopped,
            NoSource::Failed(error) => error.into(),
        })
    }

    async fn step(
        &mut self,
        step: &BuildStep,
        environment: &Environment,
        source: &Path,
    ) -> Result<(), Unfinished> {
        let call = self.call(step, environment, source);
        let start = self.log.length();
        self.log.note(&format!("step `{}`: {}", step.name, shown(&step.run)));
        self.log.begin_output();
        let begun = Instant::now();
        let ended = run(self.workspace, &call, self.log, self.stop).await?;
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (outcome, exit_code, end) = judge(step, &call, ended);
        let log = start.zip(self.log.length()).map(|(start, end)| LogRange { start, end });
        let name = step.name.clone();
        self.steps.step(StepResult { name, outcome, exit_code, duration_ms, log }).await;
        end
    }

    fn call(&self, step: &BuildStep, environment: &Environment, source: &Path) -> Call {
        let argv = match &step.run {
            Run::Argv(argv) => argv.clone(),
            Run::Shell(line) => ["/bin/sh", "-c", line].map(str::to_owned).to_vec(),
        };
        let directory = match &step.working_directory {
            Some(below) => source.join(below.as_str()),
            None => source.to_owned(),
        };
        let mut call = self.shared.call(self.workspace, argv, &directory);
        call.timeout = Duration::from_secs(step.timeout_seconds.into());
        call.environment.extend(self.variables());
        environment.add_to(&mut call.environment);
        call
    }

    /// What every step is told about its run.
    fn variables(&self) -> Vec<(String, String)> {
        let run = &self.job.run;
        let (branch, tag) = match &run.trigger.git_ref {
            GitRef::Branch(name) => (Some(name.to_string()), None),
            GitRef::Tag(name) => (None, Some(name.to_string())),
            GitRef::Commit => (None, None),
        };
        let always = [
            ("CI", "true".to_owned()),
            ("CICD_RUN_ID", run.id.to_string()),
            ("CICD_SERVICE", run.service.to_string()),
            ("CICD_COMMIT", run.trigger.commit.to_string()),
            ("CICD_ATTEMPT", run.attempt().to_string()),
            ("CICD_ATTEMPT_KEY", self.job.attempt.to_string()),
            ("CICD_EPOCH", self.job.epoch.to_string()),
        ];
        let trace = self.job.trace.map(|trace| trace.to_string());
        let named = [("CICD_BRANCH", branch), ("CICD_TAG", tag), ("TRACEPARENT", trace)];
        let named = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
        always.into_iter().chain(named).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    async fn artifact(&mut self, source: PathBuf) -> Result<BuiltArtifact, Unfinished> {
        let target = &self.job.run.spec.artifact;
        let taking = Taking {
            source,
            path: target.path.clone(),
            archive: self.workspace.root().join("artifact.tar"),
            owner: self.workspace.slot()?.user(),
            most_bytes: self.shared.config.artifact_bytes,
        };
        let refused = |message| Unfinished::Failed(RunFailure::ArtifactRefused { message });
        let taken = tokio::task::spawn_blocking(move || taking.take()).await;
        let file = taken.map_err(std::io::Error::other)?.map_err(|no| match no {
            NoArtifact::Missing => {
                Unfinished::Failed(RunFailure::MissingArtifact { path: target.path.clone() })
            }
            NoArtifact::Refused(message) => refused(message),
            NoArtifact::Failed(error) => error.into(),
        })?;
        let kept = self.shared.blobs.put_artifact(&self.job.tenant, artifact::stream(file)).await;
        let kept = kept.map_err(|error| match error {
            BlobError::TooLarge { .. } => refused(error.to_string()),
            other => Unfinished::Failed(RunFailure::Executor { message: other.to_string() }),
        })?;
        Ok(BuiltArtifact { name: target.name.clone(), digest: kept.digest, size_bytes: kept.size })
    }
}

/// What the end of a command means for its step and for the run.
fn judge(step: &BuildStep, call: &Call, ended: Ended) -> (StepOutcome, Option<i32>, Result<(), Unfinished>) {
    let name = step.name.clone();
    let failed = |exit_code, cause| (StepOutcome::Failed, exit_code, Err(Unfinished::Failed(cause)));
    match ended {
        Ended::Exited(0) => (StepOutcome::Succeeded, Some(0), Ok(())),
        Ended::Exited(126 | 127) if matches!(step.run, Run::Argv(_)) && is_missing(call) => {
            let program = call.argv.first().cloned().unwrap_or_default();
            failed(None, RunFailure::MissingCommand { step: name, program })
        }
        Ended::Exited(code) => {
            failed(Some(code), RunFailure::StepFailed { step: name, exit_code: Some(code) })
        }
        Ended::Unwatched => failed(None, RunFailure::Executor { message: ended.to_string() }),
        Ended::Signalled(_) => failed(None, RunFailure::StepFailed { step: name, exit_code: None }),
        Ended::Flooded => failed(None, RunFailure::StepFlooded { step: name }),
        Ended::TimedOut => (StepOutcome::TimedOut, None, Err(Unfinished::TimedOut(name))),
        Ended::Cancelled => (StepOutcome::Cancelled, None, Err(Unfinished::Stopped)),
    }
}

/// Whether there is no such program: its shell exits alike when the program itself does.
fn is_missing(call: &Call) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(program) = call.argv.first() else { return true };
    let runs = |path: PathBuf| {
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return !runs(call.directory.join(program));
    }
    let path = call.environment.get("PATH").map_or("", String::as_str);
    !path.split(':').any(|directory| runs(call.directory.join(directory).join(program)))
}

fn shown(run: &Run) -> String {
    match run {
        Run::Argv(argv) => argv.join(" "),
        Run::Shell(line) => format!("/bin/sh -c {line}"),
    }
}
