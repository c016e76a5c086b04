//! Kinds of events, one by one or in groups.

use std::fmt;
use std::str::FromStr;

/// A kind of event, such as `release.approved`, or all kinds of one group, such as `release`.
///
/// ```
/// use cicd_core::audit::KindPattern;
/// let group: KindPattern = "release".parse()?;
/// assert!(group.matches("release.approved") && !group.matches("release_note.added"));
/// let one: KindPattern = "release.approved".parse()?;
/// assert!(one.matches("release.approved") && !one.matches("release.approved_twice"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KindPattern(String);

impl KindPattern {
    /// The most characters.
    pub const MAX_CHARACTERS: usize = 100;

    /// Whether `kind` is it, or belongs to it.
    #[must_use]
    pub fn matches(&self, kind: &str) -> bool {
        let rest = kind.strip_prefix(self.0.as_str());
        rest.is_some_and(|rest| rest.is_empty() || (self.exact().is_none() && rest.starts_with('.')))
    }

    /// The kind, where it is one and not a group.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        self.0.contains('.').then_some(self.0.as_str())
    }
}

impl FromStr for KindPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_known = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
        let has_length = (1..=Self::MAX_CHARACTERS).contains(&text.len());
        if has_length && text.chars().all(is_known) {
            return Ok(Self(text.to_owned()));
        }
        let text: String = text.chars().take(80).collect();
        Err(format!(
            "`{text}` is no kind of event; accepted: a kind such as `release.approved`, or a group such as `release`"
        ))
    }
}

impl fmt::Display for KindPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
