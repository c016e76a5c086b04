//! GitHub's payloads, and those of Gitea and Forgejo, which have the same form.

use serde_json::Value;

use super::{
    Read, author, changed_paths, commit, first, full_ref, lacking, link, name, of, repositories, text, whole,
};
use crate::ci::GitRef;
use crate::source::{EventKind, IgnoreReason, Reading, SourceEvent};

/// The most commits that GitHub puts into a payload; Gitea says how many there are.
const MOST_COMMITS: usize = 2_048;

const REPOSITORIES: [&str; 3] = ["/repository/clone_url", "/repository/ssh_url", "/repository/html_url"];

pub(super) fn read(event: &str, value: &Value) -> Reading {
    match event {
        "ping" => IgnoreReason::Ping.into(),
        "push" => of(push(value)),
        "pull_request" => of(merged(value)),
        other => IgnoreReason::OtherEvent { event: super::shown(other, 100) }.into(),
    }
}

fn push(value: &Value) -> Read<SourceEvent> {
    let (kind, git_ref) = full_ref(text(value, "/ref").ok_or_else(|| lacking("it has no `ref`"))?)?;
    let is_deleted = value.get("deleted").and_then(Value::as_bool).unwrap_or(false);
    if is_deleted {
        return Err(IgnoreReason::Deleted);
    }
    let after = commit(text(value, "/after"))?;
    // `after` of an annotated tag is the tag itself.
    let commit = match first(value, &["/head_commit/id"]) {
        Some(head) => commit(Some(head))?,
        None => after,
    };
    let rewrites = |member| value.get(member).and_then(Value::as_bool).unwrap_or(false);
    let commits = whole(value, "total_commits", MOST_COMMITS)
        .filter(|_| matches!(git_ref, GitRef::Branch(_)) && !rewrites("created") && !rewrites("forced"));
    Ok(SourceEvent {
        kind,
        git_ref,
        commit,
        author: author(
            value,
            &["/head_commit/author/name", "/pusher/name", "/pusher/login", "/sender/login"],
        ),
        link: link(value, &["/head_commit/url", "/compare", "/compare_url"]),
        changed_paths: commits.and_then(changed_paths),
        repositories: repositories(value, &REPOSITORIES),
    })
}

fn merged(value: &Value) -> Read<SourceEvent> {
    let is_merged = value.pointer("/pull_request/merged").and_then(Value::as_bool).unwrap_or(false);
    if text(value, "/action") != Some("closed") || !is_merged {
        return Err(IgnoreReason::NotMerged);
    }
    let branch = text(value, "/pull_request/base/ref").ok_or_else(|| lacking("it has no base branch"))?;
    Ok(SourceEvent {
        kind: EventKind::Merge,
        git_ref: GitRef::Branch(name(branch)?),
        commit: commit(first(value, &["/pull_request/merge_commit_sha", "/pull_request/merged_commit_id"]))?,
        author: author(value, &["/pull_request/user/login"]),
        link: link(value, &["/pull_request/html_url"]),
        changed_paths: None,
        repositories: repositories(value, &REPOSITORIES),
    })
}
