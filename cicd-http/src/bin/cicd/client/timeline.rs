//! `cicd timeline`.

use std::fmt::Write as _;

use cicd_core::id::{Environment, ReleaseId, ServiceId};
use cicd_core::time::Timestamp;
use clap::Args;
use serde_json::{Value, json};

use super::options::Host;
use super::trouble::Trouble;
use super::{EXIT_CODES, show};

/// The most entries that a host gives at once.
const PAGE: u64 = 200;

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Timeline {
    /// The service whose last events are told, newest first.
    #[arg(required_unless_present = "release", conflicts_with = "release")]
    service: Option<ServiceId>,
    /// The release whose story is told, oldest first.
    #[arg(long)]
    release: Option<ReleaseId>,
    /// Only of these kinds, such as `release.approved`, or groups, such as `release`; divided by commas.
    #[arg(long, value_name = "KINDS")]
    kind: Option<String>,
    /// Only what happened to deployments of this environment, or governs them.
    #[arg(long)]
    environment: Option<Environment>,
    /// Only what this principal, attempt, source or part of the engine did.
    #[arg(long)]
    actor: Option<String>,
    /// Only from this time on, such as `2026-11-22T00:00:00Z`.
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Only before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// How many entries at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "all")]
    limit: u64,
    /// Every entry, page by page.
    #[arg(long)]
    all: bool,
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
        let (http, filters) = (self.host.connect()?, self.filters());
        let mut left = if self.all { u64::MAX } else { self.limit };
        let (mut items, mut after) = (Vec::new(), String::new());
        while left > 0 {
            let page = http.get(&format!("{path}?limit={}{filters}{after}", left.min(PAGE))).await?;
            let found = page.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
            left = left.saturating_sub(u64::try_from(found.len()).unwrap_or(u64::MAX));
            items.extend(found);
            after = match page.get("next").and_then(Value::as_str) {
                Some(next) => format!("&after={}", encoded(next)),
                None => break,
            };
        }
        self.host.print(&json!({ "items": items }), lines)
    }

    fn filters(&self) -> String {
        let time = |time: &Option<Timestamp>| time.as_ref().map(ToString::to_string);
        let given = [
            ("kind", self.kind.clone()),
            ("environment", self.environment.as_ref().map(ToString::to_string)),
            ("actor", self.actor.clone()),
            ("since", time(&self.since)),
            ("until", time(&self.until)),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
        given.map(|(name, value)| format!("&{name}={}", encoded(&value))).collect()
    }
}

/// A value as it stands in a query.
fn encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // A text takes whatever is written.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

fn lines(page: &Value) -> String {
    let items = page.get("items").and_then(Value::as_array);
    let line = |entry: &Value| format!("{}  {}", show::text(entry, "/at"), show::text(entry, "/summary"));
    items.into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
}
