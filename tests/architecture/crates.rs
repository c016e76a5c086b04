//! Who may depend on whom, and what none of our crates may bring in.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::source;

/// What one crate may and may not depend on. Dev-dependencies are free: they ship to nobody.
struct Rule {
    name: &'static str,
    /// Those of our crates that it may depend on.
    ours: &'static [&'static str],
    /// Crates of others that it never depends on.
    never: &'static [&'static str],
    /// Those of `ours` that only a feature may bring in.
    optional: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        name: "cicd-core",
        ours: &[],
        never: &[
            "sqlx",
            "axum",
            "reqwest",
            "hyper",
            "tower",
            "redis",
            "moka",
            "casbin",
            "wasm-bindgen",
            "js-sys",
            "getrandom",
            "rand",
            "regex",
            "chrono-tz",
            "globset",
            "nix",
            "libc",
        ],
        optional: &["tokio", "utoipa"],
    },
    adapter("cicd-store-postgres"),
    adapter("cicd-store-sqlite"),
    adapter("cicd-cache"),
    adapter("cicd-authz-casbin"),
    adapter("cicd-executor"),
    Rule {
        name: "cicd-http",
        ours: &[
            "cicd-core",
            "cicd-store-postgres",
            "cicd-store-sqlite",
            "cicd-cache",
            "cicd-authz-casbin",
            "cicd-executor",
        ],
        never: &["sqlx", "casbin", "rusqlite", "moka", "redis"],
        optional: &[
            "cicd-store-postgres",
            "cicd-store-sqlite",
            "cicd-cache",
            "cicd-authz-casbin",
            "cicd-executor",
        ],
    },
    Rule {
        name: "cicd-wasm",
        ours: &["cicd-core"],
        never: &["getrandom", "web-sys", "regex", "console_error_panic_hook"],
        optional: &[],
    },
];

const fn adapter(name: &'static str) -> Rule {
    Rule { name, ours: &["cicd-core"], never: &["axum", "tower-http", "hyper"], optional: &[] }
}

#[test]
fn every_crate_that_ships_keeps_to_its_rule() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(name).collect();
    let mut broken = Vec::new();
    for package in packages.iter().filter(|package| is_shipped(package)) {
        let Some(rule) = RULES.iter().find(|rule| rule.name == name(package)) else {
            broken.push(format!("`{}` has no rule in this test", name(package)));
            continue;
        };
        for dependency in shipped(package) {
            let depends = name(dependency);
            if ours.contains(depends) && !rule.ours.contains(&depends) {
                broken.push(format!(
                    "`{}` depends on `{depends}`; accepted of ours: {:?}",
                    rule.name, rule.ours
                ));
            }
            if rule.never.contains(&depends) {
                broken.push(format!("`{}` depends on `{depends}`", rule.name));
            }
            if rule.optional.contains(&depends) && dependency["optional"] != true {
                broken.push(format!("`{}` depends on `{depends}` without a feature", rule.name));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_rule_is_about_a_crate_that_exists() {
    let packages = packages();
    for rule in RULES {
        assert!(packages.iter().any(|package| name(package) == rule.name), "no member `{}`", rule.name);
    }
}

/// What a dependency of the core brings along counts too: the pure domain runs where there is no clock, no randomness, no
/// runtime, and the browser pays for every byte.
#[test]
fn the_pure_domain_stays_small() {
    let tree = source::cargo(&[
        "tree",
        "-p",
        "cicd-core",
        "--no-default-features",
        "-e",
        "normal",
        "--prefix",
        "none",
        "--locked",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(crates.contains("serde_json"), "the tree is not what this test reads: {tree}");
    let unwanted = [
        "tokio",
        "getrandom",
        "js-sys",
        "wasm-bindgen",
        "rand",
        "regex",
        "regex-automata",
        "tracing",
        "libc",
    ];
    let found: Vec<_> = unwanted.iter().filter(|name| crates.contains(**name)).collect();
    assert!(found.is_empty(), "the pure domain brings in {found:?}");
}

/// The browser's crate ships as an npm package, the others as crates.
fn is_shipped(package: &Value) -> bool {
    package["publish"].is_null() || name(package) == "cicd-wasm"
}

#[test]
fn the_browser_gets_the_pure_domain_alone() {
    let packages = packages();
    let wasm = packages.iter().find(|package| name(package) == "cicd-wasm").expect("the member");
    let core = shipped(wasm).find(|dependency| name(dependency) == "cicd-core").expect("the core");
    assert_eq!(
        (&core["uses_default_features"], &core["features"]),
        (&false.into(), &Value::Array(Vec::new()))
    );
}

fn packages() -> Vec<Value> {
    let metadata = source::cargo(&["metadata", "--format-version=1", "--no-deps", "--locked"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo prints JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn shipped(package: &Value) -> impl Iterator<Item = &Value> {
    package["dependencies"].as_array().into_iter().flatten().filter(|dependency| dependency["kind"] != "dev")
}

fn name(value: &Value) -> &str {
    value["name"].as_str().expect("a name")
}
