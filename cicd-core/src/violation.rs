//! What is wrong with a draft: every violation at once, each with its place.

mod fields;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use fields::{Fields, Path, integer, parsed, text, wrong_type};

/// One thing that is wrong with a draft.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Violation {
    /// Where: a JSON Pointer (RFC 6901) into the draft; empty for the whole draft.
    pub path: String,
    /// What, as a stable code that programs may match.
    pub code: Cow<'static, str>,
    /// What, for people, with what would be accepted.
    pub message: String,
}

/// Every violation of a draft, in the order of the draft's fields; never empty inside an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// No violation yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One violation.
    #[must_use]
    pub fn one(path: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        let mut violations = Self::new();
        violations.push(path, code, message);
        violations
    }

    /// Adds a violation at `path`.
    pub fn push(&mut self, path: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(Violation { path: path.into(), code: Cow::Borrowed(code), message: message.into() });
    }

    /// Adds all violations of `other`, whose paths begin below `prefix`.
    pub fn extend_below(&mut self, prefix: &str, other: Self) {
        self.0.extend(
            other
                .0
                .into_iter()
                .map(|violation| Violation { path: format!("{prefix}{}", violation.path), ..violation }),
        );
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The violations.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// What `read` gives when it noted no violation, else all that it noted. It gives `None` only after it noted one.
    ///
    /// ```
    /// use cicd_core::violation::{Fields, Path, Violations};
    /// let draft = serde_json::json!({"name": "shop", "colour": "red"});
    /// let read = Violations::collect(|violations| {
    ///     let mut fields = Fields::of(&draft, &Path::root(), violations)?;
    ///     let name = fields.text("name", violations, 1..=20);
    ///     fields.finish(violations);
    ///     name
    /// });
    /// assert_eq!(read.unwrap_err().to_string(), "/colour: `colour` is unknown; accepted: `name`");
    /// ```
    ///
    /// # Errors
    /// The violations, when there are any.
    pub fn collect<T>(read: impl FnOnce(&mut Self) -> Option<T>) -> Result<T, Self> {
        let mut violations = Self::new();
        match read(&mut violations) {
            Some(value) => violations.into_result(value),
            None => Err(violations),
        }
    }

    /// `value` when nothing is wrong, else the violations.
    ///
    /// # Errors
    /// The violations, when there are any.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            let path = if violation.path.is_empty() { "(draft)" } else { violation.path.as_str() };
            write!(f, "{path}: {}", violation.message)?;
        }
        Ok(())
    }
}
