//! `cicd release create`.

use cicd_core::digest::Digest;
use cicd_core::id::{CiRunId, DeploymentId};
use clap::Args;
use serde_json::json;

use super::options::Write;
use super::show;
use super::trouble::Trouble;

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Where to.
    deployment: DeploymentId,
    /// The CI run whose artifact ships.
    #[arg(long, value_name = "RUN", required_unless_present = "digest", conflicts_with = "digest")]
    ci_run: Option<CiRunId>,
    /// The artifact that was built elsewhere, `sha256:…`, where the CD config allows it.
    #[arg(long, requires = "name", requires = "location")]
    digest: Option<Digest>,
    /// The name of that artifact.
    #[arg(long, requires = "digest")]
    name: Option<String>,
    /// Where that artifact is.
    #[arg(long, requires = "digest")]
    location: Option<String>,
    /// A label for people.
    #[arg(long)]
    version: String,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    write: Write,
}

impl Create {
    pub(super) async fn run(self) -> Result<(), Trouble> {
        let digest = self.digest.map(|digest| digest.to_string());
        let artifact = match self.ci_run {
            Some(run) => json!({ "ci_run": run.to_string() }),
            None => json!({
                "external": { "digest": digest, "name": self.name, "location": self.location },
            }),
        };
        let mut draft = json!({
            "deployment": self.deployment.to_string(),
            "artifact": artifact,
            "version": self.version,
        });
        if let (Some(reason), Some(draft)) = (self.reason, draft.as_object_mut()) {
            draft.insert("reason".to_owned(), reason.into());
        }
        self.write.post("/releases", &draft, show::release).await
    }
}
