//! `cicd token create`: for whoever owns the database; on SQLite while no host holds its file.

use std::sync::Arc;

use async_trait::async_trait;
use cicd_core::authz::{Action, Caller, Object, PolicySnapshot, PrincipalKind, TokenDraft, Verdict};
use cicd_core::engine::{Engine, Options};
use cicd_core::id::{PrincipalId, Role, TenantId};
use cicd_core::port::{Authorizer, AuthorizerError};
use cicd_executor::blobs::{BlobLimits, FsBlobs};
use cicd_http::RandomIds;
use clap::{Args, Subcommand};

use crate::database::{Database, Opened};
use crate::failure::Failure;

/// Whom the audit names for what is done with the database itself.
const OPERATOR: &str = "operator";

#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token and print it; nothing tells it again. While a host holds a SQLite database, ask its API instead: `POST /api/v1/tokens`.
    Create(Create),
}

#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    database: Database,
    /// The tenant.
    #[arg(long, default_value = "default")]
    tenant: TenantId,
    /// Whose token it is.
    #[arg(long)]
    principal: PrincipalId,
    /// A role that the token has; may be repeated.
    #[arg(long = "role", required = true)]
    roles: Vec<Role>,
    /// The principal is a program, which may not vote.
    #[arg(long)]
    service_account: bool,
    /// How many days it works.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u64).range(1..=366))]
    expires_in_days: u64,
}

impl Token {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let TokenCommand::Create(create) = self.command;
        let opened = create.database.open().await?;
        let created = create.create(&opened).await;
        opened.close().await;
        created
    }
}

impl Create {
    #[expect(clippy::print_stdout, reason = "the token is the command's answer")]
    async fn create(self, opened: &Opened) -> Result<(), Failure> {
        self.database.data.create()?;
        let engine = Engine::builder()
            .shared_store(opened.store())
            .authorizer(OwnerOfTheDatabase)
            .blobs(Arc::new(FsBlobs::open(self.database.data.blobs(), BlobLimits::default())?))
            .ids(RandomIds)
            .build()?;
        let draft = TokenDraft {
            principal: self.principal,
            kind: if self.service_account { PrincipalKind::ServiceAccount } else { PrincipalKind::Person },
            roles: self.roles.into_iter().collect(),
            expires_in_days: self.expires_in_days,
        };
        let caller = Caller::person(self.tenant, OPERATOR.parse()?);
        let created = engine.create_token(&caller, &draft, &Options::default()).await?;
        println!("{}", created.value.secret.unwrap_or_default());
        Ok(())
    }
}

/// Whoever can write the database can give themselves any right; this says no more than that, and it is audited.
struct OwnerOfTheDatabase;

#[async_trait]
impl Authorizer for OwnerOfTheDatabase {
    async fn check(
        &self,
        _: &Caller,
        action: Action,
        _: &Object,
        _: &PolicySnapshot,
    ) -> Result<Verdict, AuthorizerError> {
        Ok(match action {
            Action::ManageTokens | Action::ManageRoles => Verdict::Allow,
            other => Verdict::Deny { reason: format!("`{other}` is not what this command is for") },
        })
    }
}
