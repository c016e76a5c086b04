//! Who can what, asked of Casbin cell by cell.

use std::fmt::Write as _;

use cicd_core::authz::{Action, Object, Reach, RoleRight, RoleRights, WhoCanWhat};
use cicd_core::id::TenantId;
use cicd_core::port::AuthorizerError;
use cicd_core::service::Tier;

use crate::object;
use crate::rules::Rules;

/// Stands for a tenant and for ids that no line of a policy names.
const ANY: &str = "any";

/// What each role that the policy knows allows in `tenant`; in one that no line names where none is given.
pub(crate) fn rights(rules: &Rules, tenant: Option<&TenantId>) -> Result<WhoCanWhat, AuthorizerError> {
    let tenant = tenant.map_or(ANY, TenantId::as_str);
    let objects = objects();
    let roles = rules.roles().iter().map(|role| {
        let actions = Action::ALL.iter().map(|action| {
            let mut allowed = 0;
            for object in &objects {
                allowed += usize::from(rules.allow(role.as_str(), tenant, object, action.as_str())?);
            }
            let reach = match allowed {
                0 => Reach::Nowhere,
                all if all == objects.len() => Reach::Everywhere,
                _ => Reach::Somewhere,
            };
            Ok(RoleRight { action: *action, reach })
        });
        Ok(RoleRights { role: role.clone(), actions: actions.collect::<Result<_, AuthorizerError>>()? })
    });
    Ok(WhoCanWhat { roles: roles.collect::<Result<_, AuthorizerError>>()? })
}

/// The same as a Markdown table.
pub(crate) fn markdown(rights: &WhoCanWhat) -> String {
    let names: Vec<&str> = rights.roles.iter().map(|rights| rights.role.as_str()).collect();
    let mut table = format!("| action | {} |\n|---|{}\n", names.join(" | "), ":-:|".repeat(names.len()));
    for (index, action) in Action::ALL.iter().enumerate() {
        let mut row = format!("| `{action}` |");
        for role in &rights.roles {
            let cell = match role.actions.get(index).map(|right| right.reach) {
                None | Some(Reach::Nowhere) => "",
                Some(Reach::Everywhere) => " ●",
                Some(Reach::Somewhere) => " ◐",
            };
            // Writing to a text can't fail.
            let _ = write!(row, "{cell} |");
        }
        table.push_str(&row);
        table.push('\n');
    }
    table
}

/// One object of each kind, and a deployment of each tier.
fn objects() -> Vec<String> {
    let service = || ANY.parse().ok();
    let deployment = |tier: &Tier| Object {
        service: service(),
        deployment: ANY.parse().ok(),
        environment: ANY.parse().ok(),
        tier: Some(*tier),
    };
    let wide = [Object::tenant(), Object { service: service(), ..Object::tenant() }];
    wide.into_iter().chain(Tier::ALL.iter().map(deployment)).map(|object| object::path(&object)).collect()
}
