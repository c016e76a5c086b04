//! `cicd watchdog`: the process beside a host that ends its commands when the host can't.

use std::path::PathBuf;
use std::time::Duration;

use cicd_executor::command;
use clap::Args;

use crate::failure::Failure;
use crate::logging::{self, LogFormat};

/// The subcommand's name, which the host begins its own program with.
pub(crate) const NAME: &str = "watchdog";

#[derive(Debug, Args)]
pub(crate) struct Watchdog {
    directory: PathBuf,
    host: String,
    silence_milliseconds: u64,
}

impl Watchdog {
    pub(crate) fn run(self) -> Result<(), Failure> {
        logging::begin(LogFormat::Pretty);
        let silence = Duration::from_millis(self.silence_milliseconds);
        Ok(command::watch(&self.directory, &self.host, silence, std::io::stdin())?)
    }
}
