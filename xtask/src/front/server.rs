//! A small HTTP/1.1 server on the loopback interface, a thread per connection.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::split::Split;
use super::state::{State, StateDirectory};
use crate::failure::{Context as _, Failure};

/// The request header that asks for one version whatever the weight: `stable` or `candidate`.
pub(crate) const TRACK: &str = "x-track";
/// The response header with the version's digest.
pub(crate) const ARTIFACT: &str = "x-artifact";

const LONGEST_HEAD: u64 = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// A front that serves until the process ends.
#[derive(Debug)]
pub(crate) struct Front {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What it reads.
    pub(crate) state: StateDirectory,
}

impl Front {
    /// Listens on `port` of 127.0.0.1 (0 takes a free one) and serves what `state` says.
    pub(crate) fn start(state: StateDirectory, port: u16) -> Result<Self, Failure> {
        std::fs::create_dir_all(state.path())?;
        let listener =
            TcpListener::bind(("127.0.0.1", port)).context(|| format!("listening on port {port}"))?;
        let address = listener.local_addr()?;
        let served = state.clone();
        std::thread::spawn(move || serve(&listener, &served));
        Ok(Self { address, state })
    }

    /// The address of the page.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

fn serve(listener: &TcpListener, state: &StateDirectory) {
    let split = Arc::new(Mutex::new(Split::default()));
    for connection in listener.incoming().filter_map(Result::ok) {
        let (state, split) = (state.clone(), Arc::clone(&split));
        // A visitor who hangs up early is no concern of the front.
        std::thread::spawn(move || answer(&connection, &state, &split).ok());
    }
}

fn answer(connection: &TcpStream, state: &StateDirectory, split: &Mutex<Split>) -> std::io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    let asked = track(connection)?;
    let now = state.read();
    let (name, version) = choose(&now, asked.as_deref(), split);
    let body = version.and_then(|hex| Some((hex, state.artifact(hex)?)));
    let mut out = connection;
    let (status, artifact, body) = match &body {
        Some((hex, bytes)) => ("200 OK", format!("sha256:{hex}"), bytes.as_slice()),
        None => ("503 Service Unavailable", "none".to_owned(), b"nothing is released here yet\n".as_slice()),
    };
    write!(
        out,
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         {TRACK}: {name}\r\n{ARTIFACT}: {artifact}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    out.write_all(body)
}

/// Reads the request's head and returns which version it asks for.
fn track(connection: &TcpStream) -> std::io::Result<Option<String>> {
    let mut asked = None;
    for line in BufReader::new(connection.take(LONGEST_HEAD)).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case(TRACK)
        {
            asked = Some(value.trim().to_owned());
        }
    }
    Ok(asked)
}

/// The track's name and the version that this request gets.
fn choose<'a>(
    state: &'a State,
    asked: Option<&str>,
    split: &Mutex<Split>,
) -> (&'static str, Option<&'a String>) {
    let candidate = match asked {
        Some("candidate") => true,
        Some(_) => false,
        None => {
            // A thread that panicked between two requests leaves a split that is still whole.
            let mut split = split.lock().unwrap_or_else(PoisonError::into_inner);
            state.candidate.is_some() && split.next(state.weight)
        }
    };
    if candidate { ("candidate", state.candidate.as_ref()) } else { ("stable", state.stable.as_ref()) }
}
