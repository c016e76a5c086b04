//! What the host has still to do: releases and runs that have not ended.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

use super::Site;
use super::host::LEASE;
use super::setup::People;

/// What a release or a run is called that has not ended, and the list that holds it.
const OPEN: [(&str, &str); 5] = [
    ("/releases", "pending_approval"),
    ("/releases", "approved"),
    ("/releases", "executing"),
    ("/services/shop/ci-runs", "queued"),
    ("/services/shop/ci-runs", "running"),
];

/// By when another host has found what is without an owner: after a lease, but a busy machine has much else to do.
const FOUND: Duration = Duration::from_secs(10 * LEASE.as_secs());

/// Whether a release or a run, as the API shows it, has not ended.
pub(crate) fn is_open(row: &Value) -> bool {
    let status = row.pointer("/state/status").or_else(|| row.pointer("/status")).and_then(Value::as_str);
    OPEN.iter().any(|(_, open)| Some(*open) == status)
}

/// Waits until none of the releases that execute now does any more, and fails when one still does when somebody must have found it: nobody
/// has found it, because with an owner each is a matter of moments.
pub(crate) async fn owners_found(site: &Site, people: &People) {
    let executing = || async { ids(&all(site, people, "/releases", "&status=executing").await) };
    let since = Instant::now();
    let mut left = executing().await;
    while !left.is_empty() {
        assert!(since.elapsed() < FOUND, "these execute without an owner: {left:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = executing().await;
        left.retain(|id| now.contains(id));
    }
}

/// Waits until everything has ended. How long that takes is the machine's to say; that nothing ends for so long says
/// that what is left has no owner.
pub(crate) async fn settled(site: &Site, people: &People) {
    let (mut least, mut since) = (usize::MAX, Instant::now());
    loop {
        let mut left = Vec::new();
        for (list, status) in OPEN {
            left.extend(ids(&all(site, people, list, &format!("&status={status}")).await));
        }
        if left.is_empty() {
            return;
        }
        if left.len() < least {
            (least, since) = (left.len(), Instant::now());
        }
        assert!(since.elapsed() < FOUND, "these are open and nothing comes of them: {left:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Every row of a list that passes `filter`, which begins with `&`.
pub(crate) async fn all(site: &Site, people: &People, list: &str, filter: &str) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let page = page(site, people, &format!("{list}?limit=200{filter}{after}")).await;
        rows.extend(page.get("items").and_then(Value::as_array).expect("a list").iter().cloned());
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={next}"),
            None => return rows,
        }
    }
}

/// What the next host says that is alive.
async fn page(site: &Site, people: &People, path: &str) -> Value {
    for _ in 0..100 {
        let url = format!("{}{path}", site.api());
        if let Ok(answer) = people.request(Method::GET, &url, &people.admin).send().await {
            assert!(answer.status().is_success(), "{path}: {}", answer.status());
            return answer.json().await.expect("json");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no host says anything about {path}");
}

/// The text `name` of a row.
pub(crate) fn text(row: &Value, name: &str) -> Option<String> {
    row.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().filter_map(|row| text(row, "id")).collect()
}
