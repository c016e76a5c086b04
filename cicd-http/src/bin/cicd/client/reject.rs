//! `cicd release reject`.

use cicd_core::digest::Digest;
use cicd_core::id::ReleaseId;
use clap::Args;
use serde_json::json;

use super::options::Write;
use super::trouble::Trouble;
use super::{show, vote};

#[derive(Debug, Args)]
pub(super) struct Reject {
    /// The release.
    release: ReleaseId,
    /// Why.
    #[arg(long)]
    comment: String,
    /// The content that was seen, `sha256:…`; needed where nobody can be asked.
    #[arg(long, value_name = "DIGEST")]
    content: Option<Digest>,
    #[command(flatten)]
    write: Write,
}

impl Reject {
    pub(super) async fn run(self) -> Result<(), Trouble> {
        let content = vote::content(&self.write.host, self.release, self.content, "reject").await?;
        let draft = json!({ "content": content, "comment": self.comment });
        self.write.post(&format!("/releases/{}/reject", self.release), &draft, show::release).await
    }
}
