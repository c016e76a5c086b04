//! Casbin's part: may a role do an action to an object in a tenant?

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use casbin::{CoreApi as _, DefaultModel, Enforcer, Model as _, NullAdapter};
use cicd_core::authz::Action;
use cicd_core::id::Role;
use cicd_core::port::AuthorizerError;

use crate::error::LoadError;
use crate::policy::Policy;

/// Stands for whatever no policy names: neither a role nor a tenant nor an action is spelled like it.
const NOBODY: &str = "-";

/// What each section of a model has to say. Columns are passed by place, and Casbin knows other effects than ours, with
/// which the roles of one caller would not add up.
const SECTIONS: [(&str, &str, &str, &str); 3] = [
    ("r", "request_definition", "r_sub,r_tenant,r_obj,r_act", "r = sub, tenant, obj, act"),
    ("p", "policy_definition", "p_sub,p_tenant,p_obj,p_act", "p = sub, tenant, obj, act"),
    ("e", "policy_effect", "some(where (p_eft == allow))", "e = some(where (p.eft == allow))"),
];

/// An enforcer whose model and policy were checked.
pub(crate) struct Rules {
    enforcer: Enforcer,
    roles: Vec<Role>,
    /// Each role with those whose rights it has too.
    implied: HashMap<Role, BTreeSet<Role>>,
}

impl Rules {
    pub(crate) async fn load(model: &str, policy: &str) -> Result<Self, LoadError> {
        let mut model = DefaultModel::from_str(model).await?;
        check(&model)?;
        let Policy { rights, links, roles } = Policy::parse(policy)?;
        model.add_policies("p", "p", rights);
        model.add_policies("g", "g", links);
        let mut enforcer = Enforcer::new_raw(model, NullAdapter).await?;
        enforcer.build_role_links()?;
        let implied = roles.iter().map(|role| (role.clone(), linked(&enforcer, role, &roles))).collect();
        let rules = Self { enforcer, roles, implied };
        rules.probe()?;
        Ok(rules)
    }

    /// Every role that the policy knows.
    pub(crate) fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// `held`, and the roles whose rights come with them.
    pub(crate) fn implied(&self, held: BTreeSet<Role>) -> BTreeSet<Role> {
        let more: Vec<Role> =
            held.iter().filter_map(|role| self.implied.get(role)).flatten().cloned().collect();
        held.into_iter().chain(more).collect()
    }

    /// Whether `role` may do `action` to `object`, as [`crate::object::path`] writes it.
    pub(crate) fn allow(
        &self,
        role: &str,
        tenant: &str,
        object: &str,
        action: &str,
    ) -> Result<bool, AuthorizerError> {
        // A matcher is a script, and Casbin turns its script engine's checks off: a division by zero unwinds.
        let asked = catch_unwind(AssertUnwindSafe(|| self.enforcer.enforce((role, tenant, object, action))));
        let failed = |message: String| AuthorizerError { message };
        match asked {
            Ok(verdict) => verdict.map_err(|error| failed(error.to_string())),
            Err(_) => Err(failed("the matcher of the model panicked".into())),
        }
    }

    /// Asks what has to be denied: a matcher that forgets the role or the action would allow it, a broken one fails.
    fn probe(&self) -> Result<(), LoadError> {
        let ask = |role: &str, action: &str| {
            let verdict = self.allow(role, NOBODY, "tenant", action);
            let allowed = verdict.map_err(|error| LoadError::Matcher(error.message))?;
            let named = format!("it allows `{action}` to `{role}`, which no line of the policy names");
            if allowed { Err(LoadError::Matcher(named)) } else { Ok(()) }
        };
        Action::ALL.iter().try_for_each(|action| ask(NOBODY, action.as_str()))?;
        self.roles.iter().try_for_each(|role| ask(role.as_str(), NOBODY))
    }
}

/// The roles that Casbin's role manager links `role` to; itself is one.
fn linked(enforcer: &Enforcer, role: &Role, all: &[Role]) -> BTreeSet<Role> {
    let manager = enforcer.get_role_manager();
    let manager = manager.read();
    all.iter().filter(|other| manager.has_link(role.as_str(), other.as_str(), None)).cloned().collect()
}

fn check(model: &DefaultModel) -> Result<(), LoadError> {
    for (key, section, expected, accepted) in SECTIONS {
        let found = definition(model, key);
        if found != expected {
            return Err(LoadError::Model { section, found: found.replace('_', "."), accepted });
        }
    }
    let links = definition(model, "g");
    if links.replace(' ', "") != "_,_" {
        return Err(LoadError::Model { section: "role_definition", found: links, accepted: "g = _, _" });
    }
    if definition(model, "m").is_empty() {
        let accepted = "one `m = …`";
        return Err(LoadError::Model { section: "matchers", found: String::new(), accepted });
    }
    Ok(())
}

/// What the only definition of a section says; empty when there is none, or more than one.
fn definition(model: &DefaultModel, key: &str) -> String {
    let Some(section) = model.get_model().get(key).filter(|section| section.len() == 1) else {
        return String::new();
    };
    let assertion = section.get(key);
    assertion.map_or_else(String::new, |assertion| match key {
        "r" | "p" => assertion.tokens.join(","),
        _ => assertion.value.clone(),
    })
}
