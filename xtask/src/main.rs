//! Project commands: `cargo xtask <command>`.

mod bench;
mod debian;
mod failure;
mod front;
mod node;
mod pages;
mod prove;
mod report;
mod run;
mod sabotage;
mod test;
mod tool;
mod wasm;

use std::process::ExitCode;

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
    /// Starts the host with a sample service, and prints what to try next.
    Run {
        /// Plays the whole story by HTTP instead, and succeeds only when every step of it happened.
        #[arg(long)]
        script: bool,
        /// The port of 127.0.0.1 to listen on; the sample's sites take the next two. 0 takes free ones.
        #[arg(long)]
        port: Option<u16>,
    },
    /// Builds the pages in `web/` for the next build of the host.
    Pages,
    /// Builds the npm package of `cicd-wasm`, for browsers and Node.js.
    Wasm,
    /// Plays the story of the pages in a browser; its screenshots go to `target/screenshots`, and with `UPDATE_DOCS=1` into the README.
    Browse,
    /// Checks everything that CI checks.
    Test {
        /// Does only the checks whose name contains this.
        filter: Option<String>,
    },
    /// Runs the long counts that CI runs a tenth of.
    Prove {
        /// Runs only the proofs whose name contains this.
        #[arg(long)]
        filter: Option<String>,
        /// Where random cases begin; drawn and printed when absent.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Measures what `docs/BENCHMARKS.md` tells.
    Bench {
        /// Runs only the benches whose name contains this.
        filter: Option<String>,
    },
    /// Takes each protection out of the product, and expects its test to notice.
    Sabotage {
        /// Tries only the patches whose name contains this.
        filter: Option<String>,
    },
    /// The sample's analysis: 0 when the candidate's page is whole, 1 when it is broken, 2 when nothing is known.
    #[command(hide = true)]
    Analyse {
        /// The address of the front.
        url: String,
    },
}

fn main() -> ExitCode {
    Arguments::parse().command.run().unwrap_or_else(|failure| {
        eprintln!("{failure}");
        ExitCode::FAILURE
    })
}

impl Command {
    fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Run { script, port } => run::run(script, port.unwrap_or(if script { 0 } else { 8080 }))?,
            Self::Pages => pages::build()?,
            Self::Wasm => print!("{}", wasm::build()?),
            Self::Browse => run::browse()?,
            Self::Test { filter } => test::run(filter)?,
            Self::Prove { filter, seed } => prove::run(filter.as_deref(), seed)?,
            Self::Bench { filter } => bench::run(filter.as_deref())?,
            Self::Sabotage { filter } => sabotage::run(filter.as_deref())?,
            Self::Analyse { url } => return Ok(front::analyse(&url)),
        }
        Ok(ExitCode::SUCCESS)
    }
}
