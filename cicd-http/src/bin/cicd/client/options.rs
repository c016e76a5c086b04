//! What every command that asks a host takes.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::http::Http;
use super::show;
use super::trouble::Trouble;

#[derive(Debug, Args)]
pub(super) struct Host {
    /// Where the host is, with the prefix under which it is nested, if any.
    #[arg(long, env = "CICD_URL", value_name = "URL")]
    url: String,
    /// A file with the API token; without it the token is `CICD_TOKEN`.
    #[arg(long, env = "CICD_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Send the token over plain http to another machine, too: anybody on the way can read it.
    #[arg(long, env = "CICD_ALLOW_HTTP")]
    allow_http: bool,
    /// Print the host's answer as JSON, and nothing else, on standard output.
    #[arg(long)]
    json: bool,
    /// Never ask; what would be asked has to be given.
    #[arg(long)]
    pub(super) no_input: bool,
}

#[derive(Debug, Args)]
pub(super) struct Write {
    #[command(flatten)]
    pub(super) host: Host,
    /// Let the host decide, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// The idempotency key; a random one without it. The same key again gives the first outcome.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Host {
    pub(super) fn connect(&self) -> Result<Http, Trouble> {
        Http::new(&self.url, self.token_file.as_deref(), self.json, self.allow_http)
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Trouble> {
        self.connect()?.get(path).await
    }

    pub(super) fn print(&self, value: &Value, text: impl FnOnce(&Value) -> String) -> Result<(), Trouble> {
        if self.json { show::json(value) } else { show::line(&text(value)) }
    }
}

impl Write {
    /// Posts `body`, and prints the answer.
    pub(super) async fn post(
        &self,
        path: &str,
        body: &Value,
        text: impl FnOnce(&Value) -> String,
    ) -> Result<(), Trouble> {
        let path = if self.dry_run { format!("{path}?dry_run=true") } else { path.to_owned() };
        let answer = self.host.connect()?.post(&path, body, self.idempotency_key.as_deref()).await?;
        let dry = self.dry_run;
        self.host.print(&answer, |answer| {
            let line = text(answer);
            if dry { format!("dry run, nothing changed: {line}") } else { line }
        })
    }
}
