//! A release as a caller asks for it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::id::{CiRunId, DeploymentId};
use crate::violation::{Fields, Path, Violations, parsed, text};

/// What is to be released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ArtifactSource {
    /// The artifact of a succeeded CI run of the same service.
    CiRun(CiRunId),
    /// An artifact that somebody else built, where the CD config allows it.
    External {
        /// Its SHA-256.
        digest: Digest,
        /// Its name.
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
        name: String,
        /// Where it can be found.
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
        location: String,
    },
}

/// A release as a caller asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseDraft {
    /// Where to.
    pub deployment: DeploymentId,
    /// What.
    pub artifact: ArtifactSource,
    /// A label for people, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub version: String,
    /// Why, at most 2 000 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub reason: Option<String>,
}

impl ReleaseDraft {
    /// Reads `{"deployment": …, "artifact": {"ci_run": …} or {"external": {"digest", "name", "location"}}, "version": …,
    /// "reason": …}`; the reason may be left out.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::read(value, violations))
    }

    fn read(value: &Value, violations: &mut Violations) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let deployment = fields.parsed("deployment", "invalid_id", violations);
        let artifact = fields
            .required("artifact", violations)
            .and_then(|(value, path)| artifact(value, &path, violations));
        let version = fields.text("version", violations, 1..=100);
        let reason =
            fields.optional("reason").and_then(|(value, path)| text(value, &path, violations, 1..=2000));
        fields.finish(violations);
        Some(Self { deployment: deployment?, artifact: artifact?, version: version?, reason })
    }
}

fn artifact(value: &Value, path: &Path, violations: &mut Violations) -> Option<ArtifactSource> {
    let mut fields = Fields::of(value, path, violations)?;
    let run = match fields.optional("ci_run") {
        Some((value, at)) => Some(parsed(value, &at, "invalid_id", violations)?),
        None => None,
    };
    let external = fields.optional("external");
    fields.finish(violations);
    match (run, external) {
        (Some(run), None) => Some(ArtifactSource::CiRun(run)),
        (None, Some((value, path))) => {
            let mut fields = Fields::of(value, &path, violations)?;
            let digest = fields.parsed("digest", "invalid_digest", violations);
            let name = fields.text("name", violations, 1..=100);
            let location = fields.text("location", violations, 1..=500);
            fields.finish(violations);
            Some(ArtifactSource::External { digest: digest?, name: name?, location: location? })
        }
        _ => {
            violations.push(path, "one_of", "accepted: exactly one of `ci_run` and `external`");
            None
        }
    }
}
