//! Who may do what: our roles, or the operator's.

use std::path::PathBuf;

use cicd_authz_casbin::CasbinAuthorizer;
use clap::Args;

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Authorization {
    /// A Casbin model instead of ours.
    #[arg(long, env = "CICD_AUTHZ_MODEL", value_name = "FILE")]
    authz_model: Option<PathBuf>,
    /// A policy instead of our roles: who may do what.
    #[arg(long, env = "CICD_AUTHZ_POLICY", value_name = "FILE")]
    authz_policy: Option<PathBuf>,
}

impl Authorization {
    /// Reads the operator's files, where there are any.
    pub(crate) async fn authorizer(&self) -> Result<CasbinAuthorizer, Failure> {
        let (model, policy) = (self.authz_model.as_deref(), self.authz_policy.as_deref());
        Ok(CasbinAuthorizer::from_files(model, policy).await?)
    }
}
