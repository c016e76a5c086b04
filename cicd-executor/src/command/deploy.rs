//! Carries out the steps of a rollout by the commands of its target.

mod variables;

use async_trait::async_trait;
use cicd_core::ci::Run;
use cicd_core::port::{
    BlobError, Delivery, DeployExecutor, DeployJob, DeployStatus, Stop, Verb, VerbOutcome,
};
use cicd_core::service::Capabilities;
use cicd_core::violation::Violations;
use futures_util::StreamExt as _;
use serde_json::Value;
use std::io;
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt as _;

use super::CommandExecutor;
use super::environment::Environment;
use super::executor::Shared;
use super::log::Log;
use super::runner::{Ended, run};
use super::target::{Target, TargetCommand};
use super::workspace::Workspace;

#[async_trait]
impl DeployExecutor for CommandExecutor {
    fn delivery(&self) -> Delivery {
        Delivery::AtLeastOnce
    }

    fn capabilities(&self, target: &Value) -> Result<Capabilities, Violations> {
        Target::parse(target).map(|target| target.capabilities())
    }

    async fn carry_out(&self, job: &DeployJob, verb: &Verb, stop: Stop) -> VerbOutcome {
        let mut log = self.0.log(&job.tenant, job.log);
        let call = VerbCall { shared: &self.0, job, verb: verb.as_str(), weight: weight(verb) };
        let told = call.carry_out(&mut log, &stop).await;
        let outcome = outcome(verb, told);
        if let VerbOutcome::Failed { message } | VerbOutcome::Inconclusive { message } = &outcome {
            log.note(message);
        }
        log.flush().await;
        outcome
    }

    async fn status(&self, job: &DeployJob) -> DeployStatus {
        match Target::parse(&job.release.spec.target) {
            Ok(target) if target.command(STATUS).is_none() => return DeployStatus::Settled,
            _ => {}
        }
        let mut log = self.0.log(&job.tenant, job.log);
        let call = VerbCall { shared: &self.0, job, verb: STATUS, weight: None };
        let told = call.carry_out(&mut log, &Stop::never()).await;
        log.flush().await;
        status(told)
    }
}

const STATUS: &str = "status";

/// How a command ended, and a sentence about it.
struct Told {
    ended: Ended,
    message: String,
}

/// A command that could not be run, or was stopped before it began.
enum NotRun {
    Stopped,
    Failed(String),
}

impl From<io::Error> for NotRun {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

struct VerbCall<'a> {
    shared: &'a Shared,
    job: &'a DeployJob,
    verb: &'static str,
    weight: Option<u8>,
}

impl VerbCall<'_> {
    async fn carry_out(&self, log: &mut Log, stop: &Stop) -> Result<Told, NotRun> {
        let target = Target::parse(&self.job.release.spec.target);
        let target = target.map_err(|violations| NotRun::Failed(violations.to_string()))?;
        let command = target.command(self.verb);
        let command = command.ok_or_else(|| NotRun::Failed(format!("the target has no `{}`", self.verb)))?;
        let secrets = &*self.shared.secrets;
        let environment = Environment::resolve(&command.environment, &self.job.tenant, secrets).await;
        let environment = environment.map_err(|unresolved| NotRun::Failed(unresolved.to_string()))?;
        log.mask(environment.secrets().chain([self.job.report_token.expose()]));
        let workspace = tokio::select! {
            workspace = self.shared.site.workspace(format!("release-{}", self.job.release.id())) => workspace?,
            () = stop.requested() => return Err(NotRun::Stopped),
        };
        let told = self.run(command, &environment, &workspace, log, stop).await;
        workspace.close().await?;
        told
    }

    async fn run(
        &self,
        command: &TargetCommand,
        environment: &Environment,
        workspace: &Workspace,
        log: &mut Log,
        stop: &Stop,
    ) -> Result<Told, NotRun> {
        let artifact = if self.verb == STATUS { None } else { self.artifact(workspace).await? };
        let argv = match &command.run {
            Run::Argv(argv) => argv.clone(),
            Run::Shell(line) => ["/bin/sh", "-c", line].map(str::to_owned).to_vec(),
        };
        let directory = command.directory.as_deref().map_or(workspace.root(), Path::new);
        let mut call = self.shared.call(workspace, argv, directory);
        call.timeout = command.timeout;
        call.environment.extend(variables::of(self.job, self.weight, artifact.as_deref()));
        environment.add_to(&mut call.environment);
        log.note(&format!("{}{}, epoch {}", self.verb, self.percent(), self.job.epoch));
        log.begin_output();
        let ended = run(workspace, &call, log, stop).await?;
        let said = log.last_line();
        let message = if said.is_empty() { String::new() } else { format!(": {said}") };
        Ok(Told { ended, message: format!("`{}` {ended}{message}", self.verb) })
    }

    fn percent(&self) -> String {
        self.weight.map_or(String::new(), |weight| format!(" {weight} %"))
    }

    /// The artifact as a file that the attempt's user can read; `None` when the host does not keep it.
    async fn artifact(&self, workspace: &Workspace) -> Result<Option<PathBuf>, NotRun> {
        let digest = self.job.release.spec.content.artifact.digest;
        let failed = |error: BlobError| NotRun::Failed(error.to_string());
        let found = self.shared.blobs.artifact(&self.job.tenant, digest).await.map_err(failed)?;
        let Some(mut content) = found else { return Ok(None) };
        let mut file = workspace.file("artifact").await?;
        while let Some(chunk) = content.next().await {
            file.write_all(&chunk.map_err(failed)?).await?;
        }
        file.flush().await?;
        Ok(Some(workspace.root().join("artifact")))
    }
}

const fn weight(verb: &Verb) -> Option<u8> {
    match verb {
        Verb::SetWeight { weight } => Some(*weight),
        Verb::Apply | Verb::Promote | Verb::Analyse { .. } | Verb::Undo => None,
    }
}

fn outcome(verb: &Verb, told: Result<Told, NotRun>) -> VerbOutcome {
    let judges = matches!(verb, Verb::Analyse { .. });
    match told {
        Err(NotRun::Stopped) | Ok(Told { ended: Ended::Cancelled, .. }) => VerbOutcome::Stopped,
        Ok(Told { ended: Ended::Exited(0), .. }) => VerbOutcome::Done,
        Ok(Told { ended: Ended::Exited(1), message }) => VerbOutcome::Failed { message },
        // An analysis that breaks says nothing about what it analyses.
        Ok(Told { message, .. }) | Err(NotRun::Failed(message)) if judges => {
            VerbOutcome::Inconclusive { message }
        }
        Ok(Told { message, .. }) | Err(NotRun::Failed(message)) => VerbOutcome::Failed { message },
    }
}

fn status(told: Result<Told, NotRun>) -> DeployStatus {
    match told {
        Ok(Told { ended: Ended::Exited(0), .. }) => DeployStatus::Settled,
        Ok(Told { ended: Ended::Exited(1), message }) => DeployStatus::Failed { message },
        Ok(Told { ended: Ended::Exited(3), .. }) => DeployStatus::InProgress,
        Ok(Told { message, .. }) | Err(NotRun::Failed(message)) => DeployStatus::Unknown { message },
        Err(NotRun::Stopped) => DeployStatus::Unknown { message: "it was asked to stop".to_owned() },
    }
}
