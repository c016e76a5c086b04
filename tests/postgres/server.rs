//! The server: found, or started in a directory of its own.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Makes a cluster and keeps it running until standard input ends, which it does when the process that holds the other end
/// dies, however it dies. A server that was stopped meanwhile is started again.
const KEEP: &str = r#"
"$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$2/log" 2>&1 || exit 1
exec 3<&0
( cat <&3 >/dev/null; touch "$2/over"; kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")" ) &
while [ ! -e "$2/over" ]; do
    "$1/postgres" -D "$2/data" -c unix_socket_directories="$2" -c listen_addresses= -c fsync="$3" \
        -c max_connections=300 -c shared_buffers=64MB >>"$2/log" 2>&1
done
rm -rf "$2"
"#;

/// A running server.
#[derive(Debug)]
pub struct Server {
    url: String,
    directory: Option<PathBuf>,
    /// Holds the standard input that keeps the server alive.
    _keeper: Option<Child>,
}

impl Server {
    /// The server that all tests of this process share.
    ///
    /// # Panics
    /// When there is none and none can be started.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var("CICD_TEST_POSTGRES") {
            Ok(url) => Self { url, directory: None, _keeper: None },
            Err(_) => Self::start(false),
        })
    }

    /// Starts a server. What it acknowledges survives a crash of the machine only if it is `durable`, which is slower.
    ///
    /// # Panics
    /// When PostgreSQL is not installed, or does not start.
    #[must_use]
    pub fn start(durable: bool) -> Self {
        let binaries =
            binaries().expect("install postgresql 14 or newer, or name a server in CICD_TEST_POSTGRES");
        let directory =
            tempfile::Builder::new().prefix("cicd-postgres-").tempdir().expect("a directory").keep();
        // The server refuses to run as root, so another user must be able to reach and own its files.
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o755)).expect("own directory");
        let mut keeper = as_its_own_user(&directory).expect("a user for the server");
        keeper.args(["sh", "-c", KEEP, "sh"]).arg(binaries).arg(&directory);
        keeper.arg(if durable { "on" } else { "off" });
        let keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = Self {
            url: format!("postgres://postgres@localhost/postgres?host={}", directory.display()),
            directory: Some(directory),
            _keeper: Some(keeper.expect("a shell")),
        };
        server.wait();
        server
    }

    /// Where its database `postgres` is reached as a superuser.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the database `name` of this server is reached.
    #[must_use]
    pub fn url_of(&self, name: &str) -> String {
        let (server, query) =
            self.url.split_once('?').map_or((self.url.as_str(), ""), |(url, query)| (url, query));
        let server = server.rsplit_once('/').map_or(server, |(server, _)| server);
        format!("{server}/{name}?{query}")
    }

    /// Stops the server at once, as a power cut would but for what the kernel has cached, and waits until it runs again.
    ///
    /// # Panics
    /// When the server was not started here, or does not come back.
    pub fn stop_at_once(&self) {
        let pid = self.pid();
        self.signal("-QUIT");
        while self.pid_file().is_some_and(|file| file.lines().next() == Some(&pid)) {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        self.wait();
    }

    /// Sends a signal to every process of the server: `-STOP` and `-CONT` pause it.
    ///
    /// # Panics
    /// When the server was not started here.
    pub fn signal(&self, signal: &str) {
        // The server's processes are the children of its first one.
        let pid = self.pid();
        if signal != "-QUIT" {
            // It may have no child just now.
            let _ = Command::new("pkill").args([signal, "-P", &pid]).status();
        }
        let sent = Command::new("kill").args([signal, &pid]).status().expect("a signal");
        assert!(sent.success(), "the server runs");
    }

    fn pid(&self) -> String {
        let file = self.pid_file().expect("a running server of our own");
        file.lines().next().expect("a pid").to_owned()
    }

    fn pid_file(&self) -> Option<String> {
        std::fs::read_to_string(self.directory.as_ref()?.join("data/postmaster.pid")).ok()
    }

    fn wait(&self) {
        let directory = self.directory.as_ref().expect("a server of our own");
        // Connections are accepted once the last line of the file says so.
        let is_ready = || self.pid_file().is_some_and(|file| file.contains("ready"));
        for _ in 0..600 {
            if is_ready() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(directory.join("log")).unwrap_or_default();
        panic!("the server did not start in 30 seconds:\n{log}");
    }
}

/// Where the PostgreSQL that `CICD_TEST_POSTGRES_BINARIES` names has its programs, or else the newest one of this machine.
#[must_use]
pub fn binaries() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CICD_TEST_POSTGRES_BINARIES") {
        return Some(named.into());
    }
    let version =
        |path: &PathBuf| path.parent()?.file_name()?.to_str()?.split('.').next()?.parse::<u32>().ok();
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed = installed.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").exists());
    installed.max_by_key(version).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|directory| directory.join("initdb").exists())
    })
}

/// Begins a command that runs as the owner of `directory`: as `postgres` when this process is root's.
fn as_its_own_user(directory: &Path) -> io::Result<Command> {
    let is_root = Command::new("id").arg("-u").output()?.stdout.starts_with(b"0\n");
    if !is_root {
        return Ok(Command::new("env"));
    }
    let owned = Command::new("chown").arg("postgres").arg(directory).status()?;
    assert!(owned.success(), "the user `postgres` comes with the package");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]);
    Ok(command)
}
