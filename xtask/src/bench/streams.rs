//! How much memory a host holds for clients of `/events`, who read nothing once they are there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::RcvBuf;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use super::host::{IDLE, Running};
use crate::failure::{Context as _, Failure};

const STREAMS: u32 = 1_000;
/// As many as one principal may have.
const EACH: u32 = 20;
/// How many events are told to everybody: far more than the buffers of a connection hold.
const EVENTS: u32 = 2_000;
/// How long the admin waits between two, to stay below the rate of a principal.
const BREAK: Duration = Duration::from_millis(10);
/// As many bytes as a client holds that it has not read.
const CLIENT_BYTES: usize = 4_096;
/// How long a stream may take to begin.
const PATIENCE: Duration = Duration::from_secs(30);

/// Prints what each of [`STREAMS`] streams adds to the host's resident memory: when all are open, and when each was told of
/// [`EVENTS`] events that its client left unread.
pub(super) fn measure() -> Result<(), Failure> {
    let data = tempfile::tempdir()?;
    let running = Running::start(data.path())?;
    let path = data.path().join("admin-token");
    let token = std::fs::read_to_string(&path).context(|| path.display().to_string())?;
    let admin = Admin { client: Client::new(), base: running.base(), token: token.trim().to_owned() };
    let tokens: Vec<String> =
        (0..STREAMS / EACH).map(|number| admin.viewer(number)).collect::<Result<_, _>>()?;
    let resident = || {
        std::thread::sleep(IDLE);
        running.resident_kib()
    };
    let before = resident()?;
    let listening = tokens.iter().flat_map(|token| (0..EACH).map(move |_| token));
    let streams: Vec<TcpStream> =
        listening.map(|token| listen(&running.address, token)).collect::<Result<_, _>>()?;
    let open = resident()?;
    (0..EVENTS).try_for_each(|number| admin.register(number))?;
    let unread = resident()?;
    drop(streams);
    running.stop()?;
    let each = |kib: u32| f64::from(kib.saturating_sub(before)) / f64::from(STREAMS);
    println!("host/streams  {STREAMS} open: {:.1} KiB each (goal < 64 KiB)", each(open));
    println!("host/streams  {EVENTS} events unread by each: {:.1} KiB each", each(unread));
    Ok(())
}

struct Admin {
    client: Client,
    base: String,
    token: String,
}

impl Admin {
    /// A token of somebody who may read everything.
    fn viewer(&self, number: u32) -> Result<String, Failure> {
        let draft = json!({ "principal": format!("viewer-{number}"), "roles": ["viewer"] });
        let made: Value = self
            .client
            .post(format!("{}/tokens", self.base))
            .bearer_auth(&self.token)
            .json(&draft)
            .send()
            .and_then(reqwest::blocking::Response::error_for_status)
            .and_then(reqwest::blocking::Response::json)
            .context(|| "a token".into())?;
        let token = made.get("token").and_then(Value::as_str);
        token.map(str::to_owned).ok_or_else(|| Failure::new("a new token has no text"))
    }

    /// One event that every viewer is told of.
    fn register(&self, number: u32) -> Result<(), Failure> {
        std::thread::sleep(BREAK);
        let request = self.client.put(format!("{}/services/service-{number}", self.base));
        let request =
            request.bearer_auth(&self.token).header("if-none-match", "*").json(&json!({ "name": "Service" }));
        request
            .send()
            .and_then(reqwest::blocking::Response::error_for_status)
            .context(|| "a service".into())?;
        Ok(())
    }
}

/// A stream that has begun. By hand: a client library would read on.
fn listen(address: &str, token: &str) -> Result<TcpStream, Failure> {
    let mut stream = TcpStream::connect(address).context(|| address.to_owned())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    setsockopt(&stream, RcvBuf, &CLIENT_BYTES).map_err(std::io::Error::from)?;
    write!(
        stream,
        "GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    )?;
    let begun = BufReader::new(&stream).lines().map_while(Result::ok).any(|line| line == "event: ready");
    if begun { Ok(stream) } else { Err(Failure::new("a stream does not begin")) }
}
