//! The server: one process, which ends with its test.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long it may take to start, on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps the server running until standard input ends, which it does when the process that holds the other end dies.
const KEEP: &str = r#"
redis-server --port 0 --unixsocket "$1/socket" --save "" --appendonly no --dir "$1" --daemonize no \
    ${2:+--requirepass "$2"} >"$1/log" 2>&1 &
server=$!
cat >/dev/null
kill -9 "$server"
wait "$server"
"#;

/// A Redis that listens on a socket in a directory of its own and keeps nothing on disk.
#[derive(Debug)]
pub struct Server {
    directory: TempDir,
    password: Option<String>,
    keeper: Mutex<Option<Child>>,
}

impl Server {
    /// Starts a server.
    ///
    /// # Panics
    /// When Redis is not installed, or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::with(None)
    }

    /// Starts a server that asks for a password.
    ///
    /// # Panics
    /// When Redis is not installed, or does not start.
    #[must_use]
    pub fn with_password(password: &str) -> Self {
        Self::with(Some(password.to_owned()))
    }

    fn with(password: Option<String>) -> Self {
        let directory = tempfile::Builder::new().prefix("cicd-redis-").tempdir().expect("a directory");
        let server = Self { directory, password, keeper: Mutex::default() };
        server.run();
        server
    }

    /// Where it is reached.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// The socket that it listens on.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join("socket")
    }

    /// Stops it as a crash does, with all that it keeps.
    ///
    /// # Panics
    /// When the test has no control over its own child.
    pub fn stop(&self) {
        if let Some(mut keeper) = self.keeper().take() {
            drop(keeper.stdin.take());
            keeper.wait().expect("the end of the server");
        }
    }

    /// Starts it anew, empty.
    ///
    /// # Panics
    /// When Redis is not installed, or does not start.
    pub fn run(&self) {
        self.stop();
        // A socket that a killed server left would be there before the new one listens.
        let _ = std::fs::remove_file(self.socket());
        let mut command = Command::new("sh");
        command.args(["-c", KEEP, "sh"]).arg(self.directory.path()).args(&self.password);
        let keeper = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        *self.keeper() = Some(keeper.expect("a shell"));
        let started = Instant::now();
        while !self.answers() {
            assert!(started.elapsed() < PATIENCE, "install redis-server; its log: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Removes all that it keeps.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn flush(&self) {
        assert_eq!(self.ask("FLUSHALL").as_deref(), Some("+OK\r\n"));
    }

    /// How many keys it keeps.
    ///
    /// # Panics
    /// When it does not answer with a number.
    #[must_use]
    pub fn keys(&self) -> u64 {
        let answer = self.ask("DBSIZE").expect("an answer");
        answer.trim().trim_start_matches(':').parse().expect("a number of keys")
    }

    /// What it answers first to a command without arguments that hold spaces.
    fn ask(&self, command: &str) -> Option<String> {
        let mut stream = UnixStream::connect(self.socket()).ok()?;
        let login = self.password.as_ref().map(|password| format!("AUTH {password}\r\n")).unwrap_or_default();
        stream.write_all(format!("{login}{command}\r\n").as_bytes()).ok()?;
        let mut answer = [0; 256];
        let length = stream.read(&mut answer).ok()?;
        Some(String::from_utf8_lossy(answer.get(..length)?).into_owned())
    }

    fn answers(&self) -> bool {
        self.ask("PING").is_some_and(|answer| answer.starts_with('+'))
    }

    fn log(&self) -> String {
        std::fs::read_to_string(Path::new(self.directory.path()).join("log")).unwrap_or_default()
    }

    fn keeper(&self) -> MutexGuard<'_, Option<Child>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
