//! `cicd timeline`.

use cicd_core::id::{ReleaseId, ServiceId};
use clap::Args;
use serde_json::Value;

use super::options::Host;
use super::trouble::Trouble;
use super::{EXIT_CODES, show};

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Timeline {
    /// The service whose last events are told, newest first.
    #[arg(required_unless_present = "release", conflicts_with = "release")]
    service: Option<ServiceId>,
    /// The release whose story is told, oldest first.
    #[arg(long)]
    release: Option<ReleaseId>,
    #[command(flatten)]
    host: Host,
}

impl Timeline {
    pub(crate) async fn run(self) -> Result<(), Trouble> {
        let path = match (&self.service, &self.release) {
            (Some(service), _) => format!("/services/{service}/timeline"),
            (None, Some(release)) => format!("/releases/{release}/timeline"),
            (None, None) => return Err(Trouble::usage("name a service, or a release with `--release`")),
        };
        let page = self.host.get(&path).await?;
        self.host.print(&page, lines)
    }
}

fn lines(page: &Value) -> String {
    let items = page.get("items").and_then(Value::as_array);
    let line = |entry: &Value| format!("{}  {}", show::text(entry, "/at"), show::text(entry, "/summary"));
    items.into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
}
