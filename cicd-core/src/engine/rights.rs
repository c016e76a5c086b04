//! Whether a caller may, and which roles count in a decision.

use std::collections::BTreeSet;

use super::Engine;
use super::error::EngineError;
use super::facts::Roles;
use crate::approval::Vote;
use crate::authz::{Action, Caller, Object, Verdict};
use crate::id::{PrincipalId, Role};
use crate::port::{AuthorizerError, Snapshot};
use crate::release::refusal::Refusal;
use crate::time::Timestamp;

impl Engine {
    /// Whether `caller` may; the denial is recorded.
    pub(super) async fn check(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object,
        snapshot: &Snapshot,
    ) -> Result<(), EngineError> {
        let reason = match self.0.authorizer.check(caller, action, object, &snapshot.policy).await {
            Ok(Verdict::Allow) => return Ok(()),
            Ok(Verdict::Deny { reason }) => reason,
            Err(error) => return Err(self.undecided(caller, action, object, &error, snapshot.now).await),
        };
        Err(self.denied(caller, action, object, reason, snapshot.now).await)
    }

    /// An authorizer that fails has denied.
    pub(super) async fn undecided(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object,
        error: &AuthorizerError,
        now: Timestamp,
    ) -> EngineError {
        tracing::error!(%action, %error, "the authorizer failed, so the caller is denied");
        self.denied(caller, action, object, "the authorizer could not decide".to_owned(), now).await
    }

    /// What a refusal that is a denial becomes, once it is recorded.
    pub(super) async fn refused(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object,
        refusal: &Refusal,
        now: Timestamp,
    ) -> EngineError {
        match self.denied(caller, action, object, refusal.code().to_owned(), now).await {
            EngineError::Denied { .. } => EngineError::Refused(Box::new(refusal.clone())),
            other => other,
        }
    }

    /// The roles of the caller and of those who voted, as they are now. A token's limits hold for its caller.
    pub(super) async fn roles(
        &self,
        caller: &Caller,
        object: &Object,
        snapshot: &Snapshot,
    ) -> Result<Roles, AuthorizerError> {
        let mut roles = self.voters(snapshot).await?;
        let mut mine = self.roles_of(&caller.principal, object, snapshot).await?;
        if let Some(limit) = &caller.limited_to {
            mine.retain(|role| limit.contains(role));
        }
        roles.insert(caller.principal.clone(), mine);
        Ok(roles)
    }

    /// The roles of those who voted, as they are now.
    pub(super) async fn voters(&self, snapshot: &Snapshot) -> Result<Roles, AuthorizerError> {
        let mut roles = Roles::new();
        if let (Some(release), Some(deployment)) = (&snapshot.release, &snapshot.deployment) {
            let object = Object::deployment(deployment);
            for Vote { person, .. } in &release.votes {
                roles.insert(person.clone(), self.roles_of(person, &object, snapshot).await?);
            }
        }
        Ok(roles)
    }

    async fn roles_of(
        &self,
        principal: &PrincipalId,
        object: &Object,
        snapshot: &Snapshot,
    ) -> Result<BTreeSet<Role>, AuthorizerError> {
        self.0.authorizer.roles(principal, object, &snapshot.policy).await
    }
}

pub(super) fn is_denial(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::RequesterVote { .. } | Refusal::NotEligible { .. })
}
