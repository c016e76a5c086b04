//! `cicd backup`: a verified copy of the database, also while a host runs.

use std::path::PathBuf;

use clap::Args;

use crate::database::Database;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    database: Database,
    /// The file to write; nothing may be there.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Backup {
    /// Prints the heads of the chains: kept elsewhere, they show later that the file is still what was written.
    #[expect(clippy::print_stdout, reason = "what was written is the command's answer")]
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let reports = cicd_store_sqlite::backup(self.database.file()?, &self.to).await?;
        println!("written and verified: {}", self.to.display());
        for report in reports.iter().filter(|report| report.head.seq > 0) {
            let (chain, head) = (report.chain.as_str(), &report.head);
            println!(
                "{}/{chain}: {} events verified, head {}:{}",
                report.tenant, head.seq, head.seq, head.hash
            );
        }
        Ok(())
    }
}
