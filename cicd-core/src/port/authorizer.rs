//! May this caller do that?

use std::collections::BTreeSet;

use async_trait::async_trait;

use crate::authz::{Action, Caller, Object, PolicySnapshot, Verdict, WhoCanWhat};
use crate::id::{PrincipalId, Role, TenantId};

/// The authorizer could not tell. The engine takes it for a denial.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the authorizer could not decide: {message}")]
pub struct AuthorizerError {
    /// What went wrong.
    pub message: String,
}

/// Decides who may do what.
///
/// - The verdict depends on the arguments alone: equal epochs of `policy` mean equal grants, so a verdict may be
///   remembered for (epoch, caller, action, object).
/// - What is not allowed is denied; an error is a denial.
#[async_trait]
pub trait Authorizer: Send + Sync + 'static {
    /// Whether `caller` may do `action` to `object` under `policy`.
    async fn check(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object,
        policy: &PolicySnapshot,
    ) -> Result<Verdict, AuthorizerError>;

    /// The roles that `principal` holds on `object` under `policy`: for these the principal's vote may count.
    async fn roles(
        &self,
        principal: &PrincipalId,
        object: &Object,
        policy: &PolicySnapshot,
    ) -> Result<BTreeSet<Role>, AuthorizerError> {
        Ok(policy.roles(principal, object))
    }

    /// What each role allows in `tenant`, as far as that can be told without asking who holds it; empty where it can't.
    async fn who_can_what(&self, tenant: &TenantId) -> Result<WhoCanWhat, AuthorizerError> {
        let _ = tenant;
        Ok(WhoCanWhat::default())
    }
}
