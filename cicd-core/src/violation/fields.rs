//! Reads a JSON object field by field and keeps reading after a mistake, so that a draft's author sees all of them.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::Violations;

/// A place in a draft, as a JSON Pointer (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    /// The whole draft.
    #[must_use]
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// The member `name` below this place.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        Self(format!("{}/{}", self.0, name.replace('~', "~0").replace('/', "~1")))
    }

    /// The entry `index` below this place.
    #[must_use]
    pub fn entry(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The pointer.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.0
    }
}

impl From<&Path> for String {
    fn from(path: &Path) -> Self {
        path.0.clone()
    }
}

/// The members of one JSON object. Reading methods return `None` after they noted what is wrong; [`Fields::finish`] notes
/// the members that nobody asked for.
///
/// ```
/// use cicd_core::violation::{Fields, Path, Violations};
/// let draft = serde_json::json!({"name": 7, "colour": "red"});
/// let mut violations = Violations::new();
/// let mut fields = Fields::of(&draft, &Path::root(), &mut violations).expect("an object");
/// fields.text("name", &mut violations, 1..=20);
/// fields.finish(&mut violations);
/// let paths: Vec<_> = violations.iter().map(|v| v.path.as_str()).collect();
/// assert_eq!(paths, ["/name", "/colour"]);
/// ```
#[derive(Debug)]
pub struct Fields<'a> {
    members: &'a Map<String, Value>,
    path: Path,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The members of `value`, which stands at `path`; notes `wrong_type` when it is not an object.
    pub fn of(value: &'a Value, path: &Path, violations: &mut Violations) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self { members, path: path.clone(), known: Vec::new() }),
            other => {
                wrong_type(path, "an object", other, violations);
                None
            }
        }
    }

    /// Where the object stands.
    #[must_use]
    pub const fn path(&self) -> &Path {
        &self.path
    }

    /// The member `name` with its place; `null` counts as absent.
    pub fn optional(&mut self, name: &'static str) -> Option<(&'a Value, Path)> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.members.get(name).filter(|value| !value.is_null()).map(|value| (value, self.path.member(name)))
    }

    /// The member `name` with its place; notes `required` when it is absent.
    pub fn required(&mut self, name: &'static str, violations: &mut Violations) -> Option<(&'a Value, Path)> {
        let found = self.optional(name);
        if found.is_none() {
            violations.push(self.path.member(name), "required", format!("`{name}` is required"));
        }
        found
    }

    /// A required text whose length in characters is within `length`, without control characters.
    pub fn text(
        &mut self,
        name: &'static str,
        violations: &mut Violations,
        length: std::ops::RangeInclusive<usize>,
    ) -> Option<String> {
        let (value, path) = self.required(name, violations)?;
        text(value, &path, violations, length)
    }

    /// A required text that parses as `T`; the parser's error is the message, `code` the code.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(
        &mut self,
        name: &'static str,
        code: &'static str,
        violations: &mut Violations,
    ) -> Option<T> {
        let (value, path) = self.required(name, violations)?;
        parsed(value, &path, code, violations)
    }

    /// An integer within `range`; `default` when absent.
    pub fn integer(
        &mut self,
        name: &'static str,
        default: Option<u64>,
        range: std::ops::RangeInclusive<u64>,
        violations: &mut Violations,
    ) -> Option<u64> {
        match (self.optional(name), default) {
            (Some((value, path)), _) => integer(value, &path, range, violations),
            (None, Some(default)) => Some(default),
            (None, None) => {
                violations.push(self.path.member(name), "required", format!("`{name}` is required"));
                None
            }
        }
    }

    /// A flag; `default` when absent.
    pub fn flag(&mut self, name: &'static str, default: bool, violations: &mut Violations) -> Option<bool> {
        match self.optional(name) {
            None => Some(default),
            Some((Value::Bool(flag), _)) => Some(*flag),
            Some((other, path)) => {
                wrong_type(&path, "true or false", other, violations);
                None
            }
        }
    }

    /// A word that parses as the choice `T`; `default` when absent; notes `unknown_choice` for other words.
    pub fn choice<T: FromStr<Err: fmt::Display>>(
        &mut self,
        name: &'static str,
        default: T,
        violations: &mut Violations,
    ) -> Option<T> {
        match self.optional(name) {
            None => Some(default),
            Some((value, path)) => parsed(value, &path, "unknown_choice", violations),
        }
    }

    /// The entries of a list with their places, at most `most`; an absent list is empty.
    pub fn list(
        &mut self,
        name: &'static str,
        most: usize,
        violations: &mut Violations,
    ) -> Vec<(&'a Value, Path)> {
        let Some((value, path)) = self.optional(name) else { return Vec::new() };
        let Value::Array(items) = value else {
            wrong_type(&path, "a list", value, violations);
            return Vec::new();
        };
        if items.len() > most {
            violations.push(&path, "too_many", format!("{} entries; accepted: at most {most}", items.len()));
        }
        items.iter().take(most).enumerate().map(|(index, item)| (item, path.entry(index))).collect()
    }

    /// Notes `unknown_field` for every member that was not asked for.
    pub fn finish(self, violations: &mut Violations) {
        for name in self.members.keys().filter(|name| !self.known.contains(&name.as_str())) {
            let accepted = self.known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
            violations.push(
                self.path.member(name),
                "unknown_field",
                format!("`{}` is unknown; accepted: {accepted}", name.chars().take(80).collect::<String>()),
            );
        }
    }
}

/// Reads a text whose length in characters is within `length`, without control characters but tab and line feed.
pub fn text(
    value: &Value,
    path: &Path,
    violations: &mut Violations,
    length: std::ops::RangeInclusive<usize>,
) -> Option<String> {
    let Value::String(text) = value else {
        wrong_type(path, "a text", value, violations);
        return None;
    };
    let characters = text.chars().count();
    if !length.contains(&characters) {
        let message = format!("{characters} characters; accepted: {} to {}", length.start(), length.end());
        violations.push(path, "length", message);
        return None;
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        violations.push(path, "control_character", "control characters are not accepted");
        return None;
    }
    Some(text.clone())
}

/// Reads a text that parses as `T`; the parser's error is the message, `code` the code.
pub fn parsed<T: FromStr<Err: fmt::Display>>(
    value: &Value,
    path: &Path,
    code: &'static str,
    violations: &mut Violations,
) -> Option<T> {
    let Value::String(text) = value else {
        wrong_type(path, "a text", value, violations);
        return None;
    };
    text.parse().map_err(|error: T::Err| violations.push(path, code, error.to_string())).ok()
}

/// Reads a whole number within `range`.
pub fn integer(
    value: &Value,
    path: &Path,
    range: std::ops::RangeInclusive<u64>,
    violations: &mut Violations,
) -> Option<u64> {
    let accepted = || format!("a whole number from {} to {}", range.start(), range.end());
    match value {
        Value::Number(number) => match number.as_u64() {
            Some(integer) if range.contains(&integer) => Some(integer),
            _ => {
                violations.push(path, "out_of_range", format!("`{number}`; accepted: {}", accepted()));
                None
            }
        },
        other => {
            wrong_type(path, &accepted(), other, violations);
            None
        }
    }
}

/// Notes that `found` has another type than the `accepted` one.
pub fn wrong_type(path: &Path, accepted: &str, found: &Value, violations: &mut Violations) {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    violations.push(path, "wrong_type", format!("{found}; accepted: {accepted}"));
}
