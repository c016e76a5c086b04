//! Requests: a route, mostly with ids that are there, tokens that work, and a body that is nearly right.

use axum::http::Method;
use serde_json::{Value, json};

use super::bodies;
use crate::support::{Answer, Random, Request, World, draft, reasoned};

const METHODS: [&str; 8] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"];
const BAD_IDS: [&str; 10] = [
    "%00",
    "%ff",
    "..",
    "%2e%2e%2f",
    "UPPER",
    "a_b",
    "caf%C3%A9",
    "sha256:zz",
    "00000000-0000-0000-0000-000000000000",
    "a%20b",
];
const QUERIES: [&str; 22] = [
    "limit=1",
    "limit=200",
    "limit=0",
    "limit=x",
    "after=zzz",
    "after=18446744073709551615~x",
    "after=0~",
    "after=1",
    "after=-1",
    "status=succeeded",
    "status=queued",
    "service=shop",
    "deployment=shop-staging",
    "kind=release.created",
    "chain=security",
    "order=newest-first",
    "dry_run=true",
    "dry_run=1",
    "offset=9007199254740991",
    "reason=because",
    "%=%",
    "a=b&a=b",
];

/// One request, ready to be sent and to be told of.
#[derive(Debug)]
pub(super) struct Generated {
    /// The route that it aims at.
    pub(super) route: String,
    pub(super) method: String,
    pub(super) path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Generated {
    pub(super) async fn send(&self, world: &World) -> Answer {
        let request = world.anonymous(&self.method, &self.path).sent(self.body.clone());
        self.headers
            .iter()
            .fold(request, |request: Request, (name, value)| request.header(name, value))
            .send()
            .await
    }
}

/// Generates requests, and learns ids from their answers.
pub(super) struct Generator {
    random: Random,
    routes: Vec<(Method, String)>,
    tokens: Vec<String>,
    ids: Vec<(String, String)>,
    contents: Vec<String>,
    cookies: Vec<String>,
}

impl Generator {
    pub(super) async fn new(world: &World, random: Random) -> Self {
        let everything = ["developer", "approver", "release-manager", "admin", "auditor"];
        let mut tokens = vec![world.stranger.clone(), "cicd_nobody".to_owned()];
        // Most requests come from people who may do what they ask for.
        for name in ["ada", "ben", "cleo"] {
            let token = world.person(name, &everything).await;
            tokens.extend([token.clone(), token.clone(), token]);
        }
        tokens.push(world.person("eve", &["viewer"]).await);
        let (ids, contents, cookies) = (Vec::new(), Vec::new(), Vec::new());
        Self { random, routes: cicd_http::routes(), tokens, ids, contents, cookies }
    }

    pub(super) fn next(&mut self) -> Generated {
        let (method, pattern) = self.route();
        let body = self.body(&method, &pattern);
        let mut path = self.path(&pattern);
        if self.random.percent(25) {
            path.push('?');
            path.push_str(self.random.word(&QUERIES));
        } else {
            path = reasoned(method.as_str(), &path);
        }
        let verb = if self.random.percent(95) { method.as_str() } else { self.random.word(&METHODS) };
        let mut headers = self.headers(&method);
        headers.extend(self.shown(&pattern));
        Generated { route: format!("{method} {pattern}"), method: verb.to_owned(), path, headers, body }
    }

    /// A route: those that move releases more often than others, those that take configs away less often.
    fn route(&mut self) -> (Method, String) {
        loop {
            let route = self.random.pick(&self.routes).clone();
            let moves =
                route.0 == Method::POST && (route.1.contains("/releases") || route.1.contains("/ci-runs"));
            let removes = route.0 == Method::DELETE && route.1.ends_with("-config");
            if self.random.percent(if moves {
                100
            } else if removes {
                2
            } else {
                30
            }) {
                return route;
            }
        }
    }

    fn path(&mut self, pattern: &str) -> String {
        let (tier, deployment) =
            (["production", "staging"], ["shop-staging", "shop-production", "shop-new", "gone"]);
        let path = pattern
            .replace("{service}", self.random.word(&["shop", "shop", "shop", "shop-new", "gone"]))
            .replace("{deployment}", self.random.word(&deployment))
            .replace("{tier}", self.random.word(&tier))
            .replace("{principal}", self.random.word(&["ada", "eve", "nobody"]))
            .replace("{delivery}", &self.id("deliveries"))
            .replace("{seq}", "1")
            .replace("{source}", &format!("default.{}", self.id("sources")))
            .replace("{code}", self.random.word(&["not-found", "internal", "x"]))
            .replace("{file}", self.random.word(&["swagger-ui.css", "swagger-ui-bundle.js", "x"]));
        if self.random.percent(4) {
            return path
                .replace("shop", self.random.word(&BAD_IDS))
                .replace("{id}", self.random.word(&BAD_IDS));
        }
        let kind = pattern.split('/').nth(3).unwrap_or_default().to_owned();
        let id = self.id(&kind);
        path.replace("{id}", &id).replace("{digest}", &self.id("digest"))
    }

