//! Bitbucket's payloads: those of Cloud, and those of Data Center, which are others.

use serde_json::Value;

use super::{Read, author, commit, full_ref, lacking, link, malformed, name, of, repositories, text};
use crate::ci::GitRef;
use crate::source::{EventKind, IgnoreReason, Reading, SourceEvent};

pub(super) fn read(event: &str, value: &Value) -> Vec<Reading> {
    match event {
        "diagnostics:ping" => vec![IgnoreReason::Ping.into()],
        "repo:push" => each(value, "/push/changes", cloud_push),
        "repo:refs_changed" => each(value, "/changes", server_push),
        "pullrequest:fulfilled" => vec![of(cloud_merged(value))],
        "pr:merged" => vec![of(server_merged(value))],
        other => vec![IgnoreReason::OtherEvent { event: super::shown(other, 100) }.into()],
    }
}

fn each(value: &Value, changes: &str, read: fn(&Value, &Value) -> Read<SourceEvent>) -> Vec<Reading> {
    match value.pointer(changes).and_then(Value::as_array) {
        Some(changes) if !changes.is_empty() => {
            changes.iter().map(|change| of(read(value, change))).collect()
        }
        _ => vec![malformed("it has no changes")],
    }
}

fn cloud_repositories(value: &Value) -> Vec<String> {
    repositories(value, &["/repository/links/html/href", "/repository/full_name"])
}

fn cloud_push(value: &Value, change: &Value) -> Read<SourceEvent> {
    let new = change.get("new").filter(|new| !new.is_null()).ok_or(IgnoreReason::Deleted)?;
    let name = name(text(new, "/name").ok_or_else(|| lacking("a change has no name"))?)?;
    let (kind, git_ref) = match text(new, "/type") {
        Some("branch" | "named_branch") => (EventKind::Push, GitRef::Branch(name)),
        Some("tag" | "annotated_tag") => (EventKind::Tag, GitRef::Tag(name)),
        _ => return Err(lacking("a change is of neither a branch nor a tag")),
    };
    let by = ["/target/author/user/display_name", "/target/author/display_name"];
    Ok(SourceEvent {
        kind,
        git_ref,
        commit: commit(text(new, "/target/hash"))?,
        author: author(new, &by).or_else(|| author(value, &["/actor/display_name", "/actor/nickname"])),
        link: link(new, &["/target/links/html/href"]),
        changed_paths: None,
        repositories: cloud_repositories(value),
    })
}

/// The commit of a merge comes as a short id only, so this reads as malformed unless Bitbucket gives the full one: the push
/// that comes with a merge tells it.
fn cloud_merged(value: &Value) -> Read<SourceEvent> {
    let branch = text(value, "/pullrequest/destination/branch/name");
    let branch = branch.ok_or_else(|| lacking("it has no destination branch"))?;
    Ok(SourceEvent {
        kind: EventKind::Merge,
        git_ref: GitRef::Branch(name(branch)?),
        commit: commit(text(value, "/pullrequest/merge_commit/hash"))?,
        author: author(value, &["/pullrequest/author/display_name"]),
        link: link(value, &["/pullrequest/links/html/href"]),
        changed_paths: None,
        repositories: cloud_repositories(value),
    })
}

/// What Data Center calls a repository: its clone URLs where it gives them, and `PROJECT/slug`.
fn server_repositories(repository: Option<&Value>) -> Vec<String> {
    let Some(repository) = repository else { return Vec::new() };
    let mut all = repositories(repository, &["/links/clone/0/href", "/links/clone/1/href"]);
    if let (true, Some(project), Some(slug)) =
        (all.is_empty(), text(repository, "/project/key"), text(repository, "/slug"))
    {
        all.push(super::shown(&format!("{project}/{slug}"), super::MAX_LINK_CHARACTERS));
    }
    all
}

fn server_push(value: &Value, change: &Value) -> Read<SourceEvent> {
    if text(change, "/type") == Some("DELETE") {
        return Err(IgnoreReason::Deleted);
    }
    let (kind, git_ref) = full_ref(text(change, "/ref/id").ok_or_else(|| lacking("a change has no ref"))?)?;
    Ok(SourceEvent {
        kind,
        git_ref,
        commit: commit(text(change, "/toHash"))?,
        author: author(value, &["/actor/displayName", "/actor/name"]),
        link: link(value, &["/repository/links/self/0/href"]),
        changed_paths: None,
        repositories: server_repositories(value.get("repository")),
    })
}

fn server_merged(value: &Value) -> Read<SourceEvent> {
    let target = text(value, "/pullRequest/toRef/id").ok_or_else(|| lacking("it has no target branch"))?;
    let (_, git_ref) = full_ref(target)?;
    Ok(SourceEvent {
        kind: EventKind::Merge,
        git_ref,
        commit: commit(text(value, "/pullRequest/properties/mergeCommit/id"))?,
        author: author(value, &["/pullRequest/author/user/displayName"]),
        link: link(value, &["/pullRequest/links/self/0/href"]),
        changed_paths: None,
        repositories: server_repositories(value.pointer("/pullRequest/toRef/repository")),
    })
}
