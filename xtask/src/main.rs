//! Project commands: `cargo xtask <command>`.

mod failure;
mod report;
mod test;
mod tool;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Project commands.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks everything that CI checks.
    Test,
}

fn main() -> std::process::ExitCode {
    match Arguments::parse().command.run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            std::process::ExitCode::FAILURE
        }
    }
}

impl Command {
    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Test => test::run(),
        }
    }
}
