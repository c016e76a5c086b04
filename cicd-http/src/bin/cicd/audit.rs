//! `cicd audit`: verifies the audit trail, and exports it.

mod bar;
mod checkpoint;
mod export;
mod source;
mod verify;

use cicd_core::audit::Chain;
use cicd_core::trail::CHAINS;
use clap::{Args, Subcommand};

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Verify the chains, also while a host runs: 0 when they are sound, 1 when one is broken, 2 when it can't be told.
    Verify(verify::Verify),
    /// Write events out, as JSON Lines or CSV; 2 when that did not succeed.
    Export(export::Export),
}

impl Audit {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.command {
            AuditCommand::Verify(verify) => verify.run().await,
            AuditCommand::Export(export) => export.run().await,
        }
    }
}

/// A chain by its name.
fn chain(name: &str) -> Result<Chain, String> {
    let found = CHAINS.into_iter().find(|chain| chain.as_str() == name);
    found.ok_or_else(|| format!("`{name}` is not a chain; accepted: `ledger`, `security`"))
}
