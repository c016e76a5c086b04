//! The host: `cicd serve`, built and started as its own process.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::api::{Api, Person};
use super::place::Place;
use super::{GLANCE, PATIENCE};
use crate::failure::{Context as _, Failure};
use crate::tool;

/// A host that listens; stopped when dropped.
pub(super) struct Host {
    process: Child,
    base: String,
    data: PathBuf,
}

impl Host {
    /// Builds the host, starts it on `port` of 127.0.0.1 (0 takes a free one), and waits until it is ready.
    pub(super) fn start(place: &Place, port: u16) -> Result<Self, Failure> {
        tool::visibly(&mut tool::cargo(&["build", "-p", "cicd-http", "--bin", "cicd"]))?;
        let port = if port == 0 { free_port()? } else { port };
        let listen = format!("127.0.0.1:{port}");
        let data = place.join("data");
        let log = File::create(place.join("host.log"))?;
        let binary = tool::target().join("debug/cicd");
        let process = guarded(&binary.to_string_lossy())
            .args(["serve", "--dev", "--listen", &listen, "--data"])
            .arg(&data)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context(|| format!("`{}`", binary.display()))?;
        let mut host = Self { process, base: format!("http://{listen}"), data };
        host.until_ready()?;
        Ok(host)
    }

    /// Its address.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Its API, for the admin whose token the first start wrote.
    pub(super) fn api(&self) -> Person {
        let token = std::fs::read_to_string(self.data.join("admin-token")).unwrap_or_default();
        Person::new(Api::new(&self.base), "admin", token.trim())
    }

    /// Waits until it ends.
    pub(super) fn wait(mut self) -> Result<(), Failure> {
        let status = self.process.wait()?;
        ended(status)
    }

    /// Asks it to end, and waits until it did.
    pub(super) fn stop(mut self) -> Result<(), Failure> {
        self.ask_to_end();
        let status = self.process.wait()?;
        ended(status)
    }

    fn until_ready(&mut self) -> Result<(), Failure> {
        let started = Instant::now();
        let api = Api::new(&self.base);
        while !api.is_ready() {
            if let Some(status) = self.process.try_wait()? {
                return Err(Failure::new(format!("the host ended at its start: {status}")));
            }
            if started.elapsed() > PATIENCE {
                return Err(Failure::new(format!("the host is not ready after {} s", PATIENCE.as_secs())));
            }
            std::thread::sleep(GLANCE);
        }
        Ok(())
    }

    fn ask_to_end(&self) {
        if let Ok(id) = i32::try_from(self.process.id()) {
            // A host that already ended needs no signal.
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.ask_to_end();
            // Nothing is left to do for a host that can't be waited for.
            let _ = self.process.wait();
        }
    }
}

fn ended(status: ExitStatus) -> Result<(), Failure> {
    if status.success() { Ok(()) } else { Err(Failure::new(format!("the host ended with {status}"))) }
}

/// `binary` as a child that ends with this process, however this one ends, where the machine has `setpriv`. A Ctrl-C then
/// reaches this process alone: with the signal of its end the host would be told twice, which ends it at once.
fn guarded(binary: &str) -> Command {
    let mut command = if tool::works("setpriv", &["--pdeathsig", "TERM", "true"]) {
        let mut command = tool::program("setpriv", &["--pdeathsig", "TERM", binary]);
        command.process_group(0);
        command
    } else {
        tool::program(binary, &[])
    };
    command.stdin(Stdio::null());
    command
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
