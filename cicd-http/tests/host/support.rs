//! Hosts as child processes, and a small HTTP client.

pub(crate) mod shop;

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cicd_tests::s3;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

/// A data directory that is gone after the test.
pub(crate) struct Data(TempDir);

impl Data {
    pub(crate) fn new() -> Self {
        let directory = TempDir::new().unwrap();
        // Commands of other users have to get to their workspaces.
        let passable = std::os::unix::fs::PermissionsExt::from_mode(0o711);
        std::fs::set_permissions(directory.path(), passable).unwrap();
        Self(directory)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("data")
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// A file of the operator's, beside the data; gives its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.0.path().join("log")).unwrap()
    }

    pub(crate) fn admin_token(&self) -> String {
        std::fs::read_to_string(self.join("admin-token")).unwrap().trim().to_owned()
    }

    /// Runs `cicd <words> --data <this> <rest>` to its end.
    pub(crate) fn cicd(&self, words: &[&str], rest: &[&str]) -> Output {
        let mut process = command()
            .args(words)
            .arg("--data")
            .arg(self.path())
            .args(rest)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while process.try_wait().unwrap().is_none() {
            if began.elapsed() > PATIENCE {
                process.kill().unwrap();
                panic!("`cicd {words:?} {rest:?}` does not end: {:?}", process.wait_with_output());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        process.wait_with_output().unwrap()
    }

    /// Starts a host and waits until it is ready.
    pub(crate) fn serve(&self, flags: &[&str]) -> Host {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = File::options().create(true).append(true).open(self.0.path().join("log")).unwrap();
        let process = command()
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(self.path())
            .args(flags)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut host = Host { process, address };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(host.process.try_wait().unwrap().is_none(), "the host ended: {}", self.log());
            assert!(began.elapsed() < PATIENCE, "the host does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        host
    }
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cicd"));
    // Nothing but the key of the S3 server that a test may start.
    command
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", s3::KEY)
        .env("AWS_SECRET_ACCESS_KEY", s3::SECRET)
        .stdin(Stdio::null());
    command
}

/// A running host; killed when dropped.
pub(crate) struct Host {
    process: Child,
    address: SocketAddr,
}

impl Host {
    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.process.id().try_into().unwrap()), signal).unwrap();
    }

    /// The most memory that the host has had, in KiB.
    pub(crate) fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Waits until the host ended.
    pub(crate) fn wait(mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "the host does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn stop(self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.wait()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Status and body of a GET.
    pub(crate) fn get(&self, path: &str, token: Option<&str>) -> (u16, Value) {
        let mut stream = self.connect();
        let credential = credential(token);
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{credential}\r\n").unwrap();
        answer(&mut stream)
    }

    /// The body of a GET that gives no JSON.
    pub(crate) fn text(&self, path: &str, token: &str) -> String {
        let (mut stream, credential) = (self.connect(), credential(Some(token)));
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{credential}\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }

    /// The body of what was written: a PUT makes something new, a DELETE takes its first version away.
    pub(crate) fn write(&self, method: &str, path: &str, token: &str, body: &Value) -> Value {
        let mut stream = self.connect();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let condition = match method {
            "PUT" => "if-none-match: *\r\n",
            "DELETE" => "if-match: \"1\"\r\n",
            _ => "",
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
             {}{condition}content-length: {}\r\n\r\n{body}",
            credential(Some(token)),
            body.len()
        )
        .unwrap();
        let (status, answered) = answer(&mut stream);
        assert!((200..300).contains(&status), "{method} {path}: {status} {answered}");
        answered
    }
}

fn credential(token: Option<&str>) -> String {
    token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default()
}

/// Users for `--run-as` that no other host of the tests has.
pub(crate) fn run_as() -> String {
    // A host that starts ends whatever still runs as its users.
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let taken = TAKEN.fetch_add(1, Ordering::Relaxed);
    assert!(taken < 32, "a process of tests has users for 32 hosts");
    let first = 1_300_000_000 + std::process::id() * 128 + taken * 4;
    format!("{first}+4:{first}")
}

/// Asks until `found` finds something.
pub(crate) fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{what} does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Status and JSON body of the answer on a connection that the host closes.
pub(crate) fn answer(stream: &mut TcpStream) -> (u16, Value) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok());
    let body = text.split_once("\r\n\r\n").map(|(_, body)| serde_json::from_str(body).unwrap_or_default());
    (status.unwrap_or_else(|| panic!("no status in `{text}`")), body.unwrap_or_default())
}

/// Replaces `from` by `to`, of the same length, wherever the file has it.
pub(crate) fn forge(path: &Path, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let mut bytes = std::fs::read(path).unwrap();
    let places: Vec<_> = (0..bytes.len().saturating_sub(from.len()))
        .filter(|at| bytes[*at..].starts_with(from.as_bytes()))
        .collect();
    assert!(!places.is_empty(), "`{from}` is not in {}", path.display());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}
