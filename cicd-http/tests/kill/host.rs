//! The real binary as a child process.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_cicd");

pub(crate) struct Host {
    directory: TempDir,
    port: u16,
    child: Child,
}

impl Host {
    pub(crate) async fn start() -> Self {
        let directory = TempDir::new().expect("a directory for the host");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("its number").port();
        drop(free);
        let child = spawn(&directory, port);
        let mut host = Self { directory, port, child };
        host.until_ready().await;
        host
    }

    pub(crate) fn api(&self) -> String {
        format!("http://127.0.0.1:{}/api/v1", self.port)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn admin_token(&self) -> String {
        let text =
            std::fs::read_to_string(self.path("data/admin-token")).expect("the first start leaves a token");
        text.trim().to_owned()
    }

    /// Signal 9: the host can't do anything about it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the host runs");
        self.child.wait().expect("the host is dead");
    }

    pub(crate) async fn restart(&mut self) {
        self.child = spawn(&self.directory, self.port);
        self.until_ready().await;
    }

    /// Asks `cicd doctor` what a host left that has ended.
    pub(crate) fn examine(&self) {
        let doctor = Command::new(BINARY).args(["doctor", "--data"]).arg(self.path("data")).output();
        let doctor = doctor.expect("doctor runs");
        let (out, err) = (String::from_utf8_lossy(&doctor.stdout), String::from_utf8_lossy(&doctor.stderr));
        assert!(doctor.status.success(), "doctor found trouble:\n{out}{err}");
    }

    /// Ends the host as an operator does, and examines what it left.
    pub(crate) async fn stop_and_examine(mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().expect("kill is installed");
        assert!(asked.success());
        let ended = self.child.wait().expect("the host ends");
        assert!(ended.success(), "the host ended with {ended}");
        self.examine();
    }

    async fn until_ready(&mut self) {
        let url = format!("http://127.0.0.1:{}/readyz", self.port);
        for _ in 0..1_000 {
            if let Some(status) = self.child.try_wait().expect("the host can be asked") {
                let log = std::fs::read_to_string(self.path("host.log")).unwrap_or_default();
                let end: Vec<_> = log.lines().rev().take(5).collect();
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

fn spawn(directory: &TempDir, port: u16) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(directory.path().join("host.log"));
    let log = log.expect("a log for the host");
    Command::new(BINARY)
        .args(["serve", "--dev", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(directory.path().join("data"))
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("the log again"))
        .stderr(log)
        .spawn()
        .expect("the host starts")
}
