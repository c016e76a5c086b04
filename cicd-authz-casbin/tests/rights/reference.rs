//! The rules written down a second time, without Casbin, patterns, paths or memory.

use std::collections::BTreeSet;

use cicd_core::authz::{Action, Caller, Grant, Object, PrincipalKind};
use cicd_core::service::Tier;

/// To which objects a right reaches.
#[derive(Clone, Debug)]
pub(crate) enum Reach {
    Everything,
    TheTenant,
    Services,
    Service(String),
    DeploymentsOf(Tier),
}

/// One line `p` of a policy.
#[derive(Clone, Debug)]
pub(crate) struct Right {
    pub(crate) role: String,
    pub(crate) tenant: Option<String>,
    pub(crate) reach: Reach,
    pub(crate) action: Action,
}

/// A policy as data: rights, and which role has the rights of which other too.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) rights: Vec<Right>,
    pub(crate) links: Vec<(String, String)>,
}

impl Policy {
    /// Whether `caller` may do `action` to `object`.
    pub(crate) fn allows(&self, caller: &Caller, action: Action, object: &Object, grants: &[Grant]) -> bool {
        if action == Action::Vote && caller.kind == PrincipalKind::ServiceAccount {
            return false;
        }
        let mine = grants.iter().filter(|grant| grant.principal == caller.principal && covers(grant, object));
        let mut roles = BTreeSet::new();
        for grant in mine {
            self.spread(grant.role.as_str(), &mut roles);
        }
        if let Some(limit) = &caller.limited_to {
            roles.retain(|role| limit.iter().any(|allowed| allowed.as_str() == role));
        }
        let mut usable = BTreeSet::new();
        for role in &roles {
            self.spread(role, &mut usable);
        }
        self.rights.iter().any(|right| {
            usable.contains(&right.role)
                && right.action == action
                && right.tenant.as_deref().is_none_or(|tenant| tenant == caller.tenant.as_str())
                && reaches(&right.reach, object)
        })
    }

    fn spread(&self, role: &str, into: &mut BTreeSet<String>) {
        if into.insert(role.to_owned()) {
            let linked = self.links.iter().filter(|(from, _)| from == role);
            linked.for_each(|(_, to)| self.spread(to, into));
        }
    }
}

fn covers(grant: &Grant, object: &Object) -> bool {
    let scope = &grant.scope;
    (scope.service.is_none() || scope.service == object.service)
        && (scope.environment.is_none() || scope.environment == object.environment)
        && (scope.tier.is_none() || scope.tier == object.tier)
}

fn reaches(reach: &Reach, object: &Object) -> bool {
    let runs_somewhere = object.deployment.is_some() || object.environment.is_some() || object.tier.is_some();
    match reach {
        Reach::Everything => true,
        Reach::TheTenant => *object == Object::default(),
        Reach::Services => object.service.is_some() && !runs_somewhere,
        Reach::Service(id) => object.service.as_ref().is_some_and(|s| s.as_str() == id) && !runs_somewhere,
        Reach::DeploymentsOf(tier) => object.tier == Some(*tier),
    }
}
