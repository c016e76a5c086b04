//! `cicd migrate`.

use cicd_store_sqlite::{LATEST_MIGRATION, migrate, migrate_down};
use clap::{Args, Subcommand};

use crate::data::Data;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    direction: Direction,
}

#[derive(Debug, Subcommand)]
enum Direction {
    /// Apply what is missing.
    Up(Data),
    /// Take back every migration after a number.
    Down {
        #[command(flatten)]
        data: Data,
        /// The number of the last migration to keep; 0 keeps none.
        #[arg(long)]
        to: u32,
    },
    /// Say whether the database is as this binary needs it.
    Status(Data),
}

impl Migrate {
    #[expect(clippy::print_stdout, reason = "what was done is the command's answer")]
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.direction {
            Direction::Up(data) => {
                data.create()?;
                data.create_database()?;
                println!("applied: {}", numbers(&migrate(data.database()).await?));
            }
            Direction::Down { data, to } => {
                println!("taken back: {}", numbers(&migrate_down(data.database(), to).await?));
            }
            Direction::Status(data) => {
                data.open().await?.close().await;
                println!("the database is at migration {LATEST_MIGRATION}, as this binary needs it");
            }
        }
        Ok(())
    }
}

fn numbers(numbers: &[u32]) -> String {
    let numbers: Vec<_> = numbers.iter().map(u32::to_string).collect();
    if numbers.is_empty() { "nothing".to_owned() } else { numbers.join(", ") }
}
