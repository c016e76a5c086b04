//! Globs over branches, tags and paths.

use std::str::FromStr;

use super::text::{excerpt, text_form};

/// A pattern over names whose segments are parted by `/`. It matches whole names and minds upper and lower case.
///
/// | pattern | matches |
/// |---|---|
/// | `?` | one character but `/` |
/// | `*` | any characters but `/`, or none |
/// | `**` as a whole segment | any segments, or none; at the end of a longer pattern, at least one |
/// | anything else | itself |
///
/// What other tools give a meaning (`[`, `]`, `{`, `}`, `\`, a leading `!`) is refused, not taken literally.
/// Matching takes at most pattern length × name length steps.
///
/// ```
/// use cicd_core::ci::Glob;
/// let glob: Glob = "src/**/*.rs".parse()?;
/// assert!(glob.matches("src/lib.rs") && glob.matches("src/ci/run/status.rs"));
/// assert!(!glob.matches("src/lib.rs.orig"));
/// # Ok::<(), cicd_core::ci::ParseGlobError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Glob {
    text: Box<str>,
    segments: Box<[Segment]>,
}

#[derive(Clone, PartialEq, Eq)]
enum Segment {
    /// `**`.
    Deep,
    /// Characters, of which `?` and `*` are wild.
    Name(Box<[char]>),
}

/// A text that is not a glob.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is not a glob: {reason}")]
pub struct ParseGlobError {
    input: String,
    reason: &'static str,
}

impl Glob {
    /// The most characters a pattern has.
    pub const MAX_CHARACTERS: usize = 256;

    /// The pattern.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole `name` matches.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        wildcard(
            &self.segments,
            name.split('/'),
            |segment| *segment == Segment::Deep,
            |segment, name| match segment {
                Segment::Deep => true,
                Segment::Name(pattern) => wildcard(
                    pattern,
                    name.chars(),
                    |wild| *wild == '*',
                    |wild, character| *wild == '?' || wild == character,
                ),
            },
        )
    }
}

/// Whether `pattern`, whose stars stand for any run of items, matches the whole `text`. On a mismatch only the last star
/// takes one item more: an earlier one could not find what the last one can't, so no work is ever repeated.
fn wildcard<P, T: Iterator + Clone>(
    pattern: &[P],
    mut text: T,
    is_star: impl Fn(&P) -> bool,
    accepts: impl Fn(&P, &T::Item) -> bool,
) -> bool {
    let mut rest = pattern;
    let mut last_star = None;
    loop {
        if let Some((first, behind)) = rest.split_first()
            && is_star(first)
        {
            rest = behind;
            last_star = Some((behind, text.clone()));
            continue;
        }
        match (rest.split_first(), text.next()) {
            (None, None) => return true,
            (Some(_), None) => return false,
            (Some((first, behind)), Some(item)) if accepts(first, &item) => rest = behind,
            (_, Some(_)) => {
                let Some((behind, from)) = &mut last_star else {
                    return false;
                };
                from.next();
                rest = behind;
                text = from.clone();
            }
        }
    }
}

fn reason_to_refuse(text: &str) -> Option<&'static str> {
    let characters = text.chars().count();
    if characters == 0 || characters > Glob::MAX_CHARACTERS {
        Some("accepted: 1 to 256 characters")
    } else if text.chars().any(|c| c.is_control() || "[]{}\\".contains(c)) {
        Some("accepted: no control characters and none of `[]{}\\`; the wild cards are `?`, `*` and `**`")
    } else if text.starts_with('!') {
        Some("nothing can be excluded; accepted: patterns of what is to match")
    } else if text.split('/').any(str::is_empty) {
        Some("an empty segment matches nothing; accepted: `src/**` for all below `src`, no `/` at either end")
    } else if text.split('/').any(|segment| segment != "**" && segment.contains("**")) {
        Some("accepted: `**` as a whole segment, such as `src/**/*.rs`")
    } else {
        None
    }
}

fn compile(text: &str) -> Box<[Segment]> {
    let mut segments: Vec<_> = text
        .split('/')
        .map(|segment| if segment == "**" { Segment::Deep } else { Segment::Name(segment.chars().collect()) })
        .collect();
    if segments.len() > 1 && segments.last() == Some(&Segment::Deep) {
        segments.push(Segment::Name(Box::new(['*'])));
    }
    segments.into()
}

impl FromStr for Glob {
    type Err = ParseGlobError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match reason_to_refuse(text) {
            Some(reason) => Err(ParseGlobError { input: excerpt(text), reason }),
            None => Ok(Self { text: text.into(), segments: compile(text) }),
        }
    }
}

