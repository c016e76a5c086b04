//! The executor that runs commands, and with whose rights.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use cicd_core::ci::CiRules;
use cicd_core::port::{Blobs, Secrets};
use cicd_executor::command::{CommandConfig, CommandExecutor, Isolation, Watchdog};
use clap::Args;

use crate::data::Data;
use crate::failure::Failure;
use crate::watchdog;

#[derive(Debug, Args)]
pub(crate) struct Executors {
    /// For development alone: commands run as this user, repositories may be local directories.
    #[arg(long, env = "CICD_DEV", conflicts_with_all = ["run_as", "wrapper"])]
    dev: bool,
    /// Commands run as users of their own: `FIRST_UID+COUNT:GID`, such as `61000+64:61000`. Needs root.
    #[arg(long, env = "CICD_RUN_AS", value_name = "USERS", conflicts_with = "wrapper")]
    run_as: Option<RunAs>,
    /// Commands run behind this one, such as `/usr/bin/bwrap --unshare-all …`, by its absolute path; `{workspace}` stands for the attempt's directory.
    #[arg(long, env = "CICD_WRAPPER", value_name = "COMMAND")]
    wrapper: Option<String>,
    /// Repositories may be directories of this machine, as far as the users of the commands can read them.
    #[arg(long, env = "CICD_LOCAL_REPOSITORIES")]
    local_repositories: bool,
}

/// The users that commands run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunAs {
    first_uid: u32,
    count: u32,
    gid: u32,
}

impl FromStr for RunAs {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (users, gid) = text.split_once(':')?;
            let (first_uid, count) = users.split_once('+')?;
            let users = Self {
                first_uid: first_uid.parse().ok()?,
                count: count.parse().ok()?,
                gid: gid.parse().ok()?,
            };
            (users.first_uid > 0 && users.count > 0 && users.gid > 0).then_some(users)
        };
        read().ok_or_else(|| format!("`{text}`; accepted: `FIRST_UID+COUNT:GID`, such as `61000+64:61000`"))
    }
}

impl Executors {
    pub(crate) const fn is_dev(&self) -> bool {
        self.dev
    }

    /// What CI configs may ask of this host.
    pub(crate) const fn ci_rules(&self) -> CiRules {
        CiRules { allow_local_repositories: self.dev || self.local_repositories }
    }

    /// Sets the executor `command` up. `None`, with a word about it, when nothing keeps commands from the host's rights.
    pub(crate) async fn command(
        &self,
        data: &Data,
        blobs: Arc<dyn Blobs>,
        secrets: Arc<dyn Secrets>,
        silence: Duration,
    ) -> Result<Option<CommandExecutor>, Failure> {
        let Some(mut config) = self.config(data) else {
            tracing::warn!(
                "the executor `command` is off: commands would have this host's rights; \
                 set --run-as or --wrapper, or --dev for development"
            );
            return Ok(None);
        };
        if self.dev {
            tracing::warn!("--dev: commands run with this host's own rights; never do this for others");
        }
        let command = vec![std::env::current_exe()?.into(), watchdog::NAME.into()];
        config.watchdog = Some(Watchdog { command, silence });
        Ok(Some(CommandExecutor::start(config, blobs, secrets).await?))
    }

    fn config(&self, data: &Data) -> Option<CommandConfig> {
        let isolation = match (self.dev, self.run_as, &self.wrapper) {
            (true, ..) => return Some(CommandConfig::dev(data.work())),
            (false, Some(RunAs { first_uid, count, gid }), _) => Isolation::RunAs { first_uid, count, gid },
            (false, None, Some(wrapper)) => {
                Isolation::Wrapper(wrapper.split_whitespace().map(str::to_owned).collect())
            }
            (false, None, None) => return None,
        };
        let mut config = CommandConfig::new(data.work(), isolation);
        config.allow_local_repositories = self.local_repositories;
        Some(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_a_range_and_a_group() {
        assert_eq!("61000+64:61000".parse(), Ok(RunAs { first_uid: 61000, count: 64, gid: 61000 }));
        for text in ["", "61000", "61000+64", "0+1:1", "1+0:1", "1+1:0", "a+b:c", "1-2:3"] {
            assert!(text.parse::<RunAs>().is_err(), "{text}");
        }
    }
}
