//! Who can what, asked of Casbin cell by cell.

use std::fmt::Write as _;

use cicd_core::authz::{Action, Object};
use cicd_core::id::Role;
use cicd_core::port::AuthorizerError;
use cicd_core::service::Tier;

use crate::object;
use crate::rules::Rules;

/// Stands for a tenant and for ids that no line of a policy names.
const ANY: &str = "any";

pub(crate) fn who_can_what(rules: &Rules) -> Result<String, AuthorizerError> {
    let roles = rules.roles();
    let names: Vec<&str> = roles.iter().map(Role::as_str).collect();
    let mut table = format!("| action | {} |\n|---|{}\n", names.join(" | "), ":-:|".repeat(roles.len()));
    let objects = objects();
    for action in Action::ALL {
        let mut row = format!("| `{action}` |");
        for role in &names {
            let mut allowed = 0;
            for object in &objects {
                allowed += usize::from(rules.allow(role, ANY, object, action.as_str())?);
            }
            let cell = match allowed {
                0 => "",
                all if all == objects.len() => " ●",
                _ => " ◐",
            };
            // Writing to a text can't fail.
            let _ = write!(row, "{cell} |");
        }
        table.push_str(&row);
        table.push('\n');
    }
    Ok(table)
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