text_form!(Glob, str::parse::<Glob>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn glob(text: &str) -> Glob {
        text.parse().unwrap()
    }

    #[test]
    fn table() {
        for (pattern, hits, misses) in [
            ("main", &["main"][..], &["Main", "main2", "a/main", ""][..]),
            ("release-?", &["release-1", "release-ü"], &["release-", "release-12", "release-/"]),
            ("release/*", &["release/1", "release/"], &["release", "release/1/2"]),
            ("*", &["a", "abc", ""], &["a/b"]),
            ("**", &["a", "a/b", "a/b/c"], &[]),
            ("src/**", &["src/a", "src/a/b"], &["src", "srcs/a", "x/src/a"]),
            ("**/Cargo.toml", &["Cargo.toml", "a/b/Cargo.toml"], &["a/Cargo.toml2", "aCargo.toml"]),
            ("a/**/b/*.rs", &["a/b/x.rs", "a/q/b/x.rs", "a/b/b/b/x.rs"], &["a/b/c/x.rs", "a/x.rs"]),
            ("**/a/**/b/**", &["a/b/c", "x/a/y/b/z"], &["a/b", "b/a/c"]),
            ("v*.*.*", &["v1.2.3", "v1.2.3.4"], &["v1.2", "1.2.3"]),
        ] {
            for name in hits {
                assert!(glob(pattern).matches(name), "{pattern} should match {name}");
            }
            for name in misses {
                assert!(!glob(pattern).matches(name), "{pattern} should not match {name}");
            }
        }
    }

    #[test]
    fn refuses_what_would_surprise() {
        for text in [
            "",
            "/a",
            "a/",
            "a//b",
            "a**",
            "**a",
            "a/**b",
            "***",
            "!a",
            "[ab]",
            "{a,b}",
            "a\\*",
            "a\nb",
            &"a".repeat(257),
        ] {
            assert!(text.parse::<Glob>().is_err(), "{text}");
        }
    }

    /// Exponential matchers would not come back from these.
    #[test]
    fn hostile_patterns_come_back() {
        let stars = format!("{}b", "a*".repeat(120));
        assert!(!glob(&stars).matches(&"a".repeat(4096)));
        let deep = format!("{}b", "**/a/".repeat(50));
        assert!(!glob(&deep).matches(&vec!["a"; 2000].join("/")));
        let mixed = format!("{}*b", "**/*a*/".repeat(30));
        assert!(!glob(&mixed).matches(&vec!["aaaaaaaaaaaa"; 300].join("/")));
    }

    /// Tries everything: exponential, but plainly the definition.
    fn naive(pattern: &[&str], name: &[&str]) -> bool {
        match (pattern, name) {
            ([], []) => true,
            (["**"], rest) => !rest.is_empty(),
            (["**", behind @ ..], rest) => (0..=rest.len()).any(|skip| naive(behind, &rest[skip..])),
            ([segment, behind @ ..], [first, rest @ ..]) => {
                let (segment, first): (Vec<_>, Vec<_>) = (segment.chars().collect(), first.chars().collect());
                naive_segment(&segment, &first) && naive(behind, rest)
            }
            _ => false,
        }
    }

    fn naive_segment(pattern: &[char], name: &[char]) -> bool {
        match (pattern, name) {
            ([], []) => true,
            (['*', behind @ ..], rest) => (0..=rest.len()).any(|skip| naive_segment(behind, &rest[skip..])),
            (['?', behind @ ..], [_, rest @ ..]) => naive_segment(behind, rest),
            ([same, behind @ ..], [first, rest @ ..]) => same == first && naive_segment(behind, rest),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_naive_matcher(
            pattern in prop::collection::vec("\\*\\*|[ab?]{1,3}|\\*?[ab?]{1,2}\\*?[ab]{0,2}|\\*", 1..6),
            name in prop::collection::vec("[ab]{0,5}", 1..7),
        ) {
            let expected = naive(
                &pattern.iter().map(String::as_str).collect::<Vec<_>>(),
                &name.iter().map(String::as_str).collect::<Vec<_>>(),
            );
            prop_assert_eq!(glob(&pattern.join("/")).matches(&name.join("/")), expected);
        }

        #[test]
        fn any_text_is_a_glob_or_an_error(pattern in "\\PC{0,40}", name in "\\PC{0,40}") {
            if let Ok(glob) = pattern.parse::<Glob>() {
                prop_assert_eq!(glob.as_str(), pattern.as_str());
                prop_assert!(glob.matches(&pattern));
                prop_assert!(pattern.contains(['*', '?']) || !glob.matches(&name) || name == pattern);
            }
        }
    }
}
