//! Exports of audit events: the timeline that they make, and whether they are whole.

use cicd_core::audit::{Chain, ChainReport, Import, Kept, StoredEvent, read_json_line};
use cicd_core::timeline;
use serde::Serialize;

use crate::answer::{Answer, Problem, json};
use crate::read::At;

/// Folds events as the API lists them, or as an export holds them.
pub(crate) fn fold(given: At<'_>) -> Answer {
    let events: Vec<StoredEvent> = match given.optional("/export") {
        None => given.list("/events", listed)?,
        Some(_) => {
            let mut events = Vec::new();
            for (index, line) in lines(given.text("/export")?) {
                let read = read_json_line(line);
                events.push(read.map_err(|error| Problem(format!("line {}: {error}", index + 1)))?.1);
            }
            events
        }
    };
    json(&timeline::fold(&events)?)
}

/// An event as the API lists it: its place in the chain beside the members of the event itself.
fn listed(at: At<'_>) -> Result<StoredEvent, Problem> {
    Ok(StoredEvent {
        chain: chain(at)?,
        seq: at.number("/seq")?,
        at: at.parsed("/at")?,
        // A timeline reads the event's own members and no others.
        bytes: at.0.to_string(),
        previous: at.parsed("/previous")?,
        hash: at.parsed("/hash")?,
    })
}

fn chain(at: At<'_>) -> Result<Chain, Problem> {
    match at.text("/chain")? {
        "ledger" => Ok(Chain::Ledger),
        "security" => Ok(Chain::Security),
        _ => Err(At::none("/chain")),
    }
}

fn kept(at: At<'_>) -> Result<Kept, Problem> {
    Ok(Kept {
        tenant: at.parsed("/tenant")?,
        chain: chain(at)?,
        seq: at.number("/seq")?,
        hash: at.parsed("/hash")?,
    })
}

/// What came of verifying an export.
#[derive(Serialize)]
struct Verified {
    /// Whether nothing is wrong: with a chain, or with the file.
    sound: bool,
    chains: Vec<ChainReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    damaged: Option<Damaged>,
}

/// Where the file stops being an export.
#[derive(Serialize)]
struct Damaged {
    line: usize,
    message: String,
}

pub(crate) fn verify(given: At<'_>) -> Answer {
    let known = given.optional("/kept").map(|_| given.list("/kept", kept)).transpose()?;
    let mut import = Import::expecting(known.unwrap_or_default());
    let mut damaged = None;
    for (index, line) in lines(given.text("/export")?) {
        if let Err(error) = import.read(line) {
            damaged = Some(Damaged { line: index + 1, message: error.to_string() });
            break;
        }
    }
    let chains = import.finish();
    // An export without a single chain proves nothing.
    let sound = damaged.is_none() && !chains.is_empty() && chains.iter().all(|chain| chain.error.is_none());
    json(&Verified { sound, chains, damaged })
}

/// The lines of a text; a line feed ends each.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.strip_suffix('\n').unwrap_or(text).split('\n').enumerate().filter(move |_| !text.is_empty())
}
