//! `/events`: what streams tell, whom, and when they end.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::support::{Random, Request, World};

/// Streams of one principal.
const EACH: usize = 20;

/// A client that listens.
struct Listener {
    body: Body,
    last: String,
}

/// A frame of a stream: its event and its data.
type Told = (String, Value);

impl Listener {
    async fn new(world: &World, token: &str, last: Option<&str>) -> Self {
        Self::of(world.call(token, "GET", "/events"), last).await
    }

    async fn of(mut request: Request, last: Option<&str>) -> Self {
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let (head, body) = request.begin().await;
        assert_eq!(head.status, StatusCode::OK);
        assert_eq!(head.headers["content-type"], "text/event-stream");
        Self { body, last: last.unwrap_or_default().to_owned() }
    }

    /// The next frame that is no heartbeat; `None` at the end.
    async fn next(&mut self) -> Option<Told> {
        loop {
            let frame = self.frame().await?;
            if !frame.starts_with(':') {
                return Some(self.read(&frame));
            }
        }
    }

    async fn frame(&mut self) -> Option<String> {
        let frame = self.body.frame().await?.unwrap().into_data().unwrap();
        Some(String::from_utf8(frame.to_vec()).unwrap())
    }

    fn read(&mut self, frame: &str) -> Told {
        let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
        if let Some(id) = field("id: ") {
            id.clone_into(&mut self.last);
        }
        (field("event: ").unwrap().to_owned(), serde_json::from_str(field("data: ").unwrap()).unwrap())
    }

    /// The events until the one with sequence `until`.
    async fn until(&mut self, until: u64) -> Vec<u64> {
        let mut seen = Vec::new();
        while seen.last() != Some(&until) {
            let (event, data) = self.next().await.unwrap();
            assert!(event != "end" && event != "reset", "{event}: {data}");
            seen.extend(Some(data["seq"].as_u64().unwrap()).filter(|_| event != "ready"));
        }
        seen
    }
}

async fn freeze(world: &World, token: &str) {
    let draft = json!({
        "scope": { "kind": "tenant" }, "from": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z", "reason": "rest",
    });
    let set = world.post(token, "/freezes", draft).await;
    assert_eq!(set.status, StatusCode::CREATED, "{set:?}");
}

