//! What the host says now, beside what the clients were told.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Site;
use super::journal::{Asked, Entry};
use super::open::{all, settled};
use super::setup::People;

pub(crate) async fn everything(site: &Site, people: &People, journals: &[Vec<Entry>]) -> String {
    let entries: Vec<&Entry> = journals.iter().flatten().collect();
    for entry in &entries {
        assert!((200..300).contains(&entry.status), "refused without a reason: {entry:?}");
    }
    settled(site, people).await;
    let releases = all(site, people, "/releases", "").await;
    let runs = all(site, people, "/services/shop/ci-runs", "").await;
    let votes = releases.iter().filter(|release| release.get("votes").is_some_and(has_one));
    same(&entries, Asked::Release, &counted(&releases, "/id"));
    same(&entries, Asked::Run, &counted(&runs, "/id"));
    same(&entries, Asked::Approval, &counted(votes, "/id"));
    same(&entries, Asked::Freeze, &subjects(site, people, "freeze.added").await);
    same(&entries, Asked::Lift, &subjects(site, people, "freeze.lifted").await);
    assert!(all(site, people, "/freezes", "").await.is_empty(), "a freeze was lifted and is still there");
    // An approval is spent once.
    let starts = subjects(site, people, "release.started").await;
    assert!(starts.values().all(|times| *times == 1), "started twice: {starts:?}");
    // Nothing ends badly but a run of which every attempt died with its host.
    let causes = counted(&runs, "/cause/code");
    assert!(causes.keys().all(|code| code == "host_died"), "{causes:?}");
    let ends = counted(&releases, "/state/status");
    assert!(ends.keys().all(|status| status == "succeeded"), "{ends:?}");
    told(site, &entries, &ends, &counted(&runs, "/status"))
}

/// How many attempts met a living child of the one before.
pub(crate) fn overlaps(site: &Site) -> usize {
    std::fs::read_to_string(site.path("state/overlaps")).unwrap_or_default().lines().count()
}

/// How often the host has each of something.
type Counts = BTreeMap<String, usize>;

/// What was acknowledged is there, nothing is there twice, and nothing is there that nobody was told of: every request is
/// repeated until it is answered.
fn same(entries: &[&Entry], asked: Asked, there: &Counts) {
    let mut told = Counts::new();
    for entry in entries.iter().filter(|entry| entry.asked == asked) {
        *told.entry(entry.id.clone()).or_default() += 1;
    }
    let differs = |(id, times): &(&String, &usize), other: &Counts| **times != 1 || !other.contains_key(*id);
    let lost: Vec<_> = told.iter().filter(|told| differs(told, there)).collect();
    assert!(lost.is_empty(), "{asked:?}: acknowledged and lost, or acknowledged twice: {lost:?}");
    let more: Vec<_> = there.iter().filter(|there| differs(there, &told)).collect();
    assert!(more.is_empty(), "{asked:?}: there twice, or there and nobody was told: {more:?}");
}

/// How often each text is found at `pointer` of a row.
fn counted<'a>(rows: impl IntoIterator<Item = &'a Value>, pointer: &str) -> Counts {
    let mut counts = Counts::new();
    for text in rows.into_iter().filter_map(|row| row.pointer(pointer)?.as_str()) {
        *counts.entry(text.to_owned()).or_default() += 1;
    }
    counts
}

/// What the ledger's events of a kind are about.
async fn subjects(site: &Site, people: &People, kind: &str) -> Counts {
    counted(&all(site, people, "/audit-events", &format!("&kind={kind}")).await, "/subject/id")
}

fn has_one(votes: &Value) -> bool {
    let votes = votes.as_array().map_or(0, Vec::len);
    assert!(votes < 2, "a vote is there twice");
    votes == 1
}

/// The run in a line, when it has proven anything.
fn told(site: &Site, entries: &[&Entry], releases: &Counts, runs: &Counts) -> String {
    let applies = std::fs::read_to_string(site.path("state/applies")).unwrap_or_default().lines().count();
    let retried = entries.iter().filter(|entry| entry.tries > 1).count();
    let succeeded = |ends: &Counts| ends.get("succeeded").copied().unwrap_or_default();
    assert!(
        retried > 0 && succeeded(releases) > 0 && applies >= succeeded(releases) && !runs.is_empty(),
        "the run proved nothing: {retried} requests retried, {applies} applies, releases {releases:?}, runs {runs:?}"
    );
    let total = entries.len();
    format!(
        "{total} requests, {retried} of them retried; releases {releases:?} in {applies} applies; runs {runs:?}"
    )
}
