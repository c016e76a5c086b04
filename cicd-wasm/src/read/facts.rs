//! What stands around a release: rights, and what may be in its way.

use std::collections::BTreeMap;

use cicd_core::authz::{Action, Permission, Permissions};
use cicd_core::gate::{Freeze, FreezeScope, Lock};
use cicd_core::id::RowVersion;
use cicd_core::release::facts::Facts;
use cicd_core::service::Hold;

use super::At;
use crate::answer::Problem;

/// Reads what the API answers to `GET /me/permissions?deployment=…`.
pub(crate) fn permissions(at: At<'_>) -> Result<Permissions, Problem> {
    Ok(Permissions {
        principal: at.parsed("/principal")?,
        roles: at.roles("/roles")?,
        governance_epoch: at.number("/governance_epoch")?,
        actions: at.list("/actions", permission)?,
    })
}

fn permission(at: At<'_>) -> Result<Permission, Problem> {
    let name = at.text("/action")?;
    let action = Action::ALL.iter().find(|action| action.as_str() == name);
    Ok(Permission {
        action: *action.ok_or_else(|| At::none("/action"))?,
        allowed: at.flag("/allowed")?.unwrap_or(false),
        reason: at.maybe("/reason")?,
    })
}

/// Reads the facts of a decision.
pub(crate) fn facts(at: At<'_>) -> Result<Facts, Problem> {
    let members = at.optional("/roles").and_then(|roles| roles.0.as_object());
    let mut roles = BTreeMap::new();
    for (person, held) in members.into_iter().flatten() {
        let person = person.parse().map_err(|_| At::none("/roles"))?;
        roles.insert(person, At(held).roles("")?);
    }
    Ok(Facts {
        now: at.parsed("/now")?,
        lease_epoch: at.number_or("/lease_epoch", 0)?,
        deployment_revision: at.number("/deployment_revision")?,
        cd_config_revision: at.optional("/cd_config_revision").map(|at| at.number("")).transpose()?,
        minimum_votes: at.number_or("/minimum_votes", 0)?,
        freezes: at.list_or_none("/freezes", freeze)?,
        locks: at.list_or_none("/locks", lock)?,
        hold: at.optional("/hold").map(hold).transpose()?,
        executing: at.maybe("/executing")?,
        ahead: at.maybe("/ahead")?,
        overtaken_by: at.maybe("/overtaken_by")?,
        roles,
    })
}

fn freeze(at: At<'_>) -> Result<Freeze, Problem> {
    let scope = match at.text("/scope/kind")? {
        "tenant" => FreezeScope::Tenant,
        "tier" => FreezeScope::Tier { tier: at.parsed("/scope/tier")? },
        "deployment" => FreezeScope::Deployment { deployment: at.parsed("/scope/deployment")? },
        _ => return Err(At::none("/scope/kind")),
    };
    Ok(Freeze {
        id: at.parsed("/id")?,
        scope,
        from: at.parsed("/from")?,
        until: at.parsed("/until")?,
        reason: at.parsed("/reason")?,
        created_by: at.parsed("/created_by")?,
        created_at: at.parsed("/created_at")?,
        row_version: RowVersion(at.number("/row_version")?),
    })
}

fn lock(at: At<'_>) -> Result<Lock, Problem> {
    Ok(Lock {
        id: at.parsed("/id")?,
        deployment: at.parsed("/deployment")?,
        owner: at.parsed("/owner")?,
        reason: at.parsed("/reason")?,
        expires_at: at.parsed("/expires_at")?,
        created_at: at.parsed("/created_at")?,
        row_version: RowVersion(at.number("/row_version")?),
    })
}

fn hold(at: At<'_>) -> Result<Hold, Problem> {
    Ok(Hold { reason: at.parsed("/reason")?, release: at.parsed("/release")?, since: at.parsed("/since")? })
}
