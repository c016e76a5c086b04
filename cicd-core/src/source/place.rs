//! Whether two texts name one repository.

use crate::ci::Repository;

/// Whether `text`, as a sender writes it, names `repository`: the same host and path, whatever the protocol, the user, the
/// port and an ending of `.git`. A text without a host, such as `PROJECT/shop`, names what ends with it.
#[must_use]
pub fn is_of(repository: &Repository, text: &str) -> bool {
    if repository.as_str() == text {
        return true;
    }
    let (host, path) = place(repository.as_str());
    let (sent_host, sent_path) = place(text);
    match (host, sent_host) {
        (Some(host), Some(sent)) => host == sent && path == sent_path,
        (Some(_), None) => {
            sent_path.contains('/')
                && path.strip_suffix(&sent_path).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        }
        (None, _) => false,
    }
}

/// Host and path in lower case; no host where the text has none.
fn place(text: &str) -> (Option<String>, String) {
    let (host, path) = match text.split_once("://") {
        Some((_, rest)) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            (Some(without_port(after_user(authority))), path)
        }
        None => match text.split_once(':') {
            Some((authority, path)) => (Some(after_user(authority)), path),
            None => (None, text),
        },
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (host.map(str::to_ascii_lowercase), path.to_ascii_lowercase())
}

fn after_user(authority: &str) -> &str {
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_repository_has_many_urls() {
        let same = [
            "https://git.example.com/team/shop.git",
            "https://git.example.com/team/shop",
            "https://git.example.com/Team/Shop/",
            "ssh://git@git.example.com:2222/team/shop.git",
            "git@git.example.com:team/shop.git",
        ];
        for configured in same {
            let repository: Repository = configured.parse().unwrap();
            for sent in same.into_iter().chain(["team/shop"]) {
                assert!(is_of(&repository, sent), "{configured} {sent}");
            }
            for sent in [
                "https://git.example.com/team/shop2.git",
                "https://git.example.com.evil.test/team/shop.git",
                "https://evil.test/git.example.com/team/shop.git",
                "https://git.example.com@evil.test/team/shop.git",
                "git@evil.test:team/shop.git",
                "eam/shop",
                "shop",
                "",
                "/",
            ] {
                assert!(!is_of(&repository, sent), "{configured} {sent}");
            }
        }
    }

    #[test]
    fn a_local_repository_is_itself_alone() {
        let repository = Repository::parse_local("/srv/git/shop.git").unwrap();
        assert!(is_of(&repository, "/srv/git/shop.git"));
        assert!(!is_of(&repository, "git/shop"));
        assert!(!is_of(&repository, "https://h/srv/git/shop.git"));
    }
}
