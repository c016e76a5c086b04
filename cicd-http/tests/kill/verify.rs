//! What the host says now, beside what the clients were told.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::client::text;
use crate::host::Host;
use crate::journal::{Asked, Entry};
use crate::setup::People;

pub(crate) async fn everything(host: &Host, people: &People, journals: &[Vec<Entry>]) -> String {
    let entries: Vec<&Entry> = journals.iter().flatten().collect();
    for entry in &entries {
        assert!((200..300).contains(&entry.status), "refused without a reason: {entry:?}");
    }
    let releases = settled(host, people).await;
    let freezes = all(host, people, "/freezes?limit=200").await;
    let runs = all(host, people, "/services/shop/ci-runs?limit=200").await;
    let reason = |run: &Value| run.pointer("/trigger/reason").and_then(Value::as_str).map(str::to_owned);
    let by_version = count(&releases, |release| text(release, "version"));
    let by_freeze = count(&freezes, |freeze| text(freeze, "reason"));
    let by_run = count(&runs, reason);
    let (mut made, mut approved) = (0, 0);
    for entry in &entries {
        match &entry.asked {
            Asked::Release { version, deployment } => {
                assert_eq!(by_version.get(version), Some(&1), "{deployment} {version}: {entry:?}");
                made += 1;
            }
            Asked::Freeze { reason } => assert_eq!(by_freeze.get(reason), Some(&1), "{entry:?}"),
            Asked::Run { reason } => assert_eq!(by_run.get(reason), Some(&1), "{entry:?}"),
            Asked::Approval { release } => {
                assert_eq!(votes(&releases, release), 1, "{entry:?}");
                approved += 1;
            }
        }
    }
    assert_eq!(releases.len(), made, "a release that nobody was told of");
    assert_eq!(freezes.len(), by_freeze.len(), "a freeze twice");
    started_once(host, people).await;
    let overlaps = std::fs::read_to_string(host.path("state/overlaps")).unwrap_or_default();
    assert_eq!(overlaps, "", "a child of a dead host met the next attempt");
    let retried = entries.iter().filter(|entry| entry.tries > 1).count();
    assert!(made > 0 && approved > 0 && !runs.is_empty() && retried > 0, "the run proved nothing");
    format!("{} requests, {retried} of them retried, {made} releases, {} runs", entries.len(), runs.len())
}

/// The releases, once none of them executes and no run is under way any more: each has found its owner again.
async fn settled(host: &Host, people: &People) -> Vec<Value> {
    let busy = |rows: &[Value], pointer: &str, words: &[&str]| {
        rows.iter()
            .filter(|row| row.pointer(pointer).and_then(Value::as_str).is_some_and(|s| words.contains(&s)))
            .count()
    };
    for _ in 0..600 {
        let releases = all(host, people, "/releases?limit=200").await;
        let runs = all(host, people, "/services/shop/ci-runs?limit=200").await;
        let left = busy(&releases, "/state/status", &["approved", "executing"])
            + busy(&runs, "/status", &["queued", "running"]);
        if left == 0 {
            let ends =
                count(&releases, |release| release.pointer("/state/status")?.as_str().map(str::to_owned));
            assert!(ends.get("succeeded").is_some_and(|n| *n > 0), "nothing was rolled out: {ends:?}");
            return releases;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("after five minutes something is still under way without an owner");
}

/// Every page of a list.
async fn all(host: &Host, people: &People, path: &str) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let url = format!("{}{path}{after}", host.api());
        let answer = people.request(Method::GET, &url, &people.admin).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let page: Value = answer.json().await.expect("json");
        rows.extend(page.get("items").and_then(Value::as_array).expect("a list").iter().cloned());
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={next}"),
            None => return rows,
        }
    }
}

fn count(rows: &[Value], name: impl Fn(&Value) -> Option<String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in rows.iter().filter_map(name) {
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}

fn votes(releases: &[Value], id: &str) -> usize {
    let release = releases.iter().find(|release| text(release, "id").as_deref() == Some(id));
    let votes = release.and_then(|release| release.get("votes")).and_then(Value::as_array);
    votes.map_or(0, Vec::len)
}

/// An approval is spent once: the ledger tells one start for each release.
async fn started_once(host: &Host, people: &People) {
    let url = format!("{}/audit-events/export", host.api());
    let answer = people.request(Method::GET, &url, &people.admin).send().await.expect("an answer");
    assert!(answer.status().is_success());
    let lines = answer.text().await.expect("json lines");
    let mut starts: BTreeMap<String, usize> = BTreeMap::new();
    for line in
        lines.lines().filter(|line| line.contains("\"release.started\"") || line.contains("release.started"))
    {
        let event: Value = serde_json::from_str(line).expect("a line of json");
        let release = find(&event, "release").expect("a start names its release");
        *starts.entry(release).or_default() += 1;
    }
    assert!(starts.values().all(|times| *times == 1), "started twice: {starts:?}");
}

/// The id of the release that an exported event is about, wherever the export puts its subject.
fn find(event: &Value, name: &str) -> Option<String> {
    match event {
        Value::Object(members) => members
            .get("subject")
            .and_then(|subject| text(subject, name))
            .or_else(|| members.values().find_map(|member| find(member, name))),
        Value::String(inner) => {
            serde_json::from_str::<Value>(inner).ok().filter(Value::is_object).and_then(|v| find(&v, name))
        }
        _ => None,
    }
}
