//! The address of a database, which may hold a password and so is never printed whole.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// What was given as `--database`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address(String);

impl Address {
    /// The scheme of the URL; `None` for what is no URL, such as the path of a file.
    pub(crate) fn scheme(&self) -> Option<&str> {
        self.0.split_once("://").map(|(scheme, _)| scheme)
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.scheme(), Some("postgres" | "postgresql"))
    }

    /// All of it, password included: for who connects.
    pub(crate) fn whole(&self) -> &str {
        &self.0
    }
}

impl FromStr for Address {
    type Err = Infallible;

    /// Takes any text: who refuses one here would have it printed.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

/// Scheme, server and database of a URL, without who connects and without its parameters.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else { return f.write_str(&self.0) };
        let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let server = match place.rsplit_once('@') {
            Some((_, server)) => server,
            // A password that holds a bare `?` looks like this.
            None if parameters.contains('@') => "…",
            None => place,
        };
        write!(f, "{scheme}://{server}")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_connects_is_not_told() {
        for (address, told) in [
            ("postgres://ada:secret@db.example:5432/cicd", "postgres://db.example:5432/cicd"),
            ("postgres://db.example/cicd?password=secret&user=ada", "postgres://db.example/cicd"),
            ("postgres://ada:sec@ret@db.example/cicd?sslmode=require", "postgres://db.example/cicd"),
            ("postgres://ada:sec?ret@db.example/cicd", "postgres://…"),
            ("postgres://db.example/cicd", "postgres://db.example/cicd"),
            ("a/copy.db", "a/copy.db"),
        ] {
            let address: Address = address.parse().unwrap();
            assert_eq!((address.to_string().as_str(), format!("{address:?}").as_str()), (told, told));
        }
    }
}
