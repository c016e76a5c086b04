//! The real binary as a child process.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

/// For how long a host may be silent: short, so that many deaths can be watched.
pub(crate) const LEASE: Duration = Duration::from_secs(3);

const BINARY: &str = env!("CARGO_BIN_EXE_cicd");

pub(crate) struct Host {
    /// Where its data lies.
    data: PathBuf,
    log: PathBuf,
    /// The options that name its database.
    database: Vec<String>,
    /// The options besides.
    options: Vec<String>,
    port: u16,
    child: Child,
}

impl Host {
    /// Starts a host in `directory`, over `database` if there is one.
    pub(crate) async fn start(directory: &Path, name: &str, database: Option<&str>) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("its number").port();
        drop(free);
        let (data, log) = (directory.join(name), directory.join(format!("{name}.log")));
        let blobs = directory.join("blobs").display().to_string();
        let options = database.map_or(vec![], |_| vec!["--blobs".to_owned(), blobs]);
        let database = database.map_or(vec![], |url| vec!["--database".to_owned(), url.to_owned()]);
        let child = spawn(&data, &log, port, &[&*database, &*options].concat());
        let mut host = Self { data, log, database, options, port, child };
        host.until_ready().await;
        host
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// The token that the first start leaves; another host's first start may have been it.
    pub(crate) fn admin_token(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.data.join("admin-token")).ok()?;
        Some(text.trim().to_owned())
    }

    /// Signal 9: the host can't do anything about it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the host runs");
        self.child.wait().expect("the host is dead");
    }

    pub(crate) async fn restart(&mut self) {
        let options = [&*self.database, &*self.options].concat();
        self.child = spawn(&self.data, &self.log, self.port, &options);
        self.until_ready().await;
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().try_into().expect("a pid"));
        signal::kill(pid, signal).expect("the host runs");
    }

    /// What it has said.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks `cicd doctor` what a host left that has ended.
    pub(crate) fn examine(&self) {
        let mut doctor = Command::new(BINARY);
        let doctor = doctor.args(["doctor", "--data"]).arg(&self.data).args(&self.database).output();
        let doctor = doctor.expect("doctor runs");
        let (out, err) = (String::from_utf8_lossy(&doctor.stdout), String::from_utf8_lossy(&doctor.stderr));
        assert!(doctor.status.success(), "doctor found trouble:\n{out}{err}");
    }

    /// Ends the host as an operator does.
    pub(crate) async fn stop(&mut self) {
        self.signal(Signal::SIGTERM);
        let ended = self.ended().await;
        assert!(ended.success(), "the host ended with {ended}");
    }

    async fn ended(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().expect("the host can be asked") {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn until_ready(&mut self) {
        let url = format!("http://127.0.0.1:{}/readyz", self.port);
        for _ in 0..1_000 {
            if let Some(status) = self.child.try_wait().expect("the host can be asked") {
                let said = self.said();
                let end: Vec<_> = said.lines().rev().take(5).collect();
                panic!("the host ended with {status} at its start; its log, the last line first: {end:#?}");
            }
            if reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the host is not ready after 20 s");
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The host may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(data: &Path, log: &Path, port: u16, options: &[String]) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(log);
    let log = log.expect("a log for the host");
    Command::new(BINARY)
        .args(["serve", "--dev", "--listen", &format!("127.0.0.1:{port}")])
        .args(["--lease", &LEASE.as_secs().to_string(), "--data"])
        .arg(data)
        // The load is what a fleet of clients at other addresses would be.
        .args(["--requests-per-principal", "0", "--requests-per-address", "0"])
        .args(options)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("the log again"))
        .stderr(log)
        .spawn()
        .expect("the host starts")
}