    /// An id of something of this kind; of the newest mostly.
    fn id(&mut self, kind: &str) -> String {
        let known: Vec<String> =
            self.ids.iter().filter(|(of, _)| of == kind).map(|(_, id)| id.clone()).collect();
        if known.is_empty() || self.random.percent(5) {
            return "01890a5d-ac96-774b-bcce-b302099a8057".to_owned();
        }
        let newest = known.len().saturating_sub(6);
        self.random.pick(&known[newest..]).clone()
    }

    fn body(&mut self, method: &Method, pattern: &str) -> Vec<u8> {
        let draft = if pattern.starts_with("/api") { draft(method, pattern) } else { None };
        let Some(mut draft) = draft else {
            return if self.random.percent(3) { b"{}".to_vec() } else { Vec::new() };
        };
        match pattern.rsplit('/').next() {
            Some("releases") => {
                draft["deployment"] = json!(self.random.word(&["shop-staging", "shop-production"]));
                draft["artifact"] = json!({ "ci_run": self.id("ci-runs") });
            }
            Some("locks") => draft["deployment"] = json!("shop-staging"),
            Some("tokens") => draft = json!({ "principal": "dora", "roles": ["viewer"] }),
            Some("approve" | "reject") if !self.contents.is_empty() => {
                let newest = self.contents.len().saturating_sub(4);
                draft["content"] = json!(self.random.pick(&self.contents[newest..]));
            }
            Some("report") => draft = json!({ "number": 1, "outcome": { "result": "succeeded" } }),
            _ => {}
        }
        bodies::bytes(draft, &mut self.random)
    }

    /// Who asks: a token mostly, or the cookie of a session.
    fn shown(&mut self, pattern: &str) -> Option<(&'static str, String)> {
        let by_cookie = if pattern.ends_with("/session") { 50 } else { 5 };
        if !self.cookies.is_empty() && self.random.percent(by_cookie) {
            return Some(("cookie", self.random.pick(&self.cookies).clone()));
        }
        let token = self.random.pick(&self.tokens).clone();
        self.random.percent(98).then(|| ("authorization", format!("Bearer {token}")))
    }

    fn headers(&mut self, method: &Method) -> Vec<(&'static str, String)> {
        let random = &mut self.random;
        let mut headers = Vec::new();
        if *method == Method::POST || *method == Method::PUT {
            let kind = if random.percent(97) { "application/json" } else { "text/plain" };
            headers.push(("content-type", kind.to_owned()));
        }
        if *method == Method::PUT && random.percent(40) {
            headers.push(("if-none-match", "*".to_owned()));
        } else if *method == Method::PUT || *method == Method::DELETE {
            let version = random.below(6);
            let odd = ["*", "W/\"1\"", "\"x\"", "", "\"18446744073709551616\"", "\"18446744073709551615\""];
            let odd = random.word(&odd).to_owned();
            headers.push(("if-match", if random.percent(90) { format!("\"{version}\"") } else { odd }));
        }
        if random.percent(20) {
            headers.push(("idempotency-key", format!("key-{}", random.below(40))));
        }
        if random.percent(2) {
            let odd = [
                ("idempotency-key", "k k"),
                ("content-encoding", "gzip"),
                ("content-length", "x"),
                ("range", "bytes=0-"),
            ];
            let (name, value) = *random.pick(&odd);
            headers.push((name, value.to_owned()));
        }
        headers
    }

    /// Remembers what an answer made known.
    pub(super) fn learn(&mut self, request: &Generated, answer: &Answer) {
        let text = |pointer: &str| answer.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let dry = request.path.contains("dry_run");
        if !answer.status.is_success() || dry {
            return;
        }
        if let Some(digest) = text("/artifact/digest") {
            self.ids.push(("digest".to_owned(), digest));
        }
        self.contents.extend(text("/content_digest"));
        let cookie =
            answer.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()?.split(';').next());
        self.cookies.extend(cookie.map(str::to_owned));
        if let Some(id) = text("/id").filter(|id| id.len() == 36) {
            let kinds = ["ci-runs", "releases", "freezes", "locks", "tokens", "sources"];
            let kind = kinds.iter().rev().find(|kind| request.path.contains(*kind)).unwrap_or(&"none");
            if !self.ids.iter().any(|(_, known)| *known == id) {
                self.ids.push(((*kind).to_owned(), id));
            }
        }
        if let Some(attempt) = text("/state/attempt") {
            self.ids.push(("attempts".to_owned(), attempt));
        }
    }
}
