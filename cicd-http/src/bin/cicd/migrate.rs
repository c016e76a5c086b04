//! `cicd migrate`.

use cicd_store_sqlite::{LATEST_MIGRATION, migrate, migrate_down};
use clap::{Args, Subcommand};

use crate::data::Data;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    direction: Direction,
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, Subcommand)]
enum Direction {
    /// Apply what is missing.
    Up,
    /// Take back every migration after a number.
    Down {
        /// The number of the last migration to keep; 0 keeps none.
        #[arg(long)]
        to: u32,
    },
    /// Say whether the database is as this binary needs it.
    Status,
}

impl Migrate {
    #[expect(clippy::print_stdout, reason = "what was done is the command's answer")]
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let path = self.data.database();
        match self.direction {
            Direction::Up => {
                self.data.create()?;
                self.data.create_database()?;
                println!("applied: {}", numbers(&migrate(path).await?));
            }
            Direction::Down { to } => println!("taken back: {}", numbers(&migrate_down(path, to).await?)),
            Direction::Status => {
                self.data.open().await?.close().await;
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
