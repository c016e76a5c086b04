//! The authorizer: grants in, verdicts out.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use async_trait::async_trait;
use cicd_core::authz::{Action, Caller, Object, PolicySnapshot, PrincipalKind, Verdict, WhoCanWhat};
use cicd_core::id::{PrincipalId, Role, TenantId};
use cicd_core::port::{Authorizer, AuthorizerError};

use crate::error::LoadError;
use crate::memory::{Memory, Question};
use crate::rules::Rules;
use crate::told::Told;
use crate::{DEFAULT_MODEL, DEFAULT_POLICY, object, table};

/// How many verdicts are remembered, of all tenants together: some 20 MiB at most.
const REMEMBERED: usize = 32_768;

/// Casbin decides who may do what.
///
/// - A caller may do what Casbin allows to one of the roles that the caller holds on the object: those of its grants whose
///   scope covers the object, with the roles that the policy links to them, and of these only the ones that the credential
///   is limited to.
/// - A service account never votes, whatever the policy says.
/// - A verdict is remembered for the epoch it was given under. A snapshot of another epoch is decided anew, an older one
///   too: no verdict of one epoch is ever the answer under another.
/// - What Casbin can't decide is an error, and is not remembered.
pub struct CasbinAuthorizer {
    rules: Rules,
    memory: Memory,
    told: Told,
}

impl CasbinAuthorizer {
    /// Our model and the six default roles of [`roles`](cicd_core::authz::roles).
    ///
    /// # Errors
    /// None in practice: the texts are this crate's own.
    pub async fn default_roles() -> Result<Self, LoadError> {
        Self::from_texts(DEFAULT_MODEL, DEFAULT_POLICY).await
    }

    /// An operator's own model or policy, or both; ours stands for what is `None`. See [`from_texts`](Self::from_texts).
    ///
    /// # Errors
    /// [`LoadError::Read`] and [`LoadError::File`], which name the file.
    pub async fn from_files(model: Option<&Path>, policy: Option<&Path>) -> Result<Self, LoadError> {
        let (model_text, policy_text) = (read(model, DEFAULT_MODEL)?, read(policy, DEFAULT_POLICY)?);
        let loaded = Self::from_texts(&model_text, &policy_text).await;
        loaded.map_err(|error| {
            let blamed = if matches!(error, LoadError::Policy { .. }) { policy } else { model };
            match blamed {
                Some(path) => LoadError::File { path: path.to_owned(), source: Box::new(error) },
                None => error,
            }
        })
    }

    /// A model and a policy as texts. They are the operator's, never a request's: a matcher is a script without limits.
    ///
    /// The model asks `sub, tenant, obj, act` of requests and policies, its effect is `some(where (p.eft == allow))`, and
    /// its roles are `g = _, _`; the matcher is free. The policy has lines `p, role, tenant, object, action` and
    /// `g, role, role whose rights it has too`. Roles are the default ones and those that stand first in a `g` line;
    /// actions are spelled one by one, as [`Action::as_str`] does; tenants are `*` or one; objects are `*`, `tenant`,
    /// `service/<service>` and `deployment/<tier>/<environment>/<service>/<deployment>`, or the beginning of one and `*`.
    ///
    /// # Errors
    /// [`LoadError`] that names the line and what would be accepted.
    pub async fn from_texts(model: &str, policy: &str) -> Result<Self, LoadError> {
        Ok(Self {
            rules: Rules::load(model, policy).await?,
            memory: Memory::new(REMEMBERED),
            told: Told::default(),
        })
    }

    /// Who can do what, as a Markdown table: every action and every role that the policy knows. Casbin is asked for each
    /// cell; ● stands for everywhere, ◐ for some kinds of objects or tiers only.
    ///
    /// # Errors
    /// [`AuthorizerError`] when the matcher fails.
    pub fn table(&self) -> Result<String, AuthorizerError> {
        Ok(table::markdown(&table::rights(&self.rules, None)?))
    }

    /// The roles that a principal holds on `object`, with those that the policy links to them.
    fn held(&self, principal: &PrincipalId, object: &Object, policy: &PolicySnapshot) -> BTreeSet<Role> {
        self.rules.implied(policy.roles(principal, object))
    }

    fn decide(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object,
        policy: &PolicySnapshot,
    ) -> Result<Verdict, AuthorizerError> {
        if action == Action::Vote && caller.kind == PrincipalKind::ServiceAccount {
            return Ok(deny("service accounts do not vote".into()));
        }
        let held = self.held(&caller.principal, object, policy);
        if held.is_empty() {
            return Ok(deny("no role is held here".into()));
        }
        let usable = |role: &&Role| caller.limited_to.as_ref().is_none_or(|limit| limit.contains(*role));
        let roles: BTreeSet<&Role> = held.iter().filter(usable).collect();
        if roles.is_empty() {
            return Ok(deny("the credential is limited to roles that are not held here".into()));
        }
        let (path, tenant) = (object::path(object), caller.tenant.as_str());
        for role in &roles {
            if self.rules.allow(role.as_str(), tenant, &path, action.as_str())? {
                return Ok(Verdict::Allow);
            }
        }
        let listed = roles.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ");
        Ok(deny(format!("none of the roles held here allows it: {listed}")))
    }
}

impl fmt::Debug for CasbinAuthorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CasbinAuthorizer").field("roles", &self.rules.roles()).finish_non_exhaustive()
    }
}

#[async_trait]
impl Authorizer for CasbinAuthorizer {
    async fn check(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object,
        policy: &PolicySnapshot,
    ) -> Result<Verdict, AuthorizerError> {
        let question = Question::new(caller, action, object);
        if let Some(verdict) = self.memory.recall(&caller.tenant, policy.epoch, &question) {
            return Ok(verdict);
        }
        let verdict = self.decide(caller, action, object, policy)?;
        self.memory.remember(&caller.tenant, policy.epoch, question, verdict.clone());
        Ok(verdict)
    }

    async fn roles(
        &self,
        principal: &PrincipalId,
        object: &Object,
        policy: &PolicySnapshot,
    ) -> Result<BTreeSet<Role>, AuthorizerError> {
        Ok(self.held(principal, object, policy))
    }

    async fn who_can_what(&self, tenant: &TenantId) -> Result<WhoCanWhat, AuthorizerError> {
        if let Some(told) = self.told.get(tenant) {
            return Ok(told);
        }
        let told = table::rights(&self.rules, Some(tenant))?;
        self.told.keep(tenant.clone(), told.clone());
        Ok(told)
    }
}

fn deny(reason: String) -> Verdict {
    Verdict::Deny { reason }
}

fn read(path: Option<&Path>, default: &str) -> Result<String, LoadError> {
    let Some(path) = path else { return Ok(default.to_owned()) };
    std::fs::read_to_string(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })
}
