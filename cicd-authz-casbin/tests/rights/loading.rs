//! An operator's own files: what is refused, and how.

use std::path::Path;

use cicd_authz_casbin::{CasbinAuthorizer, DEFAULT_MODEL, DEFAULT_POLICY, LoadError};
use cicd_core::authz::{Action, Object, Verdict};
use futures_util::FutureExt as _;

use crate::support::{ann, default_roles, holding, verdict, with_model, with_policy};

fn from_files(model: Option<&Path>, policy: Option<&Path>) -> Result<CasbinAuthorizer, LoadError> {
    CasbinAuthorizer::from_files(model, policy).now_or_never().unwrap()
}

#[test]
fn files_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let (model, policy) = (directory.path().join("model.conf"), directory.path().join("policy.csv"));
    std::fs::write(&model, DEFAULT_MODEL).unwrap();
    std::fs::write(&policy, "p, viewer, *, *, freeze.write\n").unwrap();
    let authorizer = from_files(Some(&model), Some(&policy)).unwrap();
    let ask = |action| verdict(&authorizer, &ann(), action, &Object::tenant(), &holding(1, &["viewer"]));
    assert_eq!(ask(Action::Freeze), Verdict::Allow);
    assert_ne!(ask(Action::Read), Verdict::Allow);
}

#[test]
fn a_missing_file_is_named() {
    let missing = Path::new("/nowhere/model.conf");
    let error = from_files(Some(missing), None).unwrap_err();
    assert_eq!(error.to_string(), "`/nowhere/model.conf` can't be read");
}

#[test]
fn a_file_that_can_t_be_used_is_named_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let (model, policy) = (directory.path().join("model.conf"), directory.path().join("policy.csv"));
    std::fs::write(&model, DEFAULT_MODEL.replace("[matchers]", "[matches]")).unwrap();
    std::fs::write(&policy, "# ours\np, viewer, *, *, reed\n").unwrap();
    let told = |model, policy| {
        let error = from_files(model, policy).unwrap_err();
        format!("{error}: {}", std::error::Error::source(&error).unwrap())
    };
    let of_policy = told(None, Some(&policy));
    let expected = format!("`{}` can't be used: line 2 of the policy: the action `reed`", policy.display());
    assert!(of_policy.starts_with(&expected), "{of_policy}");
    let of_model = told(Some(&model), None);
    assert!(of_model.starts_with(&format!("`{}` can't be used: ", model.display())), "{of_model}");
}

#[test]
fn the_default_texts_are_the_default_roles() {
    let own = with_policy(DEFAULT_POLICY).unwrap();
    assert_eq!(own.table().unwrap(), default_roles().table().unwrap());
}

#[test]
fn a_policy_with_a_mistake_is_refused() {
    let error = with_policy("p, viewer, *, *, reed").unwrap_err().to_string();
    assert!(
        error.starts_with("line 1 of the policy: the action `reed` is unknown; accepted: `read`, "),
        "{error}"
    );
}

#[test]
fn an_empty_policy_allows_nothing() {
    let authorizer = with_policy("").unwrap();
    for action in Action::ALL {
        let verdict = verdict(&authorizer, &ann(), *action, &Object::tenant(), &holding(1, &["admin"]));
        assert_ne!(verdict, Verdict::Allow, "{action}");
    }
}

/// The default model with `from` replaced; `from` is there.
fn altered(from: &str, to: &str) -> String {
    assert!(DEFAULT_MODEL.contains(from), "{from}");
    let error = with_model(&DEFAULT_MODEL.replace(from, to), DEFAULT_POLICY).unwrap_err();
    let source = std::error::Error::source(&error).map_or(String::new(), |source| format!(": {source}"));
    format!("{error}{source}")
}

#[test]
fn a_model_that_asks_otherwise_is_refused() {
    for (from, to, expected) in [
        (
            "r = sub, tenant, obj, act",
            "r = sub, obj, act",
            "`request_definition` is `r.sub,r.obj,r.act`; accepted: `r",
        ),
        (
            "p = sub, tenant, obj, act",
            "p = sub, tenant, obj, act, eft",
            "`policy_definition` is `p.sub,p.tenant,p.obj",
        ),
        (
            "some(where (p.eft == allow))",
            "!some(where (p.eft == deny))",
            "`policy_effect` is `!some(where (p.eft ==",
        ),
        (
            "some(where (p.eft == allow))",
            "some(where(p.eft==allow))",
            "`policy_effect` is `some(where(p.eft==allow))`",
        ),
        (
            "[policy_effect]",
            "[effect]",
            "`policy_effect` is ``; accepted: `e = some(where (p.eft == allow))`",
        ),
        ("g = _, _", "g = _, _, _", "`role_definition` is `_, _, _`; accepted: `g = _, _`"),
        ("g = _, _", "g = _, _\ng2 = _, _", "`role_definition` is ``; accepted: `g = _, _`"),
        ("[matchers]", "[matcher]", "`matchers` is ``; accepted: `one `m = …``"),
    ] {
        let message = altered(from, to);
        assert!(message.starts_with("the model's "), "{message}");
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_matcher_that_allows_what_no_line_says_is_refused() {
    for (from, to, expected) in [
        ("g(r.sub, p.sub)", "true", "it allows `read` to `-`, which no line of the policy names"),
        ("r.act == p.act &&", "true ||", "it allows `read` to `-`"),
        ("r.act == p.act &&", "", "it allows `-` to `viewer`"),
        ("g(r.sub, p.sub)", "holds(r.sub)", "`ErrorFunctionNotFound(\"holds"),
        ("g(r.sub, p.sub)", "g(r.sub, p.sub", "the model can't be used"),
    ] {
        let message = altered(from, to);
        assert!(message.contains(expected), "{to}\n{message}");
    }
}
