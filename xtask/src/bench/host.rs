//! How fast the host starts on SQLite, and how much memory it holds when nothing happens.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::streams;
use crate::failure::{Context as _, Failure};
use crate::tool;

const STARTS: usize = 9;
const PATIENCE: Duration = Duration::from_secs(30);
/// After how long a host counts as idle.
pub(super) const IDLE: Duration = Duration::from_secs(5);

/// Prints the median of [`STARTS`] starts on an existing database until `/livez` answers, and the resident memory of the
/// last host after a few idle seconds.
pub(super) fn measure() -> Result<(), Failure> {
    tool::visibly(&mut tool::cargo(&["build", "--release", "-p", "cicd-http", "--bin", "cicd"]))?;
    let data = tempfile::tempdir()?;
    // The first start writes schema and admin token; what counts is a restart.
    Running::start(data.path())?.stop()?;
    let mut starts = Vec::new();
    let mut memory = 0;
    for number in 1..=STARTS {
        let running = Running::start(data.path())?;
        starts.push(running.took);
        if number == STARTS {
            std::thread::sleep(IDLE);
            memory = running.resident_kib()?;
        }
        running.stop()?;
    }
    starts.sort_unstable();
    let median = starts.get(STARTS / 2).copied().unwrap_or_default();
    println!("host/start    median of {STARTS}: {} ms (goal < 200 ms)", median.as_millis());
    println!("host/memory   resident, idle: {:.1} MiB (goal < 40 MiB)", f64::from(memory) / 1024.0);
    streams::measure()
}

/// A host that answers.
pub(super) struct Running {
    pub(super) address: String,
    process: Child,
    took: Duration,
}

impl Running {
    /// A host over what lies in `data`.
    pub(super) fn start(data: &Path) -> Result<Self, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let binary = tool::target().join("release/cicd");
        let started = Instant::now();
        let process =
            tool::program(&binary.to_string_lossy(), &["serve", "--dev", "--listen", &address, "--data"])
                .arg(data)
                .args(["--requests-per-principal", "0", "--requests-per-address", "0"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .context(|| format!("`{}`", binary.display()))?;
        let mut running = Self { address, process, took: Duration::ZERO };
        while !is_alive(&running.address) {
            if started.elapsed() > PATIENCE {
                running.process.kill()?;
                return Err(Failure::new("the host does not answer"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        running.took = started.elapsed();
        Ok(running)
    }

    /// Where its API is.
    pub(super) fn base(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    pub(super) fn resident_kib(&self) -> Result<u32, Failure> {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(&path).context(|| path.clone())?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.ok_or_else(|| Failure::new(format!("`{path}` has no resident size")))
    }

    pub(super) fn stop(mut self) -> Result<(), Failure> {
        let id = i32::try_from(self.process.id()).context(|| "the host's process id".into())?;
        kill(Pid::from_raw(id), Signal::SIGTERM).context(|| "stopping the host".into())?;
        self.process.wait()?;
        Ok(())
    }
}

/// Whether `/livez` answers. By hand: a client library's own start would be measured too.
fn is_alive(address: &str) -> bool {
    let mut answer = [0; 12];
    let asked = TcpStream::connect(address).and_then(|mut stream| {
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        stream.read_exact(&mut answer)
    });
    asked.is_ok() && answer.ends_with(b"200")
}
