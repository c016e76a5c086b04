//! Paths below a workspace.

use std::str::FromStr;

use super::text::{excerpt, text_form};

/// A path below a workspace, with `/` between its segments: it can't name anything outside by its text alone.
/// (Symbolic links are the executor's to refuse.)
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, min_length = 1, max_length = 512))]
pub struct RelativePath(Box<str>);

/// A text that is no path below a workspace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a path in the workspace; accepted: 1 to 512 characters, relative, with `/` between names, without \
     empty names, `.`, `..`, `\\` or control characters"
)]
pub struct ParsePathError(String);

impl RelativePath {
    /// The most characters a path has.
    pub const MAX_CHARACTERS: usize = 512;

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RelativePath {
    type Err = ParsePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_clean = !text.chars().any(|c| c.is_control() || c == '\\');
        let stays_below = text.split('/').all(|name| !matches!(name, "" | "." | ".."));
        if is_clean && stays_below && text.chars().count() <= Self::MAX_CHARACTERS {
            Ok(Self(text.into()))
        } else {
            Err(ParsePathError(excerpt(text)))
        }
    }
}

text_form!(RelativePath, str::parse::<RelativePath>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_in_the_workspace() {
        for text in ["dist", "dist/site.tar", "a b/c", "..a", "a..b/c", &"x".repeat(512)] {
            assert!(text.parse::<RelativePath>().is_ok(), "{text}");
        }
        for text in [
            "",
            "/etc/passwd",
            "..",
            "../x",
            "a/../../x",
            "a/..",
            "a//b",
            "a/",
            "./a",
            "a\\..\\b",
            "a\0b",
            &"x".repeat(513),
        ] {
            assert!(text.parse::<RelativePath>().is_err(), "{text}");
        }
    }
}