/// The sequence of the last event.
async fn head(world: &World) -> u64 {
    let last = world.get(&world.admin, "/audit-events?order=newest-first&limit=1").await;
    last.body["items"][0]["seq"].as_u64().unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_is_committed_is_told_in_short() {
    let world = World::still().await.with_shop().await;
    let rhea = world.person("rhea", &["release-manager"]).await;
    let mut listener = Listener::new(&world, &rhea, None).await;
    let begun = head(&world).await;
    assert_eq!(listener.next().await.unwrap(), ("ready".to_owned(), json!({ "seq": begun })));
    freeze(&world, &rhea).await;
    let (event, data) = listener.next().await.unwrap();
    assert_eq!((event.as_str(), &data["kind"]), ("freeze.added", &json!("freeze.added")));
    assert_eq!((&data["seq"], &data["actor"]["id"]), (&json!(begun + 1), &json!("rhea")));
    assert_eq!((listener.last.as_str(), data.get("data")), ((begun + 1).to_string().as_str(), None));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_comes_back_misses_nothing() {
    let world = World::still().await.with_shop().await;
    let mut all = Listener::new(&world, &world.admin, Some("0")).await;
    let first = all.until(head(&world).await).await;
    for _ in 0..300 {
        freeze(&world, &world.person("rhea", &["release-manager"]).await).await;
    }
    let end = head(&world).await;
    let mut again = Listener::new(&world, &world.admin, Some(&all.last)).await;
    let missed = again.until(end).await;
    // This one read nothing meanwhile, and more was told than is held for it.
    assert_eq!(all.until(end).await, missed);
    assert_eq!([first, missed].concat(), (1..=end).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_continued_is_reset() {
    let world = World::still().await;
    let end = head(&world).await;
    for unknown in ["", "x", "-1", "1.5", &(end + 1).to_string(), "99999999999999999999"] {
        let mut listener = Listener::new(&world, &world.admin, Some(unknown)).await;
        assert_eq!(
            listener.next().await.unwrap(),
            ("reset".to_owned(), json!({ "seq": end })),
            "`{unknown}`"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_hears_of_what_they_may_not_read() {
    let world = World::still().await.with_shop().await;
    let other = json!({ "name": "Other" });
    world.create(&world.admin, "/services/other", other.clone()).await;
    let scoped = world.person("sam", &["auditor"]).await;
    let tenant_wide = "/roles/sam%7Cauditor%7C*%7C*%7C*";
    let shop = json!({ "principal": "sam", "role": "auditor", "scope": { "service": "shop" } });
    world.post(&world.admin, "/roles", shop).await;
    world.call(&world.admin, "DELETE", tenant_wide).header("if-match", "\"1\"").send().await;
    let viewer = world.person("vera", &["viewer"]).await;
    let end = head(&world).await;

    let told = async |token: &str, until: u64| {
        let mut listener = Listener::new(&world, token, Some("0")).await;
        let mut told = Vec::new();
        assert_eq!(listener.next().await.unwrap().0, "ready");
        while told.last().is_none_or(|(_, data): &Told| data["seq"].as_u64().unwrap() < until) {
            told.push(listener.next().await.unwrap());
        }
        told
    };
    freeze(&world, &world.person("rhea", &["release-manager"]).await).await;
    let viewed = told(&viewer, head(&world).await).await;
    assert!(
        viewed.iter().all(|(event, _)| !event.starts_with("role.") && !event.starts_with("token.")),
        "{viewed:?}"
    );
    assert!(
        viewed.iter().any(|(event, _)| event == "cd_config.created" || event == "cd_config.changed"),
        "{viewed:?}"
    );

    world
        .create(
            &world.admin,
            "/deployments/shop-last",
            json!({
                "service": "shop", "environment": "last", "tier": "staging", "executor": "test", "target": {},
            }),
        )
        .await;
    let heard = told(&scoped, end).await;
    assert!(heard.iter().all(|(_, data)| data["subject"]["service"] == "shop"), "{heard:?}");

    let mut stranger = Listener::new(&world, &world.stranger, Some("0")).await;
    let theirs = stranger.until(2).await;
    assert_eq!(theirs, [1, 2], "a tenant hears of itself alone");
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_the_right_to_it() {
    let world = World::still().await.with_shop().await;
    let vera = world.post(&world.admin, "/tokens", json!({ "principal": "vera", "roles": ["viewer"] })).await;
    let mut revoked = Listener::new(&world, &vera.text("/token"), None).await;
    let sam = world.person("sam", &["viewer"]).await;
    let mut taken = Listener::new(&world, &sam, None).await;
    let mut stays = Listener::new(&world, &world.admin, None).await;
    for listener in [&mut revoked, &mut taken, &mut stays] {
        assert_eq!(listener.next().await.unwrap().0, "ready");
    }
    let path = format!("/tokens/{}", vera.text("/id"));
    let began = tokio::time::Instant::now();
    world.call(&world.admin, "DELETE", &path).header("if-match", "\"1\"").send().await;
    let taken_role = world.call(&world.admin, "DELETE", "/roles/sam%7Cviewer%7C*%7C*%7C*");
    assert_eq!(taken_role.header("if-match", "\"1\"").send().await.status, StatusCode::NO_CONTENT);
    for (listener, reason) in [(&mut revoked, "unauthenticated"), (&mut taken, "denied")] {
        assert_eq!(listener.next().await.unwrap(), ("end".to_owned(), json!({ "reason": reason })));
        assert!(listener.frame().await.is_none());
    }
    let within = began.elapsed();
    assert!(within.as_secs() < 5, "of the paused clock: {within:?}");
    assert_eq!(stays.next().await.unwrap().0, "token.revoked");
}

#[tokio::test(start_paused = true)]
async fn streams_that_end_with_their_token_hold_nobody_back_at_their_address() {
    let world = World::still().await;
    let vera = json!({ "principal": "vera", "roles": ["viewer"] });
    let vera = world.post(&world.admin, "/tokens", vera).await;
    let here = || ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 7)));
    let mut open = Vec::new();
    for _ in 0..EACH {
        let request = world.call(&vera.text("/token"), "GET", "/events").extension(here());
        open.push(Listener::of(request, None).await);
    }
    let path = format!("/tokens/{}", vera.text("/id"));
    world.call(&world.admin, "DELETE", &path).header("if-match", "\"1\"").send().await;
    for mut listener in open {
        while listener.next().await.is_some() {}
    }
    let other = world.call(&world.admin, "GET", "/me").extension(here()).send().await;
    assert_eq!(other.status, StatusCode::OK, "{other:?}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_says_that_it_lives() {
    let world = World::still().await;
    let mut listener = Listener::new(&world, &world.admin, None).await;
    assert_eq!(listener.next().await.unwrap().0, "ready");
    assert_eq!(listener.frame().await.unwrap(), ": \n\n");
    assert_eq!(listener.frame().await.unwrap(), ": \n\n");
}

#[tokio::test(start_paused = true)]
async fn a_principal_has_a_bounded_number_of_streams() {
    let world = World::still().await;
    let mut open = Vec::new();
    for _ in 0..EACH {
        open.push(Listener::new(&world, &world.admin, None).await);
    }
    let more = world.get(&world.admin, "/events").await;
    assert_eq!((more.status, more.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-many-streams"));
    assert_eq!(more.header("retry-after"), "5");
    open.pop();
    assert_eq!(world.get(&world.admin, "/events").await.status, StatusCode::OK);
}

/// `CICD_PROVE_CASES` streams of many people, who read slowly, go away and come back, see every event once and in order.
#[tokio::test(start_paused = true)]
async fn no_stream_has_a_gap() {
    let streams =
        std::env::var("CICD_PROVE_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(60_usize);
    let world = World::still().await.with_shop().await;
    let mut people = Vec::new();
    for number in 0..streams.div_ceil(EACH) {
        people.push(world.person(&format!("ear-{number}"), &["admin"]).await);
    }
    let rhea = world.person("rhea", &["release-manager"]).await;
    let begun = head(&world).await;
    let end = begun + 600;
    let listen = async |number: usize| {
        let token = &people[number / EACH];
        let (mut random, mut seen) = (Random::seeded(number as u64), Vec::new());
        let mut listener = Listener::new(&world, token, Some(&begun.to_string())).await;
        while seen.last() != Some(&end) {
            match random.below(40) {
                0 => {
                    let last = listener.last.clone();
                    drop(listener);
                    listener = Listener::new(&world, token, Some(&last)).await;
                }
                1 => tokio::time::sleep(std::time::Duration::from_millis(random.below(3_000) as u64)).await,
                _ => {}
            }
            let (event, data) = listener.next().await.unwrap();
            assert!(event != "end" && event != "reset", "{event}");
            seen.extend(Some(data["seq"].as_u64().unwrap()).filter(|_| event != "ready"));
        }
        seen
    };
    let write = async {
        for number in begun..end {
            freeze(&world, &rhea).await;
            tokio::time::sleep(std::time::Duration::from_millis(number % 50)).await;
        }
    };
    let (seen, ()) = tokio::join!(futures_util::future::join_all((0..streams).map(listen)), write);
    let distinct: BTreeSet<_> = seen.into_iter().collect();
    assert_eq!(distinct, BTreeSet::from([(begun + 1..=end).collect::<Vec<_>>()]));
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let world = World::still().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/v1/events", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = cicd_http::server::serve(listener, world.router.clone(), async { drop(stopped.await) });
    let listening = async {
        let mut answer = reqwest::Client::new().get(url).bearer_auth(&world.admin).send().await.unwrap();
        let first = answer.chunk().await.unwrap().unwrap();
        assert!(first.starts_with(b"id: "));
        stop.send(()).unwrap();
        answer.chunk().await.unwrap().unwrap()
    };
    let (answered, last) = tokio::join!(serving, listening);
    assert!(answered, "the stream had to be cut off");
    assert_eq!(last, "event: end\ndata: {\"reason\":\"stopping\"}\n\n");
}
