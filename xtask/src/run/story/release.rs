//! A release as the story's people handle it.

use serde_json::json;

use crate::failure::Failure;
use crate::run::api::{Answer, Person, text};
use crate::run::sample::Build;

/// A release and the content that people vote on.
pub(super) struct Release {
    pub(super) id: String,
    content: String,
}

impl Release {
    /// Asks for a release of `build` to `deployment`.
    pub(super) fn ask(who: &Person, deployment: &str, build: &Build, reason: &str) -> Result<Self, Failure> {
        Self::read(&who.post("/releases", &build.release_draft(deployment, reason))?.success()?)
    }

    /// Asks to go back to what ran before this release.
    pub(super) fn roll_back(&self, who: &Person, reason: &str) -> Result<Self, Failure> {
        Self::read(&who.post(&self.path("rollback"), &json!({ "reason": reason }))?.success()?)
    }

    /// Agrees with it.
    pub(super) fn vote(&self, who: &Person) -> Result<Answer, Failure> {
        who.post(&self.path("approve"), &json!({ "content": self.content, "comment": "looks good" }))
    }

    /// Makes sure that it has `status`.
    pub(super) fn still(&self, who: &Person, status: &str) -> Result<(), Failure> {
        let body = who.get(&self.path(""))?.success()?;
        let now = text(&body, "/state/status")?;
        if now == status {
            Ok(())
        } else {
            Err(Failure::new(format!("the release is `{now}` instead of `{status}`")))
        }
    }

    /// The path of one of its commands; empty for itself.
    pub(super) fn path(&self, command: &str) -> String {
        let slash = if command.is_empty() { "" } else { "/" };
        format!("/releases/{}{slash}{command}", self.id)
    }

    fn read(body: &serde_json::Value) -> Result<Self, Failure> {
        Ok(Self { id: text(body, "/id")?, content: text(body, "/content_digest")? })
    }
}
