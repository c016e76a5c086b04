//! A way to a server, over TCP, that a test makes slow or cuts.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How the way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Open.
    Open,
    /// Everything that the server says comes so much later.
    Slow(Duration),
    /// Connections end, and new ones end at once.
    Cut,
}

/// Listens on a port of its own for as long as it lives.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    socket: PathBuf,
    way: Mutex<Way>,
    connections: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// An open way to the server at `socket`.
    ///
    /// # Panics
    /// When there is no port left.
    #[must_use]
    pub fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let shared = Arc::new(Shared { socket, way: Mutex::new(Way::Open), connections: Mutex::default() });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                accepting.connect(client);
            }
        });
        Self { port, shared }
    }

    /// Where the server is reached by this way.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Makes the way so.
    pub fn set(&self, way: Way) {
        *lock(&self.shared.way) = way;
        if way == Way::Cut {
            for connection in lock(&self.shared.connections).drain(..) {
                // It may have ended already.
                let _ = connection.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Way::Cut);
    }
}

impl Shared {
    fn connect(self: &Arc<Self>, client: TcpStream) {
        if *lock(&self.way) == Way::Cut {
            return;
        }
        let Ok(server) = UnixStream::connect(&self.socket) else { return };
        let halves = (client.try_clone(), client.try_clone(), server.try_clone());
        let (Ok(kept), Ok(from_client), Ok(to_server)) = halves else { return };
        lock(&self.connections).push(kept);
        std::thread::spawn(move || {
            copy(from_client, &to_server, || {});
            let _ = to_server.shutdown(Shutdown::Both);
        });
        let shared = Arc::clone(self);
        std::thread::spawn(move || {
            let wait = || {
                let way = *lock(&shared.way);
                if let Way::Slow(time) = way {
                    std::thread::sleep(time);
                }
            };
            copy(server, &client, wait);
            let _ = client.shutdown(Shutdown::Both);
        });
    }
}

/// Copies until either side ends; each piece waits first.
fn copy(mut from: impl Read, mut to: impl Write, wait: impl Fn()) {
    let mut piece = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        wait();
        if to.write_all(piece.get(..length).unwrap_or_default()).is_err() {
            return;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
