//! How an object is written in a policy.

use cicd_core::authz::Object;
use cicd_core::id::{DeploymentId, Environment, ServiceId};
use cicd_core::service::Tier;

/// What stands where an object has no such part. No id is spelled like it.
const NONE: &str = "-";

/// `tenant`, `service/<service>` or `deployment/<tier>/<environment>/<service>/<deployment>`: the parts from wide to narrow,
/// so that a policy can name a prefix such as `deployment/staging/*`.
pub(crate) fn path(object: &Object) -> String {
    let Object { service, deployment, environment, tier } = object;
    match (service, deployment, environment, tier) {
        (None, None, None, None) => "tenant".into(),
        (Some(service), None, None, None) => format!("service/{service}"),
        _ => {
            let tier = tier.map_or(NONE, Tier::as_str);
            let environment = environment.as_ref().map_or(NONE, Environment::as_str);
            let service = service.as_ref().map_or(NONE, ServiceId::as_str);
            let deployment = deployment.as_ref().map_or(NONE, DeploymentId::as_str);
            format!("deployment/{tier}/{environment}/{service}/{deployment}")
        }
    }
}

/// Whether a policy may name `pattern`: a typing error there would allow nothing, or too little, without a word.
pub(crate) fn is_pattern(pattern: &str) -> bool {
    let kinds = ["service/", "deployment/"];
    matches!(pattern, "*" | "tenant")
        || kinds.iter().any(|kind| pattern.starts_with(kind) && pattern != *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_written_from_wide_to_narrow() {
        let whole = Object {
            service: "web".parse().ok(),
            deployment: "web-eu".parse().ok(),
            environment: "eu".parse().ok(),
            tier: Some(Tier::Production),
        };
        assert_eq!(path(&whole), "deployment/production/eu/web/web-eu");
        assert_eq!(path(&Object::tenant()), "tenant");
        assert_eq!(path(&Object::service("web".parse().unwrap())), "service/web");
        let tier = Object { tier: Some(Tier::Staging), ..Object::tenant() };
        assert_eq!(path(&tier), "deployment/staging/-/-/-");
    }

    #[test]
    fn patterns() {
        for pattern in ["*", "tenant", "service/*", "service/web", "deployment/production/*"] {
            assert!(is_pattern(pattern), "{pattern}");
        }
        for pattern in ["", "tenants", "service/", "production", "services/web"] {
            assert!(!is_pattern(pattern), "{pattern}");
        }
    }
}
