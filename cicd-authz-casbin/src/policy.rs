//! The text of a policy: read line by line and checked, because Casbin takes whatever a line says.

use std::collections::BTreeSet;

use cicd_core::authz::{Action, roles};
use cicd_core::id::{Role, TenantId};

use crate::error::LoadError;
use crate::object;

const ACCEPTED: &str = "`p, role, tenant, object, action` or `g, role, role whose rights it has too`";

/// A policy whose roles and actions are all known.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    /// `role, tenant, object, action`.
    pub(crate) rights: Vec<Vec<String>>,
    /// `role, role whose rights it has too`. A role of the operator's own comes into being here.
    pub(crate) links: Vec<Vec<String>>,
    /// Every role: the default ones in their order, then the operator's.
    pub(crate) roles: Vec<Role>,
}

impl Policy {
    pub(crate) fn parse(text: &str) -> Result<Self, LoadError> {
        let lines = || {
            let lines = text.lines().map(str::trim).enumerate();
            lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        };
        let mut policy = Self { roles: roles::all(), ..Self::default() };
        for (index, line) in lines() {
            policy.add(line).map_err(|message| LoadError::Policy { line: index + 1, message })?;
        }
        for (index, line) in lines() {
            policy.roles_are_known(line).map_err(|message| LoadError::Policy { line: index + 1, message })?;
        }
        Ok(policy)
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        match fields.as_slice() {
            ["p", role, tenant, object, action] => {
                slug(role)?;
                is_tenant(tenant)?;
                is_object(object)?;
                is_action(action)?;
                self.rights.push(owned(&[role, tenant, object, action]));
            }
            ["g", role, other] => {
                let own = slug(role)?;
                slug(other)?;
                self.links.push(owned(&[role, other]));
                if !self.roles.contains(&own) {
                    self.roles.push(own);
                }
            }
            _ => return Err(format!("`{line}` is neither a right nor a link; accepted: {ACCEPTED}")),
        }
        Ok(())
    }

    /// A role that nothing declares is a typing error: it would hold rights that nobody meant to give.
    fn roles_are_known(&self, line: &str) -> Result<(), String> {
        let known: BTreeSet<&str> = self.roles.iter().map(Role::as_str).collect();
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let named = match fields.as_slice() {
            ["g", _, role] | ["p", role, ..] => role,
            _ => return Ok(()),
        };
        if known.contains(named) {
            return Ok(());
        }
        let listed = self.roles.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ");
        Err(format!(
            "the role `{named}` is unknown; accepted: {listed}, or one that a line `g, {named}, …` declares"
        ))
    }
}

fn slug(role: &str) -> Result<Role, String> {
    role.parse().map_err(|error: cicd_core::id::ParseIdError| error.to_string())
}

fn is_tenant(tenant: &str) -> Result<(), String> {
    match tenant {
        "*" => Ok(()),
        _ => tenant.parse::<TenantId>().map(drop).map_err(|error| format!("{error}, or `*`")),
    }
}

fn is_object(pattern: &str) -> Result<(), String> {
    const ACCEPTED: &str = "`*`, `tenant`, `service/<service>`, \
                            `deployment/<tier>/<environment>/<service>/<deployment>`, or the beginning of one and `*`";
    if object::is_pattern(pattern) {
        Ok(())
    } else {
        Err(format!("`{pattern}` is no object; accepted: {ACCEPTED}"))
    }
}

/// No `*`: an action that a later version adds is nobody's until somebody gives it.
fn is_action(action: &str) -> Result<(), String> {
    if Action::ALL.iter().any(|known| known.as_str() == action) {
        return Ok(());
    }
    let listed = Action::ALL.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
    Err(format!("the action `{action}` is unknown; accepted: {listed}"))
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Policy::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_default_policy_is_read_whole() {
        let policy = Policy::parse(crate::DEFAULT_POLICY).unwrap();
        assert_eq!(policy.rights.len(), crate::DEFAULT_POLICY.matches("\np, ").count());
        assert_eq!(policy.roles, roles::all());
    }

    #[test]
    fn an_own_role_is_declared_by_what_it_inherits() {
        let policy = Policy::parse("p, qa, acme, service/*, read\ng, qa, approver\n").unwrap();
        assert_eq!(policy.roles.last().map(Role::as_str), Some("qa"));
        assert_eq!(policy.links, [["qa", "approver"]]);
        assert_eq!(policy.rights, [["qa", "acme", "service/*", "read"]]);
    }

    #[test]
    fn every_mistake_names_its_line_and_what_is_accepted() {
        for (text, expected) in [
            (
                "# ours\np, qa, *, *, read",
                "line 2 of the policy: the role `qa` is unknown; accepted: `viewer`, ",
            ),
            ("g, qa, approvers", "line 1 of the policy: the role `approvers` is unknown"),
            (
                "p, viewer, *, *, reads",
                "line 1 of the policy: the action `reads` is unknown; accepted: `read`, ",
            ),
            ("p, viewer, *, *, *", "line 1 of the policy: the action `*` is unknown"),
            ("p, Viewer, *, *, read", "line 1 of the policy: `Viewer` is not a role; accepted: 1 to 63"),
            ("p, viewer, Acme, *, read", "line 1 of the policy: `Acme` is not a tenant; accepted: 1 to 63"),
            ("p, viewer, *, staging, read", "line 1 of the policy: `staging` is no object; accepted: `*`, "),
            (
                "p, viewer, *, read",
                "line 1 of the policy: `p, viewer, *, read` is neither a right nor a link",
            ),
            ("p2, viewer, *, *, read", "line 1 of the policy: `p2, viewer, *, *, read` is neither"),
            ("p, viewer, *, *, read, deny", "line 1 of the policy: `p, viewer, *, *, read, deny` is neither"),
        ] {
            let message = refused(text);
            assert!(message.starts_with(expected), "{text}\n{message}");
        }
    }
}
