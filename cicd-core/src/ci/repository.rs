//! Where the source of a service is.

use std::str::FromStr;

use super::text::{excerpt, text_form};

/// The URL of a git repository, exactly as it was written.
///
/// | form | such as |
/// |---|---|
/// | https | `https://git.example.com/team/shop.git` |
/// | ssh | `ssh://git@git.example.com:2222/team/shop.git` |
/// | scp | `git@git.example.com:team/shop.git` |
/// | local, only from [`Repository::parse_local`] | `/srv/git/shop.git`, `file:///srv/git/shop.git` |
///
/// It holds no credentials (git's own helpers have them), no query, and nothing that git would read as an option or a
/// remote helper. Reading a stored repository accepts a local one: whether it may be stored is decided when its config is.
///
/// ```
/// use cicd_core::ci::Repository;
/// let scp: Repository = "git@git.example.com:team/shop.git".parse()?;
/// assert_eq!(scp.to_string(), "git@git.example.com:team/shop.git");
/// assert!("https://user:password@git.example.com/shop.git".parse::<Repository>().is_err());
/// # Ok::<(), cicd_core::ci::ParseRepositoryError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Repository {
    text: Box<str>,
    form: RepositoryForm,
}

/// How a repository is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepositoryForm {
    /// `https://host/path`.
    Https,
    /// `ssh://user@host/path`.
    Ssh,
    /// `user@host:path`.
    Scp,
    /// `/path` or `file:///path`.
    Local,
}

/// A text that is no repository. Its message leaves out what may be a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{shown}` is not a repository: {reason}; accepted: `https://host/path`, `ssh://user@host/path` or \
     `user@host:path`{local}"
)]
pub struct ParseRepositoryError {
    shown: String,
    reason: &'static str,
    local: &'static str,
}

impl Repository {
    /// The most bytes a repository's URL has.
    pub const MAX_BYTES: usize = 1024;

    /// Takes a local repository too: an absolute path or a `file://` URL. For hosts whose users may read the host's files.
    ///
    /// # Errors
    /// [`ParseRepositoryError`] when it is in none of the forms.
    pub fn parse_local(text: &str) -> Result<Self, ParseRepositoryError> {
        let read =
            if text.starts_with('/') || text.starts_with("file:") { local(text) } else { remote(text) };
        match read {
            Ok(form) => Ok(Self { text: text.into(), form }),
            Err(reason) => {
                Err(ParseRepositoryError { shown: shown(text), reason, local: ", or an absolute path" })
            }
        }
    }

    /// The URL, as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How it is written.
    #[must_use]
    pub const fn form(&self) -> RepositoryForm {
        self.form
    }

    /// Whether it lies on the host's own file system.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        matches!(self.form, RepositoryForm::Local)
    }
}

impl FromStr for Repository {
    type Err = ParseRepositoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match remote(text) {
            Ok(form) => Ok(Self { text: text.into(), form }),
            Err(reason) => Err(ParseRepositoryError { shown: shown(text), reason, local: "" }),
        }
    }
}

type Reading<T> = Result<T, &'static str>;

fn remote(text: &str) -> Reading<RepositoryForm> {
    if text.is_empty() || text.len() > Repository::MAX_BYTES {
        return Err("it must have 1 to 1024 bytes");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err("white space, control characters, `\\` and non-ascii characters must be percent-encoded");
    }
    if let Some(rest) = text.strip_prefix("https://") {
        https(rest).map(|()| RepositoryForm::Https)
    } else if let Some(rest) = text.strip_prefix("ssh://") {
        ssh(rest).map(|()| RepositoryForm::Ssh)
    } else if text.contains("://") {
        Err("its scheme is not supported")
    } else {
        scp(text).map(|()| RepositoryForm::Scp)
    }
}

fn https(rest: &str) -> Reading<()> {
    let (authority, path) = rest.split_once('/').ok_or("it has no path")?;
    if authority.contains('@') {
        return Err("credentials must not be part of it");
    }
    host_and_port(authority)?;
    url_path(path)
}

fn ssh(rest: &str) -> Reading<()> {
    let (authority, path) = rest.split_once('/').ok_or("it has no path")?;
    let host = match authority.split_once('@') {
        Some((user, host)) => user_name(user).map(|()| host)?,
        None => authority,
    };
    host_and_port(host)?;
    url_path(path)
}

fn scp(text: &str) -> Reading<()> {
    let (user, rest) = text.split_once('@').ok_or("it has no scheme and no user")?;
    let (host, path) = rest.split_once(':').ok_or("it has no path")?;
    user_name(user)?;
    host_name(host)?;
    if path.starts_with(['-', ':']) {
        return Err("its path begins with `-` or `:`");
    }
    url_path(path.strip_prefix('/').unwrap_or(path))
}

fn user_name(user: &str) -> Reading<()> {
    if user.contains(':') {
        return Err("credentials must not be part of it");
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if user.is_empty() || user.starts_with('-') || !user.bytes().all(is_plain) {
        return Err("its user may have letters, digits and `._-`, and does not begin with `-`");
    }
    Ok(())
}

fn host_and_port(authority: &str) -> Reading<()> {
    let after = if let Some(rest) = authority.strip_prefix('[') {
        let (address, after) = rest.split_once(']').ok_or("its ipv6 address has no `]`")?;
        address.parse::<std::net::Ipv6Addr>().map_err(|_| "its ipv6 address is wrong")?;
        after
    } else {
        let (host, after) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        host_name(host)?;
        after
    };
    let is_port = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
    };
    if after.is_empty() || after.strip_prefix(':').is_some_and(is_port) {
        Ok(())
    } else {
        Err("its port must be from 1 to 65535")
    }
}

