//! What somebody writes to start a run.

use serde_json::Value;

use super::RunTrigger;
use crate::ci::trigger::TriggerType;
use crate::ci::{CommitSha, GitRef};
use crate::id::PrincipalId;
use crate::violation::{Fields, Path, Violations, text};

/// The most characters of a reason.
pub const MAX_REASON_CHARACTERS: usize = 2_000;

/// What somebody asks to build: `{"commit": …, "git_ref": …, "reason": …}`, the latter two optional.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunDraft {
    /// The commit.
    pub commit: CommitSha,
    /// How it is named; [`GitRef::Commit`] when nothing is said.
    #[cfg_attr(feature = "openapi", schema(default = json!({"type": "commit"})))]
    pub git_ref: GitRef,
    /// Why.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub reason: Option<String>,
}

impl RunDraft {
    /// Reads a draft.
    ///
    /// # Errors
    /// Every violation of the draft; besides the usual codes `commit`, `git_ref` and `choice`.
    pub fn parse(draft: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| {
            let mut fields = Fields::of(draft, &Path::root(), violations)?;
            let commit = fields.parsed("commit", "commit", violations);
            let git_ref = match fields.optional("git_ref") {
                Some((value, path)) => git_ref(value, &path, violations),
                None => Some(GitRef::Commit),
            };
            let reason = match fields.optional("reason") {
                Some((value, path)) => text(value, &path, violations, 1..=MAX_REASON_CHARACTERS).map(Some),
                None => Some(None),
            };
            fields.finish(violations);
            Some(Self { commit: commit?, git_ref: git_ref?, reason: reason? })
        })
    }

    /// The trigger of a run that `actor` starts with this draft; always manual.
    #[must_use]
    pub fn by(self, actor: PrincipalId) -> RunTrigger {
        let Self { commit, git_ref, reason } = self;
        RunTrigger { trigger_type: TriggerType::Manual, actor, reason, git_ref, commit, source: None }
    }
}

fn git_ref(value: &Value, path: &Path, violations: &mut Violations) -> Option<GitRef> {
    let mut fields = Fields::of(value, path, violations)?;
    let (kind, kind_path) = fields.required("type", violations)?;
    let read = match kind.as_str() {
        Some("branch") => fields.parsed("name", "git_ref", violations).map(GitRef::Branch),
        Some("tag") => fields.parsed("name", "git_ref", violations).map(GitRef::Tag),
        Some("commit") => Some(GitRef::Commit),
        _ => {
            fields.optional("name");
            violations.push(kind_path, "choice", "accepted: `branch`, `tag`, `commit`");
            None
        }
    };
    fields.finish(violations);
    read
}
