//! Licences, bans and sources of every dependency, by the rules of `deny.toml`.
//!
//! `cargo deny check licenses bans sources` reads the same file; building that tool costs CI more than all the rest, so
//! the few rules we use are checked here.

mod expression;
mod rules;

use std::fmt::Write as _;

use serde_json::Value;

use crate::failure::Failure;
use crate::tool;
use rules::Rules;

/// Checks every dependency, and names all that break a rule.
pub(super) fn check() -> Result<String, Failure> {
    let rules = Rules::read(&tool::root().join("deny.toml"))?;
    let metadata =
        tool::stdout(&mut tool::cargo(&["metadata", "--format-version=1", "--all-features", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata.get("packages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut broken = String::new();
    for package in packages {
        for complaint in rules.complaints(package) {
            let text = |name: &str| package.get(name).and_then(Value::as_str).unwrap_or("?");
            // Writing to a `String` can't fail.
            let _ = writeln!(broken, "{} {}: {complaint}", text("name"), text("version"));
        }
    }
    if broken.is_empty() { Ok(format!("{} packages", packages.len())) } else { Err(Failure::new(broken)) }
}
