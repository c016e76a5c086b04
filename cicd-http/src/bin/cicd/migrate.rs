//! `cicd migrate`.

use clap::{Args, Subcommand};

use crate::database::Database;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    direction: Direction,
}

#[derive(Debug, Subcommand)]
enum Direction {
    /// Apply what is missing.
    Up(Database),
    /// Take back every migration after a number.
    Down {
        #[command(flatten)]
        database: Database,
        /// The number of the last migration to keep; 0 keeps none.
        #[arg(long)]
        to: u32,
    },
    /// Say whether the database is as this binary needs it.
    Status(Database),
}

impl Migrate {
    #[expect(clippy::print_stdout, reason = "what was done is the command's answer")]
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.direction {
            Direction::Up(database) => println!("applied: {}", numbers(&database.migrate_up().await?)),
            Direction::Down { database, to } => {
                println!("taken back: {}", numbers(&database.migrate_down(to).await?));
            }
            Direction::Status(database) => {
                let opened = database.open().await?;
                let latest = opened.latest_migration();
                opened.close().await;
                println!("the database is at migration {latest}, as this binary needs it");
            }
        }
        Ok(())
    }
}

fn numbers(numbers: &[u32]) -> String {
    let numbers: Vec<_> = numbers.iter().map(u32::to_string).collect();
    if numbers.is_empty() { "nothing".to_owned() } else { numbers.join(", ") }
}
