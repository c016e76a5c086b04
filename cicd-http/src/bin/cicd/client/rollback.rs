//! `cicd release rollback`.

use cicd_core::id::ReleaseId;
use clap::Args;
use serde_json::json;

use super::options::Write;
use super::show;
use super::trouble::Trouble;

#[derive(Debug, Args)]
pub(super) struct Rollback {
    /// The release to undo.
    release: ReleaseId,
    /// Why.
    #[arg(long)]
    reason: String,
    /// The release to go back to; without it, the newest that was stable.
    #[arg(long, value_name = "RELEASE")]
    to: Option<ReleaseId>,
    #[command(flatten)]
    write: Write,
}

impl Rollback {
    pub(super) async fn run(self) -> Result<(), Trouble> {
        let mut draft = json!({ "reason": self.reason });
        if let (Some(to), Some(draft)) = (self.to, draft.as_object_mut()) {
            draft.insert("target".to_owned(), to.to_string().into());
        }
        self.write.post(&format!("/releases/{}/rollback", self.release), &draft, show::release).await
    }
}
