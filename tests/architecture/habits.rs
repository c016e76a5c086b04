//! Small habits that the compiler doesn't keep for us.

use crate::source::{self, MEMBERS};

#[test]
fn every_member_takes_the_workspace_lints() {
    for member in MEMBERS {
        let manifest =
            std::fs::read_to_string(source::root().join(member).join("Cargo.toml")).expect("a manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "`{member}` has lints of its own");
    }
}

#[test]
fn every_member_is_looked_at() {
    let manifest = std::fs::read_to_string(source::root().join("Cargo.toml")).expect("a manifest");
    let list =
        manifest.split_once("members = [").and_then(|(_, rest)| rest.split_once(']')).expect("members").0;
    let members: Vec<&str> = list.split(',').map(|name| name.trim().trim_matches('"')).collect();
    let unknown: Vec<_> = members.iter().filter(|name| !name.is_empty() && !MEMBERS.contains(name)).collect();
    assert!(unknown.is_empty(), "add {unknown:?} to the members that these tests read");
}

#[test]
fn nothing_is_left_for_later() {
    // Written in two halves, so that this file doesn't find itself.
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimplemented", "!("), concat!("todo", "!(")];
    let mut found = Vec::new();
    for member in MEMBERS {
        for (path, text) in source::files(&source::root().join(member)) {
            for (number, line) in text.lines().enumerate() {
                if marks.iter().any(|mark| line.contains(mark)) {
                    found.push(format!("{member}/{}:{}: {}", path.display(), number + 1, line.trim()));
                }
            }
        }
    }
    assert!(found.is_empty(), "finish it, or open an issue: {found:#?}");
}

#[test]
fn only_the_binary_knows_the_adapters() {
    let adapters = ["cicd_store_sqlite::", "cicd_cache::", "cicd_authz_casbin::", "cicd_executor::"];
    let mut found = Vec::new();
    for (path, text) in source::files(&source::root().join("cicd-http/src")) {
        let wiring = path.starts_with("bin") || path.ends_with("main.rs");
        if !wiring && adapters.iter().any(|adapter| source::shipped(&text).any(|line| line.contains(adapter)))
        {
            found.push(path.display().to_string());
        }
    }
    assert!(found.is_empty(), "the router serves any engine; adapters are wired in `bin`: {found:?}");
}
