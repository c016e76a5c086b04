//! What a grant says, without who gave it and when: this is also its key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::GrantScope;
use crate::id::{Environment, PrincipalId, Role, ServiceId};
use crate::service::Tier;
use crate::violation::{Fields, Path, Violations};

/// Stands in the text of a key where a grant is not limited. No id is spelled like it.
const ANY: &str = "*";
/// Parts the text of a key. No id contains it.
const BETWEEN: char = '|';

/// A principal's role, and where it holds. Its text is `principal|role|service|environment|tier`, with `*` for what it is not
/// limited to, such as `ben|approver|*|*|production`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantKey {
    /// Who.
    pub principal: PrincipalId,
    /// What.
    pub role: Role,
    /// Where.
    #[cfg_attr(feature = "openapi", schema(default = json!({})))]
    pub scope: GrantScope,
}

/// A text that is no key of a grant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` names no grant; accepted: `principal|role|service|environment|tier` with `*` for what is not limited"
)]
pub struct NoGrantKey {
    given: String,
}

impl GrantKey {
    /// `role` for `principal`, in the whole tenant.
    #[must_use]
    pub fn new(principal: PrincipalId, role: Role) -> Self {
        Self { principal, role, scope: GrantScope::default() }
    }

    /// Reads `{"principal": "ben", "role": "approver", "scope": {"tier": "production"}}`; the scope may be left out, and takes
    /// `service`, `environment` and `tier`.
    ///
    /// # Errors
    /// Every violation.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| {
            let mut fields = Fields::of(value, &Path::root(), violations)?;
            let principal = fields.parsed("principal", "principal", violations);
            let role = fields.parsed("role", "role", violations);
            let scope = match fields.optional("scope") {
                None => Some(GrantScope::default()),
                Some((value, path)) => scope(value, &path, violations),
            };
            fields.finish(violations);
            Some(Self { principal: principal?, role: role?, scope: scope? })
        })
    }
}

fn scope(value: &Value, path: &Path, violations: &mut Violations) -> Option<GrantScope> {
    let mut fields = Fields::of(value, path, violations)?;
    let scope = GrantScope {
        service: limit(&mut fields, "service", "slug", violations),
        environment: limit(&mut fields, "environment", "slug", violations),
        tier: limit(&mut fields, "tier", "unknown_choice", violations),
    };
    fields.finish(violations);
    Some(scope)
}

fn limit<T: FromStr<Err: fmt::Display>>(
    fields: &mut Fields<'_>,
    name: &'static str,
    code: &'static str,
    violations: &mut Violations,
) -> Option<T> {
    let (value, path) = fields.optional(name)?;
    crate::violation::parsed(value, &path, code, violations)
}

impl fmt::Display for GrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.principal, &self.role, &self.scope))
    }
}

/// The text of a key.
pub(super) fn text(principal: &PrincipalId, role: &Role, scope: &GrantScope) -> String {
    let service = scope.service.as_ref().map_or(ANY, ServiceId::as_str);
    let environment = scope.environment.as_ref().map_or(ANY, Environment::as_str);
    let tier = scope.tier.map_or(ANY, Tier::as_str);
    format!("{principal}|{role}|{service}|{environment}|{tier}")
}

impl FromStr for GrantKey {
    type Err = NoGrantKey;

    fn from_str(text: &str) -> Result<Self, NoGrantKey> {
        fn limited<T: FromStr>(part: &str) -> Option<Option<T>> {
            if part == ANY { Some(None) } else { part.parse().ok().map(Some) }
        }
        let read = || {
            let parts: Vec<&str> = text.split(BETWEEN).collect();
            let [principal, role, service, environment, tier] = <[&str; 5]>::try_from(parts).ok()?;
            let scope = GrantScope {
                service: limited(service)?,
                environment: limited(environment)?,
                tier: limited(tier)?,
            };
            Some(Self { principal: principal.parse().ok()?, role: role.parse().ok()?, scope })
        };
        read().ok_or_else(|| NoGrantKey { given: text.chars().take(80).collect() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for text in ["ben|approver|*|*|production", "ci@example.com|developer|shop|eu-west|*", "a|b|*|*|*"] {
            assert_eq!(text.parse::<GrantKey>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "ben",
            "ben|approver",
            "ben|approver|*|*",
            "ben|approver|*|*|moon",
            "|a|*|*|*",
            "a|b|*|*|*|*",
        ] {
            assert!(text.parse::<GrantKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_draft_has_every_violation() {
        let draft = json!({ "principal": "", "scope": { "tier": "moon", "planet": 1 }, "extra": true });
        let violations = GrantKey::parse(&draft).unwrap_err();
        let paths: Vec<_> = violations.iter().map(|violation| violation.path.clone()).collect();
        for path in ["/principal", "/role", "/scope/tier", "/scope/planet", "/extra"] {
            assert!(paths.iter().any(|found| found == path), "{path}: {paths:?}");
        }
        let whole = GrantKey::parse(&json!({ "principal": "ben", "role": "approver" })).unwrap();
        assert_eq!(whole.to_string(), "ben|approver|*|*|*");
    }
}
