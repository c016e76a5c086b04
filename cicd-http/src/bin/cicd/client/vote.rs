//! What a vote is bound to: nobody votes on what they have not seen.

use std::io::{self, IsTerminal as _, Write as _};

use cicd_core::digest::Digest;
use cicd_core::id::ReleaseId;
use serde_json::Value;

use super::options::Host;
use super::show;
use super::trouble::Trouble;

/// The content to vote on: the given one, or the one that a person at the terminal agrees to.
pub(super) async fn content(
    host: &Host,
    id: ReleaseId,
    given: Option<Digest>,
    verb: &str,
) -> Result<String, Trouble> {
    let asks = !host.no_input && io::stdin().is_terminal();
    match (given, asks) {
        (Some(content), false) => Ok(content.to_string()),
        (None, false) => Err(Trouble::usage(format!(
            "nobody can be asked: name the content that was seen with `--content sha256:…` to {verb} it"
        ))),
        (given, true) => {
            let release = host.get(&format!("/releases/{id}")).await?;
            agreed(&release, verb)?;
            Ok(given.map_or_else(|| show::text(&release, "/content_digest").to_owned(), |it| it.to_string()))
        }
    }
}

fn agreed(release: &Value, verb: &str) -> Result<(), Trouble> {
    eprintln!("{}", show::release(release));
    let rows = [
        ("artifact", "/content/artifact/name"),
        ("digest", "/content/artifact/digest"),
        ("deployment", "/content/deployment"),
        ("tier", "/tier"),
        ("requester", "/requester"),
        ("content", "/content_digest"),
    ];
    for (label, pointer) in rows {
        eprintln!("  {label:<11}{}", show::text(release, pointer));
    }
    eprint!("{verb} this? y/N ");
    let mut answer = String::new();
    let read = io::stderr().flush().and_then(|()| io::stdin().read_line(&mut answer));
    read.map_err(|error| Trouble::failed(format!("no answer can be read: {error}")))?;
    if matches!(answer.trim(), "y" | "Y" | "yes") { Ok(()) } else { Err(Trouble::failed("nothing was done")) }
}
