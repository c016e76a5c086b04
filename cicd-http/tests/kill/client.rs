//! A client that writes, journals what it was told, and asks again with the same key until it is told something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::Dice;
use crate::journal::{Asked, Entry};
use crate::setup::{People, deployment};

struct Client {
    number: usize,
    people: People,
    api: String,
    journal: Vec<Entry>,
    sent: u32,
}

pub(crate) async fn run(number: usize, people: People, api: String, over: Arc<AtomicBool>) -> Vec<Entry> {
    let mut dice = Dice(0x9e37_79b9 + number as u64);
    let mut client = Client { number, people, api, journal: Vec::new(), sent: 0 };
    while !over.load(Ordering::SeqCst) {
        match dice.below(10) {
            0..=5 => client.release().await,
            6..=7 => client.freeze().await,
            _ => client.run().await,
        }
        tokio::time::sleep(Duration::from_millis(dice.below(150))).await;
    }
    client.journal
}

impl Client {
    async fn release(&mut self) {
        let deployment = deployment(self.number);
        let version = format!("v-{}-{}", self.number, self.sent);
        let body = json!({
            "deployment": deployment,
            "artifact": { "external": {
                "digest": format!("sha256:{}", "ab".repeat(32)), "name": "page", "location": "elsewhere",
            } },
            "version": version,
        });
        let token = self.people.developer.clone();
        let asked = Asked::Release { deployment, version };
        let answer = self.post("/releases", &token, &body, asked).await;
        let (Some(id), Some(content)) = (text(&answer, "id"), text(&answer, "content_digest")) else {
            return;
        };
        let token = self.people.approver.clone();
        let asked = Asked::Approval { release: id.clone() };
        self.post(&format!("/releases/{id}/approve"), &token, &json!({ "content": content }), asked).await;
    }

    async fn freeze(&mut self) {
        let reason = format!("f-{}-{}", self.number, self.sent);
        let body = json!({
            "scope": { "kind": "tenant" },
            "from": "2099-01-01T00:00:00Z",
            "until": "2099-01-02T00:00:00Z",
            "reason": reason,
        });
        let token = self.people.manager.clone();
        self.post("/freezes", &token, &body, Asked::Freeze { reason }).await;
    }

    async fn run(&mut self) {
        let reason = format!("r-{}-{}", self.number, self.sent);
        let body = json!({ "commit": self.people.commit, "reason": reason });
        let token = self.people.developer.clone();
        self.post("/services/shop/ci-runs", &token, &body, Asked::Run { reason }).await;
    }

    /// Asks until there is an answer. A dead host gives none, one that is overwhelmed says so.
    async fn post(&mut self, path: &str, token: &str, body: &Value, asked: Asked) -> Value {
        let key = format!("client-{}-{}", self.number, self.sent);
        self.sent += 1;
        for tries in 1.. {
            let request = self.people.request(Method::POST, &format!("{}{path}", self.api), token);
            let sent =
                request.header("idempotency-key", &key).json(body).timeout(Duration::from_secs(20)).send();
            if let Ok(answer) = sent.await {
                let status = answer.status().as_u16();
                // An answer that breaks off half way is no answer.
                if let (false, Ok(answer)) = (matches!(status, 429 | 503), answer.json::<Value>().await) {
                    self.journal.push(Entry { asked, status, answer: answer.clone(), tries });
                    return answer;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Value::Null
    }
}

pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}
