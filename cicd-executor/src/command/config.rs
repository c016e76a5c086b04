//! How a command executor is set up.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::{Isolation, LogLimits, ProcessLimits, Watchdog};

/// How a command executor is set up.
#[derive(Clone, Debug)]
pub struct CommandConfig {
    /// A directory of the executor's own. It is made when it is missing, and everything in it is removed at the start. Users of
    /// [`Isolation::RunAs`] must be able to reach it; they can't list it.
    pub directory: PathBuf,
    /// Whose rights children have.
    pub isolation: Isolation,
    /// Whether this host is for development: what [`Isolation::SameUserDev`] asks for.
    pub dev: bool,
    /// The kernel's limits for each child.
    pub processes: ProcessLimits,
    /// How much output a log keeps, and how much is borne with.
    pub log: LogLimits,
    /// How many bytes an artifact may have; of a directory, what its files have together.
    pub artifact_bytes: u64,
    /// How long a child that was asked to end may take before it is killed.
    pub grace: Duration,
    /// How long each command of git may take.
    pub git_timeout: Duration,
    /// What git finds in its environment besides the executor's, such as `GIT_SSH_COMMAND` or `GIT_CONFIG_GLOBAL`. Its children
    /// have the attempt's rights: files that it names must be readable with them.
    pub git_environment: BTreeMap<String, String>,
    /// Whether a repository may lie on the host's own file system.
    pub allow_local_repositories: bool,
    /// What ends commands when the host is dead or stopped. Without one they go on until they end by themselves, or until the next
    /// host in [`CommandConfig::directory`] starts.
    pub watchdog: Option<Watchdog>,
}

impl CommandConfig {
    /// The defaults: a grace of 10 s, 10 minutes for git, artifacts of 2 GiB, no local repositories, no watchdog.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>, isolation: Isolation) -> Self {
        Self {
            directory: directory.into(),
            isolation,
            dev: false,
            processes: ProcessLimits::default(),
            log: LogLimits::default(),
            artifact_bytes: 2 << 30,
            grace: Duration::from_secs(10),
            git_timeout: Duration::from_secs(600),
            git_environment: BTreeMap::new(),
            allow_local_repositories: false,
            watchdog: None,
        }
    }

    /// For development alone: children run as the host's own user, repositories may be local.
    #[must_use]
    pub fn dev(directory: impl Into<PathBuf>) -> Self {
        Self { dev: true, allow_local_repositories: true, ..Self::new(directory, Isolation::SameUserDev) }
    }
}