fn host_name(host: &str) -> Reading<()> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if host.is_empty() || host.len() > 253 || host.starts_with(['-', '.']) || !host.bytes().all(is_plain) {
        return Err("its host must be a name or an address");
    }
    Ok(())
}

fn url_path(path: &str) -> Reading<()> {
    if path.trim_matches('/').is_empty() {
        Err("it has no path")
    } else if path.contains(['?', '#']) {
        Err("a query or a fragment must not be part of it")
    } else {
        Ok(())
    }
}

fn local(text: &str) -> Reading<RepositoryForm> {
    let path = match text.strip_prefix("file:") {
        Some(rest) => rest.strip_prefix("//").ok_or("a `file` url has two slashes before its path")?,
        None => text,
    };
    if !path.starts_with('/') || path.trim_matches('/').is_empty() {
        return Err("its path must be absolute");
    }
    if text.len() > Repository::MAX_BYTES || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("it must have at most 1024 bytes, without white space and control characters");
    }
    Ok(RepositoryForm::Local)
}

/// The text for an error: without user, password and query.
fn shown(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let Some((before, rest)) = text.rsplit_once('@') else { return excerpt(text) };
    let scheme = ["https://", "http://", "ssh://"].into_iter().find(|scheme| before.starts_with(scheme));
    excerpt(&format!("{}…@{rest}", scheme.unwrap_or_default()))
}

text_form!(Repository, Repository::parse_local);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_three_forms_as_they_are() {
        for (text, form) in [
            ("https://git.example.com/team/shop.git", RepositoryForm::Https),
            ("https://git.example.com:8443/shop", RepositoryForm::Https),
            ("https://[2001:db8::1]:8443/shop", RepositoryForm::Https),
            ("https://[2001:db8::1]/shop", RepositoryForm::Https),
            ("ssh://git@git.example.com/team/shop.git", RepositoryForm::Ssh),
            ("ssh://git.example.com:22/~me/shop", RepositoryForm::Ssh),
            ("git@git.example.com:team/shop.git", RepositoryForm::Scp),
            ("git@host:/srv/shop.git", RepositoryForm::Scp),
        ] {
            let repository: Repository = text.parse().unwrap();
            assert_eq!((repository.to_string().as_str(), repository.form()), (text, form));
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "shop",
            "/srv/shop.git",
            "file:///srv/shop.git",
            "./shop",
            "../shop",
            "C:\\shop",
            "host:shop",
            "http://h/p",
            "git://h/p",
            "ext::sh -c id",
            "ext::sh%20-c",
            "git@h::p",
            "HTTPS://h/p",
            "https://h",
            "https://h/",
            "https:///p",
            "https://-h/p",
            "https://h:0/p",
            "https://h:70000/p",
            "https://h:+1/p",
            "https://h:/p",
            "https://[::1/p",
            "https://[x]/p",
            "https://[::1]x/p",
            "https://h/p?token=x",
            "https://h/p#x",
            "https://u@h/p",
            "https://u:p@h/p",
            "https://h/a b",
            "https://h/ä",
            "https://h/a\nb",
            "ssh://u:p@h/p",
            "ssh://-oProxyCommand=id/p",
            "ssh://-u@h/p",
            "ssh://@h/p",
            "ssh://h",
            "-uhttps://h/p",
            "--upload-pack=id",
            "git@-oProxyCommand=id:p",
            "-u@h:p",
            "git@h:-p",
            "git@h:",
            "git@h:/",
            "git@:p",
            "@h:p",
            "u:p@h:p",
        ] {
            assert!(text.parse::<Repository>().is_err(), "{text}");
        }
        assert!(format!("https://h/{}", "p".repeat(1024)).parse::<Repository>().is_err());
    }

    #[test]
    fn local_ones_need_a_host_that_allows_them() {
        for text in ["/srv/git/shop.git", "file:///srv/git/shop.git"] {
            let repository = Repository::parse_local(text).unwrap();
            assert!(repository.is_local() && repository.to_string() == text);
        }
        assert!(!Repository::parse_local("https://h/p").unwrap().is_local());
        for text in
            ["srv/shop", "../shop", "/", "file://host/srv", "file:/srv", "/srv/a b", "/srv/\u{7}", "-x"]
        {
            assert!(Repository::parse_local(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn errors_tell_no_password(
            start in "(https?|ssh|ftp)://|",
            password in "PW[a-z@:/]{6}PW",
            end in "(/p)?( |\\?token=PWsecretPW|#PWsecretPW)?",
        ) {
            for text in [format!("{start}user:{password}@host{end}"), format!("{start}{password}@host{end}")] {
                if let Err(error) = text.parse::<Repository>() {
                    prop_assert!(!error.to_string().contains("PW"), "{}", error);
                }
            }
        }
    }
}
