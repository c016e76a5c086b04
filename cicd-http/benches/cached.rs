//! How many requests for one timeline page a host answers out of its cache in a second, beside a bare axum route that returns
//! the same bytes: by an authenticator that asks nobody, and by API tokens, which are looked up in the store each time.

#![expect(clippy::print_stdout, reason = "a bench tells what it measured")]
#![expect(clippy::unwrap_used, reason = "a bench that can't build its fixture has nothing to measure")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::routing::get;
use cicd_authz_casbin::CasbinAuthorizer;
use cicd_cache::{CacheOptions, MokaCache};
use cicd_core::authz::Caller;
use cicd_core::engine::{Engine, Options};
use cicd_core::memory::{MemoryBlobs, MemoryStore, SteppedClock};
use cicd_core::service::ServiceDraft;
use cicd_http::{Authenticator, RandomIds, TokenAuthenticator, Unauthenticated, router, server};
use serde_json::json;
use tokio::net::TcpListener;

const GOAL: f64 = 0.7;
const PATH: &str = "/api/v1/services/shop/timeline?limit=10";
const CONNECTIONS: usize = 16;
const ROUNDS: usize = 5;

/// Knows everybody as the admin.
#[derive(Debug)]
struct Everybody;

#[async_trait]
impl Authenticator for Everybody {
    async fn authenticate(&self, _: &Parts) -> Result<Caller, Unauthenticated> {
        Ok(admin())
    }
}

fn admin() -> Caller {
    Caller::person("acme".parse().unwrap(), "ada".parse().unwrap())
}

fn main() {
    // `cargo test --benches` only asks whether it still runs.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if wanted.is_some_and(|filter| !"http/cached".contains(&filter)) {
        return;
    }
    let (time, rounds) =
        if quick { (Duration::from_millis(20), 1) } else { (Duration::from_secs(2), ROUNDS) };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (engine, token) = runtime.block_on(engine());
    let known = serve(&runtime, router(engine.clone(), Everybody));
    let (page, request) = (ask(known, &request(None)), request(None));
    let body: Bytes = page.clone().into();
    let bare = Router::new().route(
        "/api/v1/services/{service}/timeline",
        get(move || async move { ([(CONTENT_TYPE, "application/json")], body) }),
    );
    let bare = serve(&runtime, bare);
    let by_token = serve(&runtime, router(engine.clone(), TokenAuthenticator::new(engine)));
    let with_token = crate::request(Some(&token));
    assert_eq!((ask(bare, &request), ask(by_token, &with_token)), (page.clone(), page.clone()));
    let mut ratios = (Vec::new(), Vec::new());
    let mut rate = 0.0;
    for _ in 0..rounds {
        let plain = rate_of(bare, &request, time);
        rate = rate_of(known, &request, time);
        ratios.0.push(rate / plain);
        ratios.1.push(rate_of(by_token, &with_token, time) / plain);
    }
    let median = |mut ratios: Vec<f64>| {
        ratios.sort_unstable_by(f64::total_cmp);
        ratios.get(rounds / 2).copied().unwrap()
    };
    println!(
        "http/cached  a page of {} bytes, {CONNECTIONS} connections, the last round {rate:.0}/s",
        page.len()
    );
    println!("http/cached  {:.2} x a bare route (goal >= {GOAL})", median(ratios.0));
    println!("http/cached  {:.2} x with API tokens, looked up in a store in memory", median(ratios.1));
}

async fn engine() -> (Engine, String) {
    let engine = Engine::builder()
        .store(MemoryStore::new(SteppedClock::default()))
        .authorizer(CasbinAuthorizer::default_roles().await.unwrap())
        .blobs(Arc::new(MemoryBlobs::default()))
        .ids(RandomIds)
        .cache(MokaCache::new(CacheOptions::default()))
        .build()
        .unwrap();
    let ada = admin();
    let token = engine.bootstrap(&ada.tenant, &ada.principal).await.unwrap().unwrap();
    for number in 0..20 {
        let draft = ServiceDraft::parse(&json!({ "name": format!("Shop {number}") })).unwrap();
        engine.put_service(&ada, &"shop".parse().unwrap(), &draft, &Options::default()).await.unwrap();
    }
    (engine, token.secret.unwrap())
}

fn serve(runtime: &tokio::runtime::Runtime, router: Router) -> SocketAddr {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(server::serve(listener, router, std::future::pending()));
    address
}

fn request(token: Option<&str>) -> String {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!("GET {PATH} HTTP/1.1\r\nhost: localhost\r\n{token}\r\n")
}

/// One answer's body.
fn ask(address: SocketAddr, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    answer(&mut stream, request, &mut Vec::new())
}

/// Answers in a second.
fn rate_of(address: SocketAddr, request: &str, time: Duration) -> f64 {
    let (over, answers) = (AtomicBool::new(false), AtomicU64::new(0));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let (mut stream, mut read) = (TcpStream::connect(address).unwrap(), Vec::new());
                stream.set_nodelay(true).unwrap();
                while !over.load(Ordering::Relaxed) {
                    answer(&mut stream, request, &mut read);
                    answers.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        std::thread::sleep(time);
        over.store(true, Ordering::Relaxed);
    });
    let answers = u32::try_from(answers.into_inner()).unwrap();
    f64::from(answers) / began.elapsed().as_secs_f64()
}

/// Sends the request and reads the answer: its body.
fn answer(stream: &mut TcpStream, request: &str, read: &mut Vec<u8>) -> Vec<u8> {
    stream.write_all(request.as_bytes()).unwrap();
    read.clear();
    let mut piece = [0; 16 * 1024];
    loop {
        let length = stream.read(&mut piece).unwrap();
        assert!(length > 0, "the connection ended");
        read.extend_from_slice(piece.get(..length).unwrap());
        let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let (head, body) = read.split_at(end + 4);
        let head = std::str::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            return body.to_vec();
        }
    }
}
