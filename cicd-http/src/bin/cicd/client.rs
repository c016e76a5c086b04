//! Commands for CI jobs and people, which ask a host over HTTP.

mod approve;
mod create;
mod explain;
mod http;
mod news;
mod options;
mod reject;
mod release;
mod rollback;
mod run;
mod show;
mod timeline;
mod token;
mod trouble;
mod vote;
mod wait;

use std::process::ExitCode;

pub(crate) use release::ReleaseCommand;
pub(crate) use run::RunCommand;
pub(crate) use timeline::Timeline;
use trouble::Trouble;

/// What the exit codes mean, for the help of each command.
pub(crate) const EXIT_CODES: &str = "Exit codes: 0 ok, 1 failed, 2 usage, 3 blocked by policy, 4 still waiting.\n\
    The token is taken from CICD_TOKEN or a file, never from a flag.";

/// Tells what went wrong, and gives the exit code.
pub(crate) fn end(done: Result<(), Trouble>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("cicd: {trouble}");
            trouble.exit_code()
        }
    }
}
