//! People, grants and objects for tests.

use cicd_authz_casbin::{CasbinAuthorizer, DEFAULT_MODEL, LoadError};
use cicd_core::authz::{Action, Caller, Grant, GrantScope, Object, PolicySnapshot, Verdict};
use cicd_core::id::RowVersion;
use cicd_core::port::Authorizer as _;
use cicd_core::service::Tier;
use cicd_core::time::Timestamp;
use futures_util::FutureExt as _;

pub(crate) fn default_roles() -> CasbinAuthorizer {
    CasbinAuthorizer::default_roles().now_or_never().expect("loading a text waits for nothing").unwrap()
}

pub(crate) fn with_policy(policy: &str) -> Result<CasbinAuthorizer, LoadError> {
    with_model(DEFAULT_MODEL, policy)
}

pub(crate) fn with_model(model: &str, policy: &str) -> Result<CasbinAuthorizer, LoadError> {
    CasbinAuthorizer::from_texts(model, policy).now_or_never().expect("loading a text waits for nothing")
}

pub(crate) fn ann() -> Caller {
    Caller::person("acme".parse().unwrap(), "ann".parse().unwrap())
}

pub(crate) fn grant(principal: &str, role: &str, scope: GrantScope) -> Grant {
    Grant {
        principal: principal.parse().unwrap(),
        role: role.parse().unwrap(),
        scope,
        granted_by: "root".parse().unwrap(),
        granted_at: Timestamp::EPOCH,
        row_version: RowVersion(1),
    }
}

/// A snapshot in which ann holds `roles` in the whole tenant.
pub(crate) fn holding(epoch: u64, roles: &[&str]) -> PolicySnapshot {
    let grants = roles.iter().map(|role| grant("ann", role, GrantScope::default())).collect();
    PolicySnapshot { epoch, grants }
}

pub(crate) fn deployment(service: &str, environment: &str, tier: Tier) -> Object {
    Object {
        service: service.parse().ok(),
        deployment: format!("{service}-{environment}").parse().ok(),
        environment: environment.parse().ok(),
        tier: Some(tier),
    }
}

pub(crate) fn verdict(
    authorizer: &CasbinAuthorizer,
    caller: &Caller,
    action: Action,
    object: &Object,
    policy: &PolicySnapshot,
) -> Verdict {
    authorizer
        .check(caller, action, object, policy)
        .now_or_never()
        .expect("a verdict waits for nothing")
        .unwrap()
}

pub(crate) fn denied(reason: &str) -> Verdict {
    Verdict::Deny { reason: reason.into() }
}
