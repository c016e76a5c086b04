//! How a service is built, and who changed that when.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BuildStep, Glob, RelativePath, Repository, TriggerMode};
use crate::id::{ArtifactName, ExecutorName, PrincipalId, RowVersion, ServiceId};
use crate::time::Timestamp;
use crate::violation::Violations;

/// How a service is built. Its form on the wire is the form of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CiSpec {
    /// Where the source is.
    pub repository: Repository,
    /// The branches that source events may build; see [`trigger`](super::trigger) for what an empty list means.
    #[cfg_attr(feature = "openapi", schema(max_items = 100, default = json!([])))]
    pub branches: Vec<Glob>,
    /// The tags that source events may build.
    #[cfg_attr(feature = "openapi", schema(max_items = 100, default = json!([])))]
    pub tags: Vec<Glob>,
    /// The paths of which a source event must change one; empty for any.
    #[cfg_attr(feature = "openapi", schema(max_items = 100, default = json!([])))]
    pub paths: Vec<Glob>,
    /// What a run does, in order; from 1 to [`MAX_STEPS`](super::MAX_STEPS).
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 50))]
    pub steps: Vec<BuildStep>,
    /// What a run leaves behind.
    pub artifact: ArtifactTarget,
    /// Who may start a run.
    pub trigger_mode: TriggerMode,
    /// The executor that builds.
    pub executor: ExecutorName,
    /// How often a run is attempted when its host dies; from 1 to [`MAX_ATTEMPTS`](super::MAX_ATTEMPTS).
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10, default = 1))]
    pub max_attempts: u32,
}

/// What a run leaves behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ArtifactTarget {
    /// Where the last step has put it in the workspace.
    pub path: RelativePath,
    /// The name that people know it by.
    pub name: ArtifactName,
}

/// What a host allows in CI configs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CiRules {
    /// Whether a repository may lie on the host's own file system: for hosts of one person, such as in development.
    pub allow_local_repositories: bool,
}

/// The CI config of a service: one revision of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CiConfig {
    /// The service that it builds.
    pub service: ServiceId,
    /// Counts the changes of `spec`, from 1.
    pub revision: u32,
    /// How the service is built.
    pub spec: CiSpec,
    /// When this revision was made.
    pub updated_at: Timestamp,
    /// Who made it.
    pub updated_by: PrincipalId,
    /// Version of the row.
    pub row_version: RowVersion,
}

impl CiSpec {
    /// Reads a draft; local repositories are refused.
    ///
    /// # Errors
    /// Every violation of the draft, each with its JSON Pointer. The codes are `required`, `unknown_field`, `wrong_type`,
    /// `length`, `control_character`, `out_of_range`, `too_few`, `too_many`, `duplicate`, `repository`, `glob`, `path`,
    /// `name`, `choice`, `exactly_one`, `environment_name` and `reserved`.
    pub fn parse(draft: &Value) -> Result<Self, Violations> {
        Self::parse_with(draft, CiRules::default())
    }

    /// Reads a draft by the rules of a host.
    ///
    /// # Errors
    /// As [`CiSpec::parse`].
    pub fn parse_with(draft: &Value, rules: CiRules) -> Result<Self, Violations> {
        super::parse::spec(draft, rules)
    }
}
