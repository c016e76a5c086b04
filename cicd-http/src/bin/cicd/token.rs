//! `cicd token create`: for whoever owns the database's file, while no host holds it.

use std::sync::Arc;

use async_trait::async_trait;
use cicd_core::authz::{Action, Caller, Object, PolicySnapshot, PrincipalKind, TokenDraft, Verdict};
use cicd_core::engine::{Engine, Options};
use cicd_core::id::{PrincipalId, Role, TenantId};
use cicd_core::port::{Authorizer, AuthorizerError};
use cicd_executor::blobs::{BlobLimits, FsBlobs};
use cicd_http::RandomIds;
use cicd_store_sqlite::SqliteStore;
use clap::{Args, Subcommand};

use crate::data::Data;
use crate::failure::Failure;

/// Whom the audit names for what is done with the file itself.
const OPERATOR: &str = "operator";

#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token and print it; nothing tells it again. While a host runs, ask its API instead: `POST /api/v1/tokens`.
    Create(Create),
}

#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    data: Data,
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
        let store = create.data.open().await?;
        let created = create.create(store.clone()).await;
        store.close().await;
        created
    }
}

impl Create {
    #[expect(clippy::print_stdout, reason = "the token is the command's answer")]
    async fn create(self, store: SqliteStore) -> Result<(), Failure> {
        let engine = Engine::builder()
            .store(store)
            .authorizer(OwnerOfTheFile)
            .blobs(Arc::new(FsBlobs::open(self.data.blobs(), BlobLimits::default())?))
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

/// Whoever can write the database's file can give themselves any right; this says no more than that, and it is audited.
struct OwnerOfTheFile;

#[async_trait]
impl Authorizer for OwnerOfTheFile {
    async fn check(
        &self,
        _: &Caller,
        action: Action,
        _: &Object,
        _: &PolicySnapshot,
    ) -> Result<Verdict, AuthorizerError> {
        Ok(match action {
            Action::ManageTokens => Verdict::Allow,
            other => Verdict::Deny { reason: format!("`{other}` is not what this command is for") },
        })
    }
}
