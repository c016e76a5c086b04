//! API tokens: a credential of a principal, limited to some of the principal's roles. Only its hash is stored.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Caller, PrincipalKind};
use crate::digest::Digest;
use crate::id::{PrincipalId, Role, RowVersion, TenantId, TokenId};
use crate::time::Timestamp;
use crate::violation::{Fields, Path, Violations, parsed};

/// The longest life of a token, in days.
pub const MAX_DAYS: u64 = 366;

/// What makes a token a session: the token that opened it, which has to go on working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFacts {
    /// The token that opened it.
    pub opened_by: TokenId,
    /// SHA-256 of that token.
    pub opener: Digest,
    /// The key under which the time of its last use is signed.
    pub key: Digest,
}

/// A token as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose credential it is.
    pub principal: PrincipalId,
    /// Person or program.
    pub kind: PrincipalKind,
    /// The roles that it is limited to.
    pub roles: BTreeSet<Role>,
    /// SHA-256 of the token.
    pub hash: Digest,
    /// The token's first characters, by which a person recognises it.
    pub hint: String,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// Who created it.
    pub created_by: PrincipalId,
    /// When.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// What makes it a session, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionFacts>,
    /// The version of the row.
    pub row_version: RowVersion,
}

impl Token {
    /// Whether it works at `now`.
    #[must_use]
    pub fn works(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// The caller that shows it.
    #[must_use]
    pub fn caller(&self, tenant: TenantId) -> Caller {
        Caller {
            tenant,
            principal: self.principal.clone(),
            kind: self.kind,
            limited_to: Some(self.roles.clone()),
            token: Some(self.id),
            request_id: None,
            trace: None,
        }
    }
}

/// A token as somebody asks for it. Its principal is granted the roles that it does not hold yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenDraft {
    /// Whose credential it will be.
    pub principal: PrincipalId,
    /// Person or program.
    #[cfg_attr(feature = "openapi", schema(default = "person"))]
    pub kind: PrincipalKind,
    /// The roles that it is limited to; at least one.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
    pub roles: BTreeSet<Role>,
    /// How long it works, in days, 1 to [`MAX_DAYS`].
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 366, default = 90))]
    pub expires_in_days: u64,
}

impl TokenDraft {
    /// Reads `{"principal": …, "kind": "person", "roles": […], "expires_in_days": 30}`; kind and days may be left out.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::read(value, violations))
    }

    fn read(value: &Value, violations: &mut Violations) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let principal = fields.parsed("principal", "principal", violations);
        let kind = match fields.optional("kind") {
            None => Some(PrincipalKind::Person),
            Some((value, path)) => parsed(value, &path, "unknown_choice", violations),
        };
        let listed = fields.list("roles", 20, violations);
        let roles: BTreeSet<Role> =
            listed.iter().filter_map(|(value, path)| parsed(value, path, "role", violations)).collect();
        if listed.is_empty() {
            violations.push("/roles", "required", "a token has at least one role");
        }
        let expires_in_days = fields.integer("expires_in_days", Some(90), 1..=MAX_DAYS, violations);
        fields.finish(violations);
        Some(Self { principal: principal?, kind: kind?, roles, expires_in_days: expires_in_days? })
    }
}
