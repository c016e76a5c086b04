//! The verdict on an occurrence.

use serde::{Deserialize, Serialize};

use super::{TriggerMode, TriggerType};
use crate::ci::{CiSpec, GitRef, Glob, RefName};

/// Something that would start a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Occurrence {
    /// Who would start it.
    pub trigger: TriggerType,
    /// How the commit is named.
    pub git_ref: GitRef,
    /// The paths that changed, relative to the repository's root; `None` where nobody could tell.
    pub changed_paths: Option<Vec<String>>,
}

/// Whether an occurrence may start a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriggerVerdict {
    /// It may.
    Allowed,
    /// It may not.
    Blocked(BlockReason),
}

/// Why an occurrence starts no run. The message names what would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum BlockReason {
    /// The mode is `manual`, the trigger a source event.
    #[error("the trigger mode is `manual`; allowed: a run that somebody starts")]
    ModeManualOnly,
    /// The mode is `source-event`, the trigger manual.
    #[error("the trigger mode is `source-event`; allowed: an event from a verified source")]
    ModeSourceEventOnly,
    /// No glob matches the branch.
    #[error("branch `{branch}` is not built; allowed: {}", refs(.branches, .tags))]
    BranchNotMatched {
        /// The branch.
        branch: RefName,
        /// The branches that are built.
        branches: Vec<Glob>,
        /// The tags that are built.
        tags: Vec<Glob>,
    },
    /// No glob matches the tag.
    #[error("tag `{tag}` is not built; allowed: {}", refs(.branches, .tags))]
    TagNotMatched {
        /// The tag.
        tag: RefName,
        /// The branches that are built.
        branches: Vec<Glob>,
        /// The tags that are built.
        tags: Vec<Glob>,
    },
    /// The commit is on no branch and has no tag that is known, and the config asks for one.
    #[error("the event names no branch and no tag; allowed: {}", refs(.branches, .tags))]
    RefNotNamed {
        /// The branches that are built.
        branches: Vec<Glob>,
        /// The tags that are built.
        tags: Vec<Glob>,
    },
    /// No changed path matches.
    #[error("none of {changed} changed paths is built; allowed: a change of {}", globs(.paths))]
    NoPathMatched {
        /// How many paths changed.
        changed: usize,
        /// The paths that are built.
        paths: Vec<Glob>,
    },
}

impl BlockReason {
    /// A stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ModeManualOnly => "mode_manual_only",
            Self::ModeSourceEventOnly => "mode_source_event_only",
            Self::BranchNotMatched { .. } => "branch_not_matched",
            Self::TagNotMatched { .. } => "tag_not_matched",
            Self::RefNotNamed { .. } => "ref_not_named",
            Self::NoPathMatched { .. } => "no_path_matched",
        }
    }
}

fn globs(globs: &[Glob]) -> String {
    globs.iter().map(|glob| format!("`{glob}`")).collect::<Vec<_>>().join(", ")
}

fn refs(branches: &[Glob], tags: &[Glob]) -> String {
    match (branches, tags) {
        ([], tags) => format!("tags {}", globs(tags)),
        (branches, []) => format!("branches {}", globs(branches)),
        (branches, tags) => format!("branches {}; tags {}", globs(branches), globs(tags)),
    }
}

/// Whether `occurrence` may start a run of `spec`; the [module](super) tells the rules.
#[must_use]
pub fn verdict(spec: &CiSpec, occurrence: &Occurrence) -> TriggerVerdict {
    match check(spec, occurrence) {
        Ok(()) => TriggerVerdict::Allowed,
        Err(reason) => TriggerVerdict::Blocked(reason),
    }
}

fn check(spec: &CiSpec, occurrence: &Occurrence) -> Result<(), BlockReason> {
    match (spec.trigger_mode, occurrence.trigger) {
        (TriggerMode::Manual | TriggerMode::Both, TriggerType::Manual) => Ok(()),
        (TriggerMode::SourceEvent, TriggerType::Manual) => Err(BlockReason::ModeSourceEventOnly),
        (TriggerMode::Manual, TriggerType::SourceEvent) => Err(BlockReason::ModeManualOnly),
        (TriggerMode::SourceEvent | TriggerMode::Both, TriggerType::SourceEvent) => {
            check_ref(spec, &occurrence.git_ref)?;
            check_paths(spec, occurrence)
        }
    }
}

fn check_ref(spec: &CiSpec, git_ref: &GitRef) -> Result<(), BlockReason> {
    let (branches, tags) = (&spec.branches, &spec.tags);
    if branches.is_empty() && tags.is_empty() {
        return Ok(());
    }
    let any = |globs: &[Glob], name: &RefName| globs.iter().any(|glob| glob.matches(name.as_str()));
    let (branches_named, tags_named) = (branches.clone(), tags.clone());
    match git_ref {
        GitRef::Branch(name) if any(branches, name) => Ok(()),
        GitRef::Tag(name) if any(tags, name) => Ok(()),
        GitRef::Branch(name) => Err(BlockReason::BranchNotMatched {
            branch: name.clone(),
            branches: branches_named,
            tags: tags_named,
        }),
        GitRef::Tag(name) => {
            Err(BlockReason::TagNotMatched { tag: name.clone(), branches: branches_named, tags: tags_named })
        }
        GitRef::Commit => Err(BlockReason::RefNotNamed { branches: branches_named, tags: tags_named }),
    }
}

fn check_paths(spec: &CiSpec, occurrence: &Occurrence) -> Result<(), BlockReason> {
    let Some(changed) = &occurrence.changed_paths else {
        return Ok(());
    };
    let is_asked = !spec.paths.is_empty() && !matches!(occurrence.git_ref, GitRef::Tag(_));
    if is_asked && !changed.iter().any(|path| spec.paths.iter().any(|glob| glob.matches(path))) {
        return Err(BlockReason::NoPathMatched { changed: changed.len(), paths: spec.paths.clone() });
    }
    Ok(())
}
