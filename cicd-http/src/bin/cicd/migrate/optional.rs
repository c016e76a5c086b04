//! What an operator of PostgreSQL may choose: parted roles, and row-level security on top of them.

use clap::Subcommand;

use crate::database::{Database, OptionalStep};
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum Roles {
    /// Give the schema to `cicd_owner`, and make `cicd_app` and `cicd_worker`, of which a host's login is a member.
    Grant(Database),
    /// Give the schema back to who runs this; the roles stay without rights.
    Revoke(Database),
}

#[derive(Debug, Subcommand)]
pub(super) enum RowSecurity {
    /// Have the server show each statement the rows of the tenant that it is about, and no others. Stop the hosts first.
    On(Database),
    /// Have it show the rows of all tenants again.
    Off(Database),
}

impl Roles {
    #[expect(clippy::print_stdout, reason = "what was done is the command's answer")]
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Grant(database) => {
                database.optional(OptionalStep::GrantRoles).await?;
                println!(
                    "granted: a host's login is made with `CREATE ROLE … LOGIN IN ROLE cicd_app, cicd_worker`"
                );
            }
            Self::Revoke(database) => {
                database.optional(OptionalStep::RevokeRoles).await?;
                println!("revoked");
            }
        }
        Ok(())
    }
}

impl RowSecurity {
    #[expect(clippy::print_stdout, reason = "what was done is the command's answer")]
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::On(database) => {
                database.optional(OptionalStep::RowSecurityOn).await?;
                println!("on: start the hosts anew");
            }
            Self::Off(database) => {
                database.optional(OptionalStep::RowSecurityOff).await?;
                println!("off");
            }
        }
        Ok(())
    }
}
