//! `cicd run trigger`.

use cicd_core::id::ServiceId;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::options::Write;
use super::trouble::Trouble;
use super::{EXIT_CODES, show};

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct RunCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Start a CI run of a service.
    Trigger(Trigger),
}

#[derive(Debug, Args)]
struct Trigger {
    /// The service.
    service: ServiceId,
    /// The commit to build.
    #[arg(long)]
    commit: String,
    /// The branch that it is on.
    #[arg(long, conflicts_with = "tag")]
    branch: Option<String>,
    /// The tag that names it.
    #[arg(long)]
    tag: Option<String>,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    write: Write,
}

impl RunCommand {
    pub(crate) async fn run(self) -> Result<(), Trouble> {
        let Verb::Trigger(trigger) = self.verb;
        trigger.run().await
    }
}

impl Trigger {
    async fn run(self) -> Result<(), Trouble> {
        let named = |kind, name| ("git_ref".to_owned(), json!({ "type": kind, "name": name }));
        let mut draft = Map::from_iter([("commit".to_owned(), Value::from(self.commit))]);
        draft.extend(self.branch.map(|name| named("branch", name)));
        draft.extend(self.tag.map(|name| named("tag", name)));
        draft.extend(self.reason.map(|reason| ("reason".to_owned(), reason.into())));
        let path = format!("/services/{}/ci-runs", self.service);
        let line = |run: &Value| format!("{} of {} is queued", show::text(run, "/id"), self.service);
        self.write.post(&path, &Value::Object(draft), line).await
    }
}
