//! Our own payload, for senders that sign as Standard Webhooks says:
//! `{"type": "push", "data": {"ref": "refs/heads/main", "commit": …, "repository": …}}`, with `author`, `link` and
//! `changed_paths` where the sender can tell them.

use serde_json::Value;

use super::{MAX_CHANGED_PATHS, Read, author, commit, full_ref, lacking, link, of, repositories, text};
use crate::source::{EventKind, IgnoreReason, Reading, SourceEvent};

pub(super) fn read(value: &Value) -> Reading {
    match text(value, "/type") {
        Some("ping") => IgnoreReason::Ping.into(),
        Some("push" | "tag") => of(event(value)),
        Some("merge") => of(event(value).map(|event| SourceEvent { kind: EventKind::Merge, ..event })),
        other => IgnoreReason::OtherEvent { event: super::shown(other.unwrap_or_default(), 100) }.into(),
    }
}

fn event(value: &Value) -> Read<SourceEvent> {
    let (kind, git_ref) = full_ref(text(value, "/data/ref").ok_or_else(|| lacking("it has no `data.ref`"))?)?;
    Ok(SourceEvent {
        kind,
        git_ref,
        commit: commit(text(value, "/data/commit"))?,
        author: author(value, &["/data/author"]),
        link: link(value, &["/data/link"]),
        changed_paths: value.pointer("/data/changed_paths").and_then(paths),
        repositories: repositories(value, &["/data/repository"]),
    })
}

fn paths(value: &Value) -> Option<Vec<String>> {
    let listed = value.as_array().filter(|paths| paths.len() <= MAX_CHANGED_PATHS)?;
    let paths: Vec<_> = listed
        .iter()
        .map(|path| path.as_str().map(|path| super::shown(path, 1_000)))
        .collect::<Option<_>>()?;
    (paths.iter().map(String::len).sum::<usize>() <= super::MAX_PATHS_BYTES).then_some(paths)
}
