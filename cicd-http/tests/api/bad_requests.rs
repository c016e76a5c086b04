//! The table of bad requests, row by row: what is sent, and what it is answered. Nothing of it changes anything.

mod shape;
mod state;

use axum::http::{Method, StatusCode};

use crate::support::{Answer, Gate, Request, World};

/// One bad request that was answered.
pub(crate) struct Case {
    what: String,
    expected: (u16, &'static str),
    answer: Answer,
}

impl Case {
    /// Sends what is expected to be answered with a status and, unless it is no problem, a kind.
    pub(crate) async fn of(what: impl Into<String>, expected: (u16, &'static str), request: Request) -> Self {
        Self { what: what.into(), expected, answer: request.send().await }
    }

    /// The body of the answer.
    pub(crate) fn told(&self) -> String {
        String::from_utf8_lossy(&self.answer.bytes).into_owned()
    }

    fn verdict(&self, row: &str) -> Result<(), String> {
        let status = self.answer.status.as_u16();
        let problem = if status < 400 { "" } else { self.answer.problem() };
        let told = self.told().to_lowercase();
        let tells = ["select ", "insert ", "/data", "/src/", "panicked", ".rs:"]
            .iter()
            .find(|word| told.contains(**word));
        if (status, problem) != self.expected || tells.is_some() {
            return Err(format!("{row}: {}: expected {:?}: {:?}", self.what, self.expected, self.answer));
        }
        Ok(())
    }
}

/// Every row, to be judged together.
#[derive(Default)]
pub(crate) struct Table {
    wrong: Vec<String>,
}

impl Table {
    pub(crate) fn row(&mut self, name: &str, cases: Vec<Case>) {
        assert!(!cases.is_empty(), "nothing was sent for {name}");
        self.wrong.extend(cases.iter().filter_map(|case| case.verdict(name).err()));
    }

    pub(crate) fn judge(self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

#[tokio::test]
async fn every_row_of_what_is_malformed() {
    let world = World::still().await.with_shop().await;
    let before = world.get(&world.admin, "/audit-events?limit=200").await.bytes;
    let mut table = Table::default();
    table.row(
        "not JSON, truncated, BOM, depth, duplicate keys, NaN, large numbers",
        shape::not_json(&world).await,
    );
    table.row("wrong Content-Type, compressed body", shape::media(&world).await);
    table.row("body, URI or headers too large", shape::too_large(&world).await);
    table.row("paths and ids", shape::paths(&world).await);
    table.row("request smuggling shapes", shape::ambiguous(&world).await);
    table.row("Idempotency-Key malformed", shape::keys(&world).await);
    table.row("mutation without If-Match, or with a stale one", state::conditions(&world).await);
    table.judge();
    let after = world.get(&world.admin, "/audit-events?limit=200").await.bytes;
    assert_eq!(before, after, "something has changed");
}

#[tokio::test]
async fn every_row_of_what_does_not_fit_the_state() {
    let (world, gate) = World::gated().await;
    let world = world.worked().with_shop().await;
    let mut table = Table::default();
    table.row("illegal transition, second running release", state::transitions(&world).await);
    table.row("Idempotency-Key with another payload, or in flight", state::same_key(&world, &gate).await);
    table.row("key of another principal or tenant", state::foreign_key(&world).await);
    table.row("approve as requester, twice, after close, other digest", state::votes(&world).await);
    table.row("approve, revoked right between check and commit", state::revoked(&world, &gate).await);
    table.row("audit store full", state::full(&world, &gate).await);
    table.judge();
}

/// The routes below the API with one of these methods that take a token, and a path of each.
fn routes(methods: &[Method]) -> Vec<(Method, String)> {
    let routes = cicd_http::routes().into_iter();
    let routes = routes.filter(|(method, pattern)| {
        methods.contains(method) && crate::openapi::scheme(method, pattern).as_deref() == Some("token")
    });
    routes.map(|(method, pattern)| (method, crate::authentication::concrete(&pattern))).collect()
}

fn is_created(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
}

/// A gate that nothing passes for as long as `under_way` needs to be under way.
async fn until_waiting(gate: &Gate, count: usize) {
    while gate.waiting() < count {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}
