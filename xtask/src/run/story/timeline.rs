//! The service's timeline, oldest entry first.

use serde_json::Value;

use crate::failure::Failure;
use crate::run::api::Person;
use crate::run::sample::SERVICE;

/// What must be in the timeline after the story.
const EXPECTED: &[&str] =
    &["ci_run.succeeded", "release.vote_cast", "release.started", "release.succeeded", "release.rolled_back"];

/// Prints the timeline, and makes sure that it tells of everything.
pub(super) fn print(who: &Person) -> Result<(), Failure> {
    let page = who.get(&format!("/services/{SERVICE}/timeline?limit=200"))?.success()?;
    let entries = page.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for entry in entries.iter().rev() {
        let time = field(entry, "at").get(11..23).unwrap_or_default();
        let place = field(entry, "deployment").trim_start_matches(SERVICE).trim_start_matches('-');
        println!("   {time} {place:<10} {}", field(entry, "summary"));
    }
    let text = page.to_string();
    match EXPECTED.iter().find(|what| !text.contains(**what)) {
        Some(missing) => Err(Failure::new(format!("the timeline tells nothing of `{missing}`"))),
        None => Ok(()),
    }
}

fn field<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry.get(name).and_then(Value::as_str).unwrap_or_default()
}
