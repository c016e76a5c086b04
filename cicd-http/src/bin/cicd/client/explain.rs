//! `cicd release explain`.

use std::fmt::Write as _;

use cicd_core::id::ReleaseId;
use clap::Args;
use serde_json::Value;

use super::options::Host;
use super::show;
use super::trouble::Trouble;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The release.
    release: ReleaseId,
    #[command(flatten)]
    host: Host,
}

impl Explain {
    pub(super) async fn run(self) -> Result<(), Trouble> {
        let told = self.host.get(&format!("/releases/{}/explain", self.release)).await?;
        self.host.print(&told, lines)
    }
}

fn lines(told: &Value) -> String {
    let mut lines = format!("{}: {}", show::text(told, "/release"), show::text(told, "/state"));
    for gate in told.get("gates").and_then(Value::as_array).into_iter().flatten() {
        let open = gate.get("open").and_then(Value::as_bool) == Some(true);
        let verdict = if open { "open" } else { "closed" };
        let _ =
            write!(lines, "\n  {:<9}{verdict:<7}{}", show::text(gate, "/gate"), show::text(gate, "/reason"));
        let openers = gate.get("opened_by").and_then(Value::as_array).into_iter().flatten();
        let openers: Vec<_> = openers.filter_map(Value::as_str).collect();
        if !open && !openers.is_empty() {
            let _ = write!(lines, "; opened by {}", openers.join(", "));
        }
        if let Some(at) = gate.get("opens_at").and_then(Value::as_str) {
            let _ = write!(lines, "; opens at {at}");
        }
    }
    lines
}
