//! The part of `deny.toml` that is checked here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::expression;
use crate::failure::{Context as _, Failure};

/// What `deny.toml` says.
pub(super) struct Rules {
    licences: BTreeSet<String>,
    exceptions: BTreeMap<String, BTreeSet<String>>,
    banned: BTreeSet<String>,
    registries: BTreeSet<String>,
}

impl Rules {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let shown = || format!("`{}`", path.display());
        let text = std::fs::read_to_string(path).context(shown)?;
        let file: toml::Table = toml::from_str(&text).context(shown)?;
        let list = |section: &str, key: &str| entries(file.get(section), key);
        let texts = |section: &str, key: &str| {
            list(section, key).iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
        };
        let exceptions = list("licenses", "exceptions");
        Ok(Self {
            licences: texts("licenses", "allow"),
            exceptions: exceptions.iter().filter_map(exception).collect(),
            banned: list("bans", "deny").iter().filter_map(named).collect(),
            registries: texts("sources", "allow-registry"),
        })
    }

    /// Every rule that `package`, an entry of `cargo metadata`, breaks.
    pub(super) fn complaints(&self, package: &Value) -> Vec<String> {
        let text = |name: &str| package.get(name).and_then(Value::as_str).unwrap_or_default();
        let mut complaints = Vec::new();
        let more = self.exceptions.get(text("name"));
        let accepted = |licence: &str| {
            self.licences.contains(licence) || more.is_some_and(|more| more.contains(licence))
        };
        if !expression::satisfied(text("license"), &accepted) {
            complaints.push(format!("licence `{}` is not allowed", text("license")));
        }
        if self.banned.contains(text("name")) {
            complaints.push("is banned".to_owned());
        }
        let source = text("source");
        let address = source.strip_prefix("registry+").or_else(|| source.strip_prefix("sparse+"));
        if !source.is_empty() && !address.is_some_and(|address| self.registries.contains(address)) {
            complaints.push(format!("source `{source}` is not allowed"));
        }
        complaints
    }
}

fn entries<'a>(section: Option<&'a toml::Value>, key: &str) -> &'a [toml::Value] {
    section.and_then(|section| section.get(key)?.as_array()).map_or(&[], Vec::as_slice)
}

/// The crate that an entry of a list names: `"name"` or `{ crate = "name", … }`, with or without `@version`.
fn named(entry: &toml::Value) -> Option<String> {
    let text = entry.as_str().or_else(|| entry.get("crate")?.as_str())?;
    text.split('@').next().map(str::to_owned)
}

fn exception(entry: &toml::Value) -> Option<(String, BTreeSet<String>)> {
    let licences = entries(Some(entry), "allow");
    Some((named(entry)?, licences.iter().filter_map(|licence| licence.as_str().map(str::to_owned)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Rules {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        Rules::read(file.path()).expect("rules")
    }

    #[test]
    fn names_every_broken_rule() {
        let rules = rules(
            "[licenses]\nallow = [\"MIT\"]\nexceptions = [{ crate = \"ring\", allow = [\"ISC\"] }]\n\
             [bans]\ndeny = [{ crate = \"openssl\" }]\n[sources]\nallow-registry = [\"https://example.org/index\"]\n",
        );
        let package = |name: &str, licence: &str, source: &str| serde_json::json!({"name": name, "license": licence, "source": source});
        let fine = "registry+https://example.org/index";
        assert!(rules.complaints(&package("a", "MIT", fine)).is_empty());
        assert!(rules.complaints(&package("ring", "ISC AND MIT", fine)).is_empty());
        assert_eq!(rules.complaints(&package("a", "ISC", fine)).len(), 1);
        assert_eq!(rules.complaints(&package("openssl", "GPL-3.0", "git+https://example.org/x")).len(), 3);
        assert!(
            rules
                .complaints(&serde_json::json!({"name": "ours", "license": "MIT", "source": null}))
                .is_empty()
        );
        assert_eq!(rules.complaints(&serde_json::json!({"name": "bare", "license": null})).len(), 1);
    }
}
