//! GitLab's payloads.

use serde_json::Value;

use super::{
    Read, author, changed_paths, commit, first, full_ref, lacking, link, name, of, repositories, text, whole,
};
use crate::ci::GitRef;
use crate::source::{EventKind, IgnoreReason, Reading, SourceEvent};

const REPOSITORIES: [&str; 3] = ["/project/git_http_url", "/project/git_ssh_url", "/project/web_url"];

pub(super) fn read(event: &str, value: &Value) -> Reading {
    match event {
        "Push Hook" | "Tag Push Hook" => of(push(value)),
        "Merge Request Hook" => of(merged(value)),
        other => IgnoreReason::OtherEvent { event: super::shown(other, 100) }.into(),
    }
}

fn push(value: &Value) -> Read<SourceEvent> {
    let (kind, git_ref) = full_ref(text(value, "/ref").ok_or_else(|| lacking("it has no `ref`"))?)?;
    let after = commit(text(value, "/after"))?;
    // `after` of an annotated tag is the tag itself.
    let commit = match text(value, "/checkout_sha") {
        Some(checkout) => commit(Some(checkout))?,
        None => after,
    };
    let commits = whole(value, "total_commits_count", 0).filter(|_| matches!(git_ref, GitRef::Branch(_)));
    let last = value
        .get("commits")
        .and_then(Value::as_array)
        .and_then(|commits| commits.iter().find(|listed| text(listed, "/id") == Some(commit.as_str())));
    let by_commit = last.and_then(|last| author(last, &["/author/name"]));
    Ok(SourceEvent {
        kind,
        author: by_commit.or_else(|| author(value, &["/user_name", "/user_username"])),
        link: last.and_then(|last| link(last, &["/url"])).or_else(|| link(value, &["/project/web_url"])),
        git_ref,
        commit,
        changed_paths: commits.and_then(changed_paths),
        repositories: repositories(value, &REPOSITORIES),
    })
}

fn merged(value: &Value) -> Read<SourceEvent> {
    if text(value, "/object_attributes/action") != Some("merge") {
        return Err(IgnoreReason::NotMerged);
    }
    let branch = text(value, "/object_attributes/target_branch");
    let branch = branch.ok_or_else(|| lacking("it has no target branch"))?;
    // A fast-forward makes no commit of its own.
    let commits = [
        "/object_attributes/merge_commit_sha",
        "/object_attributes/squash_commit_sha",
        "/object_attributes/last_commit/id",
    ];
    Ok(SourceEvent {
        kind: EventKind::Merge,
        git_ref: GitRef::Branch(name(branch)?),
        commit: commit(first(value, &commits))?,
        author: author(value, &["/object_attributes/last_commit/author/name", "/user/username"]),
        link: link(value, &["/object_attributes/url"]),
        changed_paths: None,
        repositories: repositories(value, &REPOSITORIES),
    })
}
