//! `cicd migrate`: the schema brought up and back, looked at, and its migrations rehearsed.

mod optional;

use cicd_core::migration::{MayLose, SchemaStatus};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::database::Database;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    command: MigrateCommand,
}

#[derive(Debug, Subcommand)]
enum MigrateCommand {
    /// Apply what is missing.
    Up(Database),
    /// Take back every migration after a number, the last one first. A step that would lose what is stored refuses.
    Down(Down),
    /// List the steps, and say whether the database is as this binary needs it.
    Status(Database),
    /// Compare the schema with what the migrations describe, also while a host runs: 0 when they are the same, 1 when
    /// something differs, 2 when it can't be told.
    Verify(Look),
    /// Take the pending migrations up, down and up again on a copy of the database, also while a host runs: 0 when every step
    /// left what it found, 1 when something differs, 2 when it can't be told.
    Rehearse(Look),
    /// PostgreSQL: part the roles of those who migrate, decide and work, or take that back.
    #[command(subcommand)]
    Roles(optional::Roles),
    /// PostgreSQL: row-level security, which stands on the roles.
    #[command(subcommand)]
    RowSecurity(optional::RowSecurity),
}

#[derive(Debug, Args)]
struct Down {
    #[command(flatten)]
    database: Database,
    /// The number of the last migration to keep; 0 keeps none.
    #[arg(long)]
    to: u32,
    /// Lose rows and work where a step drops them. Only a backup brings them back.
    #[arg(long)]
    lose_rows: bool,
    /// Lose the audit trail too. It has to be told beside `--lose-rows`.
    #[arg(long, requires = "lose_rows")]
    lose_audit_rows: bool,
}

#[derive(Debug, Args)]
struct Look {
    #[command(flatten)]
    database: Database,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl Migrate {
    #[expect(clippy::print_stdout, reason = "what was done is the command's answer")]
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.command {
            MigrateCommand::Up(database) => println!("applied: {}", numbers(&database.migrate_up().await?)),
            MigrateCommand::Down(down) => {
                let done = down.database.migrate_down(down.to, down.may_lose()).await?;
                println!("taken back: {}", numbers(&done));
            }
            MigrateCommand::Status(database) => {
                return status(&database.schema_status().await?, &database.optional_migrations().await?);
            }
            MigrateCommand::Verify(look) => return look.verify().await,
            MigrateCommand::Rehearse(look) => return look.rehearse().await,
            MigrateCommand::Roles(roles) => return roles.run().await,
            MigrateCommand::RowSecurity(security) => return security.run().await,
        }
        Ok(())
    }
}

impl Down {
    const fn may_lose(&self) -> MayLose {
        match (self.lose_rows, self.lose_audit_rows) {
            (true, true) => MayLose::AuditEvents,
            (true, false) => MayLose::Rows,
            (false, _) => MayLose::Nothing,
        }
    }
}

impl Look {
    #[expect(clippy::print_stdout, reason = "the report is the command's answer")]
    async fn verify(self) -> Result<(), Failure> {
        let found = self.database.verify_schema().await.map_err(Failure::unanswered)?;
        if self.json {
            print_json(&found)?;
        } else {
            found.differences.iter().for_each(|difference| println!("✗ {difference}"));
        }
        match found.differences.len() {
            0 if self.json => Ok(()),
            0 => {
                println!("✓ {} objects are as migration {} made them", found.objects, found.version);
                Ok(())
            }
            wrong => Err(Failure::new(format!("{wrong} objects are not as the migrations made them"))),
        }
    }

    #[expect(clippy::print_stdout, reason = "the report is the command's answer")]
    async fn rehearse(self) -> Result<(), Failure> {
        let report = self.database.rehearse().await.map_err(Failure::unanswered)?;
        if self.json {
            print_json(&report)?;
        } else {
            print!("{report}");
        }
        if report.passed() {
            Ok(())
        } else {
            Err(Failure::new("the rehearsal failed: keep the schema as it is"))
        }
    }
}

#[expect(clippy::print_stdout, reason = "the steps are the command's answer")]
fn status(status: &SchemaStatus, optional: &[(&str, &str)]) -> Result<(), Failure> {
    for step in &status.steps {
        let state = if step.is_applied { "applied" } else { "pending" };
        let (version, oldest) = (step.version, step.oldest);
        println!("{version:04} {:<12} {state}, for binaries that know {oldest:04}", step.name);
    }
    for (name, in_force) in optional {
        println!("     {name:<12} {in_force}");
    }
    if status.version < status.known {
        let (version, known) = (status.version, status.known);
        let line =
            format!("the schema is at migration {version}, this binary needs {known}: `cicd migrate up`");
        return Err(Failure::new(line));
    }
    println!("the database is at migration {}, as this binary needs it", status.version);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the report is the command's answer")]
fn print_json(report: &impl Serialize) -> Result<(), Failure> {
    println!("{}", serde_json::to_string_pretty(report)?);
    Ok(())
}

fn numbers(numbers: &[u32]) -> String {
    let numbers: Vec<_> = numbers.iter().map(u32::to_string).collect();
    if numbers.is_empty() { "nothing".to_owned() } else { numbers.join(", ") }
}
