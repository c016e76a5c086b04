//! What a verified body tells, by the provider's form.

mod bitbucket;
mod generic;
mod github;
mod gitlab;

use serde_json::Value;

use super::{EventKind, IgnoreReason, Provider, Reading, SourceEvent};
use crate::ci::{CommitSha, GitRef, RefName};

/// The most changes that are read from one delivery; a provider that pushes more at once names them in no event.
pub const MAX_CHANGES: usize = 20;
/// The most changed paths that are kept of an event; where there are more, it counts as if nobody could tell.
pub const MAX_CHANGED_PATHS: usize = 300;

const MAX_PATHS_BYTES: usize = 16 << 10;
const MAX_AUTHOR_CHARACTERS: usize = 200;
const MAX_LINK_CHARACTERS: usize = 1_000;
const MAX_REPOSITORIES: usize = 8;

/// Reads the body of a delivery that was verified: the event's name, and at least one reading. `event` is what the
/// provider's header says.
#[must_use]
pub fn read(provider: Provider, event: Option<&str>, body: &[u8]) -> (String, Vec<Reading>) {
    let name = event.unwrap_or_default();
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return (shown(name, 100), vec![malformed("it is not JSON")]);
    };
    let mut readings = match provider {
        Provider::Github | Provider::Gitea | Provider::Forgejo => vec![github::read(name, &value)],
        Provider::Gitlab => vec![gitlab::read(name, &value)],
        Provider::Bitbucket => bitbucket::read(name, &value),
        Provider::StandardWebhooks => vec![generic::read(&value)],
    };
    if readings.len() > MAX_CHANGES {
        readings = vec![malformed("it has more changes than are read at once")];
    }
    let name = event.or_else(|| text(&value, "/type")).unwrap_or_default();
    (shown(name, 100), readings)
}

type Read<T> = Result<T, IgnoreReason>;

fn of(read: Read<SourceEvent>) -> Reading {
    match read {
        Ok(event) => Reading::Event(Box::new(event)),
        Err(reason) => Reading::Ignored(reason),
    }
}

fn malformed(message: &str) -> Reading {
    lacking(message).into()
}

fn lacking(message: &str) -> IgnoreReason {
    IgnoreReason::Malformed { message: message.to_owned() }
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
}

/// The first of the texts that is there.
fn first<'a>(value: &'a Value, pointers: &[&str]) -> Option<&'a str> {
    pointers.iter().find_map(|pointer| text(value, pointer))
}

/// At most `most` characters, without control characters.
fn shown(text: &str, most: usize) -> String {
    text.chars().take(most).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn author(value: &Value, pointers: &[&str]) -> Option<String> {
    first(value, pointers).map(|name| shown(name, MAX_AUTHOR_CHARACTERS))
}

/// A link that a page can show: never a scheme that runs anything.
fn link(value: &Value, pointers: &[&str]) -> Option<String> {
    let url = first(value, pointers)?;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_plain = url.len() <= MAX_LINK_CHARACTERS && url.bytes().all(|byte| byte.is_ascii_graphic());
    (is_web && is_plain).then(|| url.to_owned())
}

fn repositories(value: &Value, pointers: &[&str]) -> Vec<String> {
    let all = pointers.iter().filter_map(|pointer| text(value, pointer));
    all.filter(|url| url.len() <= MAX_LINK_CHARACTERS)
        .take(MAX_REPOSITORIES)
        .map(|url| shown(url, MAX_LINK_CHARACTERS))
        .collect()
}

fn commit(text: Option<&str>) -> Read<CommitSha> {
    let text = text.ok_or_else(|| lacking("it names no commit"))?;
    if is_zero(text) {
        return Err(IgnoreReason::Deleted);
    }
    text.parse().map_err(|_| lacking("it does not name a commit by its full id"))
}

fn is_zero(sha: &str) -> bool {
    !sha.is_empty() && sha.bytes().all(|byte| byte == b'0')
}

/// A full ref, such as `refs/heads/main`.
fn full_ref(text: &str) -> Read<(EventKind, GitRef)> {
    if let Some(branch) = text.strip_prefix("refs/heads/") {
        Ok((EventKind::Push, GitRef::Branch(name(branch)?)))
    } else if let Some(tag) = text.strip_prefix("refs/tags/") {
        Ok((EventKind::Tag, GitRef::Tag(name(tag)?)))
    } else {
        Err(lacking("it names neither a branch nor a tag"))
    }
}

fn name(text: &str) -> Read<RefName> {
    text.parse().map_err(|_| lacking("it names a branch or tag that git would not"))
}

/// The paths of a list of commits; `None` where one of them does not tell, or there are too many.
fn changed_paths(commits: &[Value]) -> Option<Vec<String>> {
    let mut paths = std::collections::BTreeSet::new();
    let mut bytes = 0_usize;
    for commit in commits {
        for member in ["added", "removed", "modified"] {
            for path in commit.get(member)?.as_array()? {
                let path = path.as_str()?;
                bytes = bytes.saturating_add(path.len());
                paths.insert(shown(path, MAX_LINK_CHARACTERS));
            }
        }
        if paths.len() > MAX_CHANGED_PATHS || bytes > MAX_PATHS_BYTES {
            return None;
        }
    }
    Some(paths.into_iter().collect())
}

/// The commits of a push, where the list is whole: it is not a new branch, and none was left out.
fn whole<'a>(value: &'a Value, total: &str, most: usize) -> Option<&'a [Value]> {
    let commits = value.get("commits")?.as_array()?;
    let is_whole = match value.get(total) {
        Some(total) => total.as_u64() == u64::try_from(commits.len()).ok(),
        None => commits.len() < most,
    };
    let is_new = text(value, "/before").is_none_or(is_zero);
    (is_whole && !is_new && !commits.is_empty()).then_some(commits)
}
