//! `cicd release approve`.

use cicd_core::digest::Digest;
use cicd_core::id::{ReleaseId, Role};
use clap::Args;
use serde_json::{Map, Value};

use super::options::Write;
use super::trouble::Trouble;
use super::{show, vote};

#[derive(Debug, Args)]
pub(super) struct Approve {
    /// The release.
    release: ReleaseId,
    /// The content that was seen, `sha256:…`; needed where nobody can be asked.
    #[arg(long, value_name = "DIGEST")]
    content: Option<Digest>,
    /// The role for which the vote shall count.
    #[arg(long)]
    role: Option<Role>,
    /// Why.
    #[arg(long)]
    comment: Option<String>,
    #[command(flatten)]
    write: Write,
}

impl Approve {
    pub(super) async fn run(self) -> Result<(), Trouble> {
        let content = vote::content(&self.write.host, self.release, self.content, "approve").await?;
        let mut draft = Map::from_iter([("content".to_owned(), Value::from(content))]);
        draft.extend(self.role.map(|role| ("role".to_owned(), role.to_string().into())));
        draft.extend(self.comment.map(|comment| ("comment".to_owned(), comment.into())));
        let path = format!("/releases/{}/approve", self.release);
        self.write.post(&path, &Value::Object(draft), show::release).await
    }
}
