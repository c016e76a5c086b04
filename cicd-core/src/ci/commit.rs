//! The commit that a run builds.

use std::str::FromStr;

use super::text::{excerpt, text_form};

/// The full id of a git commit: 40 hex digits (SHA-1) or 64 (SHA-256), lower-case.
///
/// ```
/// use cicd_core::ci::CommitSha;
/// assert!("2fd4e1c67a2d28fced849ee1bb76e7391b93eb12".parse::<CommitSha>().is_ok());
/// assert!("2fd4e1c".parse::<CommitSha>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = r"^([0-9a-f]{40}|[0-9a-f]{64})$"))]
pub struct CommitSha(Box<str>);

/// A text that is not the full id of a commit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a commit; accepted: its full id, 40 or 64 lower-case hex digits")]
pub struct ParseCommitError(String);

impl CommitSha {
    /// The hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommitSha {
    type Err = ParseCommitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if matches!(text.len(), 40 | 64) && text.bytes().all(is_hex) {
            Ok(Self(text.into()))
        } else {
            Err(ParseCommitError(excerpt(text)))
        }
    }
}

text_form!(CommitSha, str::parse::<CommitSha>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_lower_case_ids() {
        for text in ["a".repeat(40), "0".repeat(64)] {
            assert_eq!(text.parse::<CommitSha>().unwrap().to_string(), text);
        }
        for text in ["", "HEAD", &"a".repeat(39), &"a".repeat(41), &"A".repeat(40), &"g".repeat(40)] {
            assert!(text.parse::<CommitSha>().is_err(), "{text}");
        }
    }
}
