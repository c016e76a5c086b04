//! The HTTP client: TLS by rustls with ring. A request is sent again while the host is away or asks for patience.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Method, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use uuid::Uuid;

use super::news::News;
use super::trouble::Trouble;
use super::{show, token};

/// How long the host may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a request may take with all of its answer.
const REQUEST: Duration = Duration::from_secs(60);
/// How often a request is sent at most.
const TRIES: u32 = 5;
/// The first pause between two tries, where the host names none; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest pause that a host may ask for, in seconds.
const LONGEST_PAUSE: u64 = 60;
/// The most bytes of an answer.
const ANSWER_BYTES: usize = 32 << 20;

pub(super) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    credential: HeaderValue,
    json: bool,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Http {
    /// A client of the host at `url`. By plain http a token goes to this machine alone, unless `allow_http`.
    pub(super) fn new(
        url: &str,
        token_file: Option<&Path>,
        json: bool,
        allow_http: bool,
    ) -> Result<Self, Trouble> {
        let is_private = is_private(url)?;
        if !is_private && !allow_http {
            let text =
                "by plain http anybody on the way reads the token; accepted: `https://…`, or `--allow-http`";
            return Err(Trouble::usage(text));
        }
        let credential = token::credential(token_file)?;
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.enforce_http(false);
        let tls = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(|error| Trouble::failed(format!("no root certificates: {error}")))?;
        let client = Client::builder(TokioExecutor::new())
            .build(tls.https_or_http().enable_http1().wrap_connector(tcp));
        Ok(Self { client, base: format!("{}/api/v1", url.trim_end_matches('/')), credential, json })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Trouble> {
        self.ask(Method::GET, path, Bytes::new(), None).await
    }

    /// Listens to what the host tells as it happens; `None` where it tells nothing, or not now.
    pub(super) async fn listen(&self) -> Option<News> {
        let request = self.request(&Method::GET, "/events", Bytes::new(), None).ok()?;
        let answer = tokio::time::timeout(CONNECT, self.client.request(request)).await.ok()?.ok()?;
        answer.status().is_success().then(|| News::of(answer.into_body()))
    }

    /// Posts with one idempotency key for all tries, so that nothing is done twice.
    pub(super) async fn post(&self, path: &str, body: &Value, key: Option<&str>) -> Result<Value, Trouble> {
        let key = key.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
        let key = HeaderValue::try_from(key)
            .map_err(|_| Trouble::usage("the idempotency key has invisible characters"))?;
        self.ask(Method::POST, path, body.to_string().into(), Some(key)).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        key: Option<HeaderValue>,
    ) -> Result<Value, Trouble> {
        let mut pause = PAUSE;
        let mut tries = 1;
        loop {
            let request = self.request(&method, path, body.clone(), key.as_ref())?;
            let wait = match self.send(request).await {
                Ok(answer) if answer.status == StatusCode::SERVICE_UNAVAILABLE && tries < TRIES => {
                    retry_after(&answer.headers).unwrap_or(pause)
                }
                Ok(answer) => return self.read(&answer),
                Err(_) if tries < TRIES => pause,
                Err(error) => return Err(Trouble::failed(format!("the host can't be reached: {error}"))),
            };
            tokio::time::sleep(wait).await;
            tries += 1;
            pause *= 2;
        }
    }

    fn request(
        &self,
        method: &Method,
        path: &str,
        body: Bytes,
        key: Option<&HeaderValue>,
    ) -> Result<Request<Full<Bytes>>, Trouble> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, &self.credential);
        if let Some(key) = key {
            request = request.header(header::CONTENT_TYPE, "application/json").header("idempotency-key", key);
        }
        request.body(Full::new(body)).map_err(|error| Trouble::usage(format!("no request: {error}")))
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, String> {
        let answered = tokio::time::timeout(REQUEST, async {
            let response = self.client.request(request).await.map_err(|error| causes(&error))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await.map_err(|error| error.to_string())?;
            Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
        });
        answered.await.unwrap_or_else(|_| Err(format!("no answer within {} s", REQUEST.as_secs())))
    }

    fn read(&self, answer: &Answer) -> Result<Value, Trouble> {
        let value = serde_json::from_slice::<Value>(&answer.body);
        if answer.status.is_success() {
            return value.map_err(|error| Trouble::failed(format!("the answer is no JSON: {error}")));
        }
        let problem = value.unwrap_or_default();
        if self.json && problem.is_object() {
            show::json(&problem)?;
        }
        Err(Trouble::problem(answer.status, &problem))
    }
}

/// Whether what is sent to `url` is read by nobody on the way: it goes by TLS, or stays on this machine.
fn is_private(url: &str) -> Result<bool, Trouble> {
    let uri: Option<Uri> = url.parse().ok().filter(|uri: &Uri| uri.query().is_none());
    let parts = uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.host()?)));
    // An address may hold a password, so it is not repeated.
    match parts.filter(|_| !url.contains('@')) {
        Some(("https", _)) => Ok(true),
        Some(("http", host)) => Ok(is_this_machine(host)),
        _ => Err(Trouble::usage("the URL is no `http://…` or `https://…` without user and query")),
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_PAUSE)))
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_private_on_this_machine_alone() {
        for url in
            ["https://cicd.example", "http://localhost:8080", "http://127.0.0.1", "http://[::1]:1/cicd"]
        {
            assert!(is_private(url).unwrap(), "{url}");
        }
        for url in
            ["http://cicd.example", "http://localhost.example", "http://10.0.0.1", "http://[2001:db8::1]:80"]
        {
            assert!(!is_private(url).unwrap(), "{url}");
        }
        for url in
            ["", "cicd.example", "ftp://cicd.example", "https://a:b@cicd.example", "https://cicd.example?a"]
        {
            assert!(is_private(url).is_err(), "{url}");
        }
    }
}
