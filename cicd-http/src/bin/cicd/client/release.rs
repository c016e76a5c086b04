//! `cicd release`: from asking for a release to its end, and back.

use clap::{Args, Subcommand};

use super::trouble::Trouble;
use super::{EXIT_CODES, approve, create, explain, reject, rollback, wait};

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ReleaseCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Ask for a release.
    Create(create::Create),
    /// Vote for the content that is shown.
    Approve(approve::Approve),
    /// Vote against a release, which ends it.
    Reject(reject::Reject),
    /// Wait until a release has ended.
    Wait(wait::Wait),
    /// Bring back what was stable before.
    Rollback(rollback::Rollback),
    /// Tell what each gate says, and who or what opens it.
    Explain(explain::Explain),
}

impl ReleaseCommand {
    pub(crate) async fn run(self) -> Result<(), Trouble> {
        match self.verb {
            Verb::Create(create) => create.run().await,
            Verb::Approve(approve) => approve.run().await,
            Verb::Reject(reject) => reject.run().await,
            Verb::Wait(wait) => wait.run().await,
            Verb::Rollback(rollback) => rollback.run().await,
            Verb::Explain(explain) => explain.run().await,
        }
    }
}
