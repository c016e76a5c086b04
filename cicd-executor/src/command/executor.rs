//! The executor: what CI runs and deployments share.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cicd_core::id::TenantId;
use cicd_core::port::{Blobs, LogName, Secrets, Stop};

use super::isolation::Confinement;
use super::log::Log;
use super::runner::{Call, Ended, run};
use super::watchdog::Heartbeat;
use super::workspace::{Site, Workspace, blocking};
use super::{CommandConfig, SetupError};

/// Carries out CI runs and deployments as child processes, with less rights than the host has.
///
/// Clones are the same executor.
#[derive(Clone)]
pub struct CommandExecutor(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) config: CommandConfig,
    pub(super) site: Arc<Site>,
    pub(super) blobs: Arc<dyn Blobs>,
    pub(super) secrets: Arc<dyn Secrets>,
    _heartbeat: Option<Heartbeat>,
}

impl CommandExecutor {
    /// Sets the executor up: kills what an earlier host left running, cleans the directory, and tries whether a child can be run with
    /// the rights that it shall have.
    ///
    /// # Errors
    /// [`SetupError`] when children would have the host's rights, or can't be run.
    pub async fn start(
        config: CommandConfig,
        blobs: Arc<dyn Blobs>,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, SetupError> {
        let confinement = Confinement::new(config.isolation.clone(), config.dev, config.processes)?;
        let directory = config.directory.clone();
        let site = blocking(move || Site::open(&directory, confinement)).await;
        let site = Arc::new(site.map_err(|error| SetupError::Directory(config.directory.clone(), error))?);
        let heartbeat = heartbeat(&config, &site)?;
        let executor = Self(Arc::new(Shared { config, site, blobs, secrets, _heartbeat: heartbeat }));
        executor.0.probe().await?;
        Ok(executor)
    }

    /// Whether children have the host's own rights, which only [`CommandConfig::dev`] allows: for the host's log and readiness.
    #[must_use]
    pub fn is_unconfined(&self) -> bool {
        self.0.config.isolation == super::Isolation::SameUserDev
    }
}

fn heartbeat(config: &CommandConfig, site: &Site) -> Result<Option<Heartbeat>, SetupError> {
    let Some(watchdog) = config.watchdog.clone() else { return Ok(None) };
    let program = watchdog.command.first().map(|program| program.to_string_lossy().into_owned());
    let begun = Heartbeat::begin(watchdog, site.reaper.directory(), site.reaper.host());
    begun.map(Some).map_err(|error| SetupError::Watchdog(program.unwrap_or_default(), error))
}

impl Shared {
    pub(super) fn log(&self, tenant: &TenantId, name: LogName) -> Log {
        Log::new(self.blobs.clone(), tenant.clone(), name, self.config.log)
    }

    /// A call in `directory` with what every child of `workspace` finds in its environment; the caller sets its timeout.
    pub(super) fn call(&self, workspace: &Workspace, argv: Vec<String>, directory: &Path) -> Call {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let environment = [
            ("PATH", super::runner::PATH.to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("HOME", text(workspace.root())),
            ("TMPDIR", text(&workspace.root().join("tmp"))),
        ];
        Call {
            argv,
            directory: directory.to_owned(),
            environment: environment.map(|(name, value)| (name.to_owned(), value)).into(),
            timeout: Duration::ZERO,
            grace: self.config.grace,
        }
    }

    async fn probe(&self) -> Result<(), SetupError> {
        let failed = |message: String| SetupError::Probe(message, self.config.directory.clone());
        let mut log = Log::nowhere(self.config.log);
        match self.try_true(&mut log).await {
            Ok(Ended::Exited(0)) => Ok(()),
            Ok(ended) => Err(failed(format!("{ended}: {}", log.last_line()))),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    async fn try_true(&self, log: &mut Log) -> io::Result<Ended> {
        let workspace = self.site.workspace("probe".to_owned()).await?;
        let mut call = self.call(&workspace, vec!["true".to_owned()], workspace.root());
        call.timeout = Duration::from_secs(30);
        let ended = run(&workspace, &call, log, &Stop::never()).await?;
        workspace.close().await?;
        Ok(ended)
    }
}

impl fmt::Debug for CommandExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandExecutor").field("config", &self.0.config).finish_non_exhaustive()
    }
}
