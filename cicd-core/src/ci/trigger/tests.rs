//! Every cell of the trigger policy.

use super::{Occurrence, TriggerMode, TriggerType, TriggerVerdict, verdict};
use crate::ci::{CiSpec, GitRef, Glob, samples};

const OK: &str = "allowed";

fn globs(texts: &[&str]) -> Vec<Glob> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn named(git_ref: &str) -> GitRef {
    match git_ref.split_once(' ') {
        Some(("branch", name)) => GitRef::Branch(name.parse().unwrap()),
        Some(("tag", name)) => GitRef::Tag(name.parse().unwrap()),
        _ => GitRef::Commit,
    }
}

fn code(spec: &CiSpec, occurrence: &Occurrence) -> &'static str {
    match verdict(spec, occurrence) {
        TriggerVerdict::Allowed => OK,
        TriggerVerdict::Blocked(reason) => reason.code(),
    }
}

const MODES: [(TriggerMode, TriggerType, &str); 6] = [
    (TriggerMode::Manual, TriggerType::Manual, OK),
    (TriggerMode::Manual, TriggerType::SourceEvent, "mode_manual_only"),
    (TriggerMode::SourceEvent, TriggerType::Manual, "mode_source_event_only"),
    (TriggerMode::SourceEvent, TriggerType::SourceEvent, OK),
    (TriggerMode::Both, TriggerType::Manual, OK),
    (TriggerMode::Both, TriggerType::SourceEvent, OK),
];

const REFS: [&str; 5] = ["branch main", "branch wip", "tag v1", "tag nightly", "commit"];

/// For each ref filter (branches, tags), what becomes of each of [`REFS`].
const FILTERS: [(&[&str], &[&str], [&str; 5]); 4] = [
    (&[], &[], [OK, OK, OK, OK, OK]),
    (&["ma*"], &[], [OK, "branch_not_matched", "tag_not_matched", "tag_not_matched", "ref_not_named"]),
    (&[], &["v*"], ["branch_not_matched", "branch_not_matched", OK, "tag_not_matched", "ref_not_named"]),
    (&["ma*"], &["v*"], [OK, "branch_not_matched", OK, "tag_not_matched", "ref_not_named"]),
];

/// The filter, what changed, the code for a branch or commit, and the code for a tag.
type PathCell = (&'static [&'static str], Option<&'static [&'static str]>, &'static str, &'static str);

/// For each path filter and each change, what becomes of a branch or commit, and of a tag.
const PATHS: [PathCell; 8] = [
    (&[], None, OK, OK),
    (&[], Some(&[]), OK, OK),
    (&[], Some(&["README.md"]), OK, OK),
    (&[], Some(&["README.md", "src/lib.rs"]), OK, OK),
    (&["src/**"], None, OK, OK),
    (&["src/**"], Some(&[]), "no_path_matched", OK),
    (&["src/**"], Some(&["README.md"]), "no_path_matched", OK),
    (&["src/**"], Some(&["README.md", "src/lib.rs"]), OK, OK),
];

#[test]
fn every_cell() {
    let mut spec = samples::spec();
    let mut cells = 0;
    for (mode, trigger, by_mode) in MODES {
        for (branches, tags, by_ref) in FILTERS {
            for (git_ref, by_ref) in REFS.into_iter().zip(by_ref) {
                for (paths, changed, by_path, by_path_of_tag) in PATHS {
                    spec.trigger_mode = mode;
                    (spec.branches, spec.tags, spec.paths) = (globs(branches), globs(tags), globs(paths));
                    let changed_paths = changed.map(|paths| paths.iter().map(ToString::to_string).collect());
                    let occurrence = Occurrence { trigger, git_ref: named(git_ref), changed_paths };
                    let by_path = if git_ref.starts_with("tag") { by_path_of_tag } else { by_path };
                    let filters = if trigger == TriggerType::Manual { [OK, OK] } else { [by_ref, by_path] };
                    let mut reasons = [by_mode].into_iter().chain(filters);
                    let expected = reasons.find(|reason| *reason != OK).unwrap_or(OK);
                    assert_eq!(
                        code(&spec, &occurrence),
                        expected,
                        "{mode} {branches:?} {tags:?} {occurrence:?}"
                    );
                    cells += 1;
                }
            }
        }
    }
    assert_eq!(cells, 6 * 4 * 5 * 8);
}

#[test]
fn a_block_names_what_would_be_allowed() {
    let spec = samples::spec();
    let blocked = |git_ref: &str, changed: &[&str]| {
        let changed_paths = Some(changed.iter().map(ToString::to_string).collect());
        let occurrence =
            Occurrence { trigger: TriggerType::SourceEvent, git_ref: named(git_ref), changed_paths };
        match verdict(&spec, &occurrence) {
            TriggerVerdict::Allowed => panic!("{git_ref} is allowed"),
            TriggerVerdict::Blocked(reason) => reason.to_string(),
        }
    };
    let refs = "allowed: branches `main`, `release/*`; tags `v*`";
    assert_eq!(blocked("branch wip", &[]), format!("branch `wip` is not built; {refs}"));
    assert_eq!(blocked("tag x", &[]), format!("tag `x` is not built; {refs}"));
    assert_eq!(blocked("commit", &[]), format!("the event names no branch and no tag; {refs}"));
    assert_eq!(
        blocked("branch main", &["docs/a.md"]),
        "none of 1 changed paths is built; allowed: a change of `src/**`, `Cargo.toml`"
    );
}
