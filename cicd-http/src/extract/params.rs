//! Query parameters: unknown, repeated and malformed ones are refused, all at once.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use cicd_core::engine::GateQuery;
use cicd_core::page::Limit;
use cicd_core::violation::{Path, Violations};

use super::paging::{Paging, Seal};
use crate::problem::{Kind, Problem};

/// The most characters of a cursor.
const CURSOR_CHARACTERS: usize = 500;

/// The parameters of a query. Take each by its name, then [`Params::finish`].
#[derive(Clone, Debug)]
pub(crate) struct Params {
    given: Vec<(String, String)>,
    known: Vec<&'static str>,
    violations: Violations,
    seal: Seal,
}

impl Params {
    /// Reads the query of `uri`.
    ///
    /// # Errors
    /// 400 when it is not a query.
    pub(crate) fn of(uri: &Uri) -> Result<Self, Problem> {
        let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|error| Problem::new(Kind::MalformedQuery, error.body_text()))?;
        let seal = Seal::of(uri.path(), &given);
        Ok(Self { given, known: Vec::new(), violations: Violations::new(), seal })
    }

    /// The parameter `name`, when it is given.
    pub(crate) fn take<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        self.known.push(name);
        let mut values = self.given.iter().filter(|(given, _)| given == name).map(|(_, value)| value);
        let value = values.next()?;
        let path = Path::root().member(name);
        if values.next().is_some() {
            self.violations.push(path, "repeated", format!("`{name}` is there twice; accepted: once"));
            return None;
        }
        value.parse().map_err(|error: T::Err| self.violations.push(path, "malformed", error.to_string())).ok()
    }

    /// The text `name` when it is given, 1 to `most` characters.
    pub(crate) fn text(&mut self, name: &'static str, most: usize) -> Option<String> {
        let text: String = self.take(name)?;
        let characters = text.chars().count();
        if (1..=most).contains(&characters) && !text.contains(char::is_control) {
            return Some(text);
        }
        let message = format!("{characters} characters; accepted: 1 to {most}, without control characters");
        self.violations.push(Path::root().member(name), "length", message);
        None
    }

    /// The number `name` when it is given, within `range`.
    pub(crate) fn number(&mut self, name: &'static str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let number: u64 = self.take(name)?;
        if range.contains(&number) {
            return Some(number);
        }
        let message = format!("`{number}`; accepted: {} to {}", range.start(), range.end());
        self.violations.push(Path::root().member(name), "out_of_range", message);
        None
    }

    /// The word `name` when it is given, one of `words`.
    pub(crate) fn one_of(&mut self, name: &'static str, words: &[&'static str]) -> Option<&'static str> {
        let word: String = self.take(name)?;
        let known = words.iter().copied().find(|known| *known == word);
        if known.is_none() {
            let accepted = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            let word: String = word.chars().take(80).collect();
            let message = format!("`{word}` is unknown; accepted: {accepted}");
            self.violations.push(Path::root().member(name), "unknown_choice", message);
        }
        known
    }

    /// How many entries the page shall have.
    pub(crate) fn limit(&mut self) -> Limit {
        let entries = self.number("limit", 1..=u64::from(Limit::MAX));
        entries.and_then(Limit::new).unwrap_or_default()
    }

    /// Which page of a list: after the `next` of the page before, and how long.
    pub(crate) fn page(&mut self) -> Paging {
        let (cursor, limit) = (self.text("after", CURSOR_CHARACTERS), self.limit());
        Paging::after(cursor.as_deref(), limit, self.seal.clone()).unwrap_or_else(|message| {
            self.violations.push(Path::root().member("after"), "cursor", message);
            Paging::first(limit, self.seal.clone())
        })
    }

    /// Which freezes or locks to list.
    pub(crate) fn gates(&mut self) -> GateQuery {
        GateQuery {
            status: self.take("status"),
            deployment: self.take("deployment"),
            service: self.take("service"),
            tier: self.take("tier"),
        }
    }

    /// Whether a list that comes the newest one first shall come the other way round.
    pub(crate) fn oldest_first(&mut self) -> bool {
        self.one_of("order", &["newest-first", "oldest-first"]) == Some("oldest-first")
    }

    /// The words of `name` when it is given, divided by commas, 1 to `most`.
    pub(crate) fn several<T: FromStr<Err: Display>>(&mut self, name: &'static str, most: usize) -> Vec<T> {
        let Some(text) = self.take::<String>(name) else { return Vec::new() };
        let path = Path::root().member(name);
        let words: Vec<&str> = text.split(',').collect();
        if words.len() > most {
            let message = format!("{} of them; accepted: 1 to {most}, divided by commas", words.len());
            self.violations.push(path, "length", message);
            return Vec::new();
        }
        let parsed: Result<Vec<T>, T::Err> = words.into_iter().map(str::parse).collect();
        parsed.map_err(|error| self.violations.push(path, "malformed", error.to_string())).unwrap_or_default()
    }

    /// Notes that `name` is required, unless something else is wrong with it.
    pub(crate) fn require(&mut self, name: &'static str, what: &str) {
        if !self.given.iter().any(|(given, _)| given == name) {
            let message = format!("`{name}` is required: {what}");
            self.violations.push(Path::root().member(name), "required", message);
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 400 with every violation, unknown parameters too.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        let accepted = self.known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let accepted = if accepted.is_empty() { "none" } else { accepted.as_str() };
        for (name, _) in self.given.iter().filter(|(name, _)| !self.known.contains(&name.as_str())) {
            let name: String = name.chars().take(80).collect();
            let message = format!("`{name}` is unknown; accepted: {accepted}");
            self.violations.push(Path::root().member(&name), "unknown_field", message);
        }
        if self.violations.is_empty() {
            Ok(())
        } else {
            Err(Problem::violations(Kind::MalformedQuery, &self.violations))
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        Params::of(&format!("/x?{query}").parse().unwrap()).unwrap()
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let mut params = params("limit=0&service=A&service=B&what=1&offset=x");
        params.limit();
        assert_eq!(params.take::<String>("service"), None);
        assert_eq!(params.take::<u64>("offset"), None);
        let codes: Vec<_> = params.violations.iter().map(|v| (v.path.clone(), v.code.to_string())).collect();
        let expected = [("/limit", "out_of_range"), ("/service", "repeated"), ("/offset", "malformed")];
        assert_eq!(codes, expected.map(|(path, code)| (path.to_owned(), code.to_owned())));
        assert_eq!(params.finish().unwrap_err().kind(), Kind::MalformedQuery);
    }

    #[test]
    fn what_is_given_is_read() {
        let mut params = params("after=a%20b&limit=200");
        assert_eq!(params.text("after", 10), Some("a b".into()));
        assert_eq!(params.limit().get(), 200);
        assert_eq!(params.number("offset", 0..=9), None);
        assert!(params.finish().is_ok());
        assert!(super::tests::params("dry_run=true").finish().is_err());
    }
}
