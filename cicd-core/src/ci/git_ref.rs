//! The branch or tag that a commit was reached by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::text::{excerpt, text_form};

/// How a commit was named: by a branch, by a tag, or by nothing but its id.
///
/// On the wire `{"type": "branch", "name": "main"}`, `{"type": "tag", "name": "v1"}` or `{"type": "commit"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", content = "name", rename_all = "kebab-case", deny_unknown_fields)]
pub enum GitRef {
    /// The head of a branch.
    Branch(RefName),
    /// A tag.
    Tag(RefName),
    /// The commit alone.
    Commit,
}

/// The name of a branch or tag, without `refs/heads/` or `refs/tags/`, by the rules of `git check-ref-format`, which
/// keep it from being read as an option or an expression.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, min_length = 1, max_length = 255))]
pub struct RefName(Box<str>);

/// A text that is no name of a branch or tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a branch or tag; accepted: what `git check-ref-format --branch` accepts, 1 to 255 bytes"
)]
pub struct ParseRefError(String);

impl RefName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl GitRef {
    /// The name of the branch or tag.
    #[must_use]
    pub const fn name(&self) -> Option<&RefName> {
        match self {
            Self::Branch(name) | Self::Tag(name) => Some(name),
            Self::Commit => None,
        }
    }
}

fn is_ref_name(text: &str) -> bool {
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    let is_component = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.to_ascii_lowercase().ends_with(".lock")
            && !part.ends_with('.')
    };
    (1..=255).contains(&text.len())
        && !text.starts_with('-')
        && text != "@"
        && text != "HEAD"
        && !text.contains("..")
        && !text.contains("@{")
        && !text.contains(forbidden)
        && text.split('/').all(is_component)
}

impl FromStr for RefName {
    type Err = ParseRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_ref_name(text) { Ok(Self(text.into())) } else { Err(ParseRefError(excerpt(text))) }
    }
}

impl fmt::Display for GitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Branch(name) => write!(f, "branch {name}"),
            Self::Tag(name) => write!(f, "tag {name}"),
            Self::Commit => f.write_str("commit"),
        }
    }
}

text_form!(RefName, str::parse::<RefName>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_follow_git() {
        for text in ["main", "release/1.2", "v1.0.0-rc.1", "feature/käse", "a@b", "x-"] {
            assert!(text.parse::<RefName>().is_ok(), "{text}");
        }
        for text in [
            "",
            "-x",
            "a..b",
            "a b",
            "a\nb",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "a[b",
            "a\\b",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a/.b",
            "a.lock",
            "a.lock/b",
            "a.",
            "@",
            "a@{1}",
            "HEAD",
            &"a".repeat(256),
        ] {
            assert!(text.parse::<RefName>().is_err(), "{text}");
        }
    }

    #[test]
    fn has_one_wire_form() {
        let branch = GitRef::Branch("main".parse().unwrap());
        for (value, form) in
            [(branch, json!({"type": "branch", "name": "main"})), (GitRef::Commit, json!({"type": "commit"}))]
        {
            assert_eq!(serde_json::to_value(&value).unwrap(), form);
            assert_eq!(serde_json::from_value::<GitRef>(form).unwrap(), value);
        }
        assert!(serde_json::from_value::<GitRef>(json!({"type": "branch", "name": "--x"})).is_err());
    }
}
