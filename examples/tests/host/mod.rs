//! A host as a child process, and requests to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// Is killed when it is dropped.
pub(crate) struct Host {
    child: Child,
    address: String,
    sessions: Vec<(String, String)>,
}

impl Host {
    /// Starts `program`, which tells its sessions and then its address.
    pub(crate) fn start(program: &str) -> Self {
        let mut child = Command::new(program).stdout(Stdio::piped()).spawn().unwrap();
        let told = BufReader::new(child.stdout.take().unwrap());
        let mut host = Self { child, address: String::new(), sessions: Vec::new() };
        for line in told.lines() {
            let line = line.unwrap();
            if let Some((who, session)) = line.split_once(" has the session ") {
                host.sessions.push((who.to_owned(), session.to_owned()));
            } else if let Some(address) = line.strip_prefix("http://") {
                address.clone_into(&mut host.address);
                return host;
            }
        }
        unreachable!("the host ended before it told its address")
    }

    pub(crate) fn session(&self, of: &str) -> String {
        let (_, session) = self.sessions.iter().find(|(who, _)| who == of).unwrap();
        session.clone()
    }

    pub(crate) fn get(&self, path: &str, session: Option<&str>) -> String {
        let cookie =
            session.map_or_else(String::new, |session| format!("Cookie: theme=dark; session={session}\r\n"));
        self.answer(&format!("GET {path} HTTP/1.1\r\n{cookie}"), "")
    }

    /// A PUT of something that must not exist yet.
    pub(crate) fn create(&self, path: &str, session: &str, body: &str) -> String {
        let cookie = format!("Cookie: session={session}\r\nIf-None-Match: *\r\n");
        let head = format!("PUT {path} HTTP/1.1\r\n{cookie}Content-Type: application/json\r\n");
        self.answer(&head, body)
    }

    /// The whole answer, head and body.
    fn answer(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (host, length) = (&self.address, body.len());
        let request =
            format!("{head}Host: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
