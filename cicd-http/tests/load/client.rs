//! A client that writes, journals what it was told, and asks again with the same key until it is told something.
//!
//! It leaves only a little of what it asked for open. Who never waits piles up more than any host carries out, and each
//! start looks at all that waits before it: such a run would measure the queue and prove nothing more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::host::LEASE;
use super::journal::{Asked, Entry};
use super::open::{is_open, text};
use super::setup::{People, deployment};
use super::{Dice, Site};

/// How many releases and runs a client leaves open: enough that they queue on its deployment.
const OPEN: usize = 3;
/// How long it waits for an answer: less than a paused host sleeps, which then meets requests that another one has answered.
const PATIENCE: Duration = LEASE;

struct Client {
    number: usize,
    people: People,
    site: Site,
    journal: Vec<Entry>,
    /// The paths of the releases and runs that had not ended when it last looked.
    open: Vec<String>,
    sent: u32,
}

pub(crate) async fn run(
    number: usize,
    people: People,
    site: Site,
    mut dice: Dice,
    over: Arc<AtomicBool>,
) -> Vec<Entry> {
    let mut client = Client { number, people, site, journal: Vec::new(), open: Vec::new(), sent: 0 };
    while !over.load(Ordering::SeqCst) {
        client.forget_what_ended().await;
        if client.open.len() < OPEN {
            match dice.below(10) {
                0..=5 => client.release().await,
                6..=7 => client.freeze().await,
                _ => client.run().await,
            }
        }
        tokio::time::sleep(Duration::from_millis(dice.below(150))).await;
    }
    client.journal
}

impl Client {
    async fn forget_what_ended(&mut self) {
        let mut open = Vec::new();
        for path in std::mem::take(&mut self.open) {
            // What a dead host says nothing about has not ended.
            if self.get(&path).await.is_none_or(|row| is_open(&row)) {
                open.push(path);
            }
        }
        self.open = open;
    }

    async fn release(&mut self) {
        let body = json!({
            "deployment": deployment(self.number),
            "artifact": { "external": {
                "digest": format!("sha256:{}", "ab".repeat(32)), "name": "page", "location": "elsewhere",
            } },
            "version": format!("v-{}-{}", self.number, self.sent),
        });
        let token = self.people.developer.clone();
        let release = self.post("/releases", &token, &body, Asked::Release).await;
        let (Some(id), Some(content)) = (text(&release, "id"), text(&release, "content_digest")) else {
            return;
        };
        self.open.push(format!("/releases/{id}"));
        let token = self.people.approver.clone();
        let body = json!({ "content": content });
        self.post(&format!("/releases/{id}/approve"), &token, &body, Asked::Approval).await;
    }

    /// A freeze of a far day, lifted again: decisions load what is not lifted, and it would only become more.
    async fn freeze(&mut self) {
        let body = json!({
            "scope": { "kind": "tenant" },
            "from": "2099-01-01T00:00:00Z",
            "until": "2099-01-02T00:00:00Z",
            "reason": format!("f-{}-{}", self.number, self.sent),
        });
        let token = self.people.manager.clone();
        let freeze = self.post("/freezes", &token, &body, Asked::Freeze).await;
        let (Some(id), Some(version)) = (text(&freeze, "id"), freeze.get("row_version")) else { return };
        let condition = format!("\"{version}\"");
        let request = || {
            let url = format!("{}/freezes/{id}?reason=over", self.site.api());
            self.people.request(Method::DELETE, &url, &token).header("if-match", &condition)
        };
        let (status, answer, tries) = answered(request).await;
        // The host that lifted it died before it could say so.
        let status = if status == 404 && tries > 1 { 204 } else { status };
        self.journal.push(Entry { asked: Asked::Lift, id, status, answer, tries });
    }

    async fn run(&mut self) {
        let reason = format!("r-{}-{}", self.number, self.sent);
        let body = json!({ "commit": self.people.commit, "reason": reason });
        let token = self.people.developer.clone();
        let run = self.post("/services/shop/ci-runs", &token, &body, Asked::Run).await;
        self.open.extend(text(&run, "id").map(|id| format!("/ci-runs/{id}")));
    }

    async fn post(&mut self, path: &str, token: &str, body: &Value, asked: Asked) -> Value {
        let key = format!("client-{}-{}", self.number, self.sent);
        self.sent += 1;
        let request = || {
            let url = format!("{}{path}", self.site.api());
            self.people.request(Method::POST, &url, token).header("idempotency-key", &key).json(body)
        };
        let (status, answer, tries) = answered(request).await;
        let id = text(&answer, "id").unwrap_or_default();
        self.journal.push(Entry { asked, id, status, answer: answer.clone(), tries });
        answer
    }

    /// What a path shows, when there is an answer.
    async fn get(&self, path: &str) -> Option<Value> {
        let url = format!("{}{path}", self.site.api());
        let request = self.people.request(Method::GET, &url, &self.people.developer);
        request.timeout(PATIENCE).send().await.ok()?.json().await.ok()
    }
}

/// Asks until there is an answer; gives its status and body, and how often it asked. A dead host gives none, one that is
/// overwhelmed says so.
async fn answered(request: impl Fn() -> RequestBuilder) -> (u16, Value, u32) {
    let mut tries = 0;
    loop {
        tries += 1;
        if let Ok(answer) = request().timeout(PATIENCE).send().await {
            let status = answer.status().as_u16();
            // An answer that breaks off half way is no answer.
            if let (false, Ok(body)) = (matches!(status, 429 | 503), answer.bytes().await) {
                return (status, serde_json::from_slice(&body).unwrap_or_default(), tries);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
