//! What a release brings: the thing that votes and start are bound to.

use serde::{Deserialize, Serialize};

use crate::cd::{ApprovalPolicy, Strategy};
use crate::digest::Digest;
use crate::id::{CiRunId, DeploymentId};
use crate::json::{self, CanonicalError};

/// Where an artifact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ArtifactOrigin {
    /// A succeeded CI run of the same service built it.
    CiRun {
        /// The run.
        run: CiRunId,
        /// The commit that it built.
        commit: String,
    },
    /// Somebody else built it.
    External {
        /// Where it can be found, in the requester's words.
        location: String,
    },
}

/// What is brought to the deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Artifact {
    /// Its identity.
    pub digest: Digest,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub origin: ArtifactOrigin,
}

/// Everything that a vote is about. Fixed at creation, never amended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Content {
    /// What is brought.
    pub artifact: Artifact,
    /// Where to.
    pub deployment: DeploymentId,
    /// The revision of the deployment.
    pub deployment_revision: u32,
    /// The revision of the CD config.
    pub cd_config_revision: u32,
    /// How it rolls out.
    pub strategy: Strategy,
    /// Who has to agree.
    pub approval: ApprovalPolicy,
}

impl Content {
    /// SHA-256 over the canonical JSON of the artifact's digest, the two revisions, the strategy and the approval policy.
    ///
    /// # Errors
    /// [`CanonicalError`] when a parameter has no canonical form; validated parameters have one.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        let parts = serde_json::json!({
            "artifact": self.artifact.digest,
            "deployment": self.deployment,
            "deployment_revision": self.deployment_revision,
            "cd_config_revision": self.cd_config_revision,
            "strategy": self.strategy,
            "approval": self.approval,
        });
        Ok(Digest::of(&json::canonical(&parts)?))
    }
}
