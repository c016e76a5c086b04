//! `cicd`: the release-governance engine as a host over SQLite, or one of several over PostgreSQL. Only wiring lives here,
//! and the commands that ask a host.

mod audit;
mod authorizer;
mod backup;
mod blobs;
mod cache;
mod client;
mod data;
mod database;
mod doctor;
mod edge;
mod executors;
mod failure;
mod first_start;
mod gauges;
mod logging;
mod migrate;
mod retention;
mod serve;
mod signals;
mod token;
mod watchdog;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Release governance: what may ship, who said so, is it shipping, and how to get back.
#[derive(Debug, Parser)]
#[command(name = "cicd", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the host.
    Serve(serve::Serve),
    /// Bring the database to this binary's schema or take it back, verify the schema, rehearse migrations on a copy.
    Migrate(migrate::Migrate),
    /// Make API tokens; on SQLite while no host runs.
    Token(token::Token),
    /// Examine a database, on SQLite one that no host holds: chains, invariants, permissions.
    Doctor(doctor::Doctor),
    /// Copy the database to a file and verify the copy, also while a host runs.
    Backup(backup::Backup),
    /// Verify the audit trail, or export it.
    Audit(audit::Audit),
    /// Ask a host for a release, vote on it, wait for it, take it back, or tell what stops it.
    Release(client::ReleaseCommand),
    /// Ask a host for a CI run.
    Run(client::RunCommand),
    /// Tell what happened to a service or a release.
    Timeline(client::Timeline),
    /// End the commands of a host that is silent; a host begins it beside itself.
    #[command(name = watchdog::NAME, hide = true)]
    Watchdog(watchdog::Watchdog),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(serve) => serve.run().await,
        Command::Migrate(migrate) => migrate.run().await,
        Command::Token(token) => token.run().await,
        Command::Doctor(doctor) => doctor.run().await,
        Command::Backup(backup) => backup.run().await,
        Command::Audit(audit) => audit.run().await,
        Command::Release(release) => return client::end(release.run().await),
        Command::Run(run) => return client::end(run.run().await),
        Command::Watchdog(watchdog) => watchdog.run(),
        Command::Timeline(timeline) => return client::end(timeline.run().await),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cicd: {failure}");
            failure.exit_code()
        }
    }
}
