//! The server: started in a directory of its own, stopped at once, and started again where it was.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::orderly::Orderly;

/// The id of the access key that the server knows.
pub const KEY: &str = "test-key";
/// The secret of that key.
pub const SECRET: &str = "hush-hush";

/// A running server, on threads of its own; its clients reach it over TCP alone.
#[derive(Debug)]
pub struct Server {
    directory: TempDir,
    address: SocketAddr,
    keeps_conditions: bool,
    running: Option<Runtime>,
}

impl Server {
    /// Starts a server.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::new(true)
    }

    /// Starts a server that ignores the conditions of writes.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn without_conditions() -> Self {
        Self::new(false)
    }

    fn new(keeps_conditions: bool) -> Self {
        let directory = TempDir::new().expect("a directory");
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { directory, address, keeps_conditions, running: None };
        server.start_again();
        server
    }

    /// Where it is reached.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes a bucket.
    ///
    /// # Panics
    /// When there is one of this name.
    pub fn bucket(&self, name: &str) {
        std::fs::create_dir(self.files(name)).expect("a bucket");
    }

    /// Where the objects of a bucket lie as files.
    #[must_use]
    pub fn files(&self, bucket: &str) -> PathBuf {
        self.directory.path().join(bucket)
    }

    /// Ends the server in the middle of whatever it does.
    pub fn stop_at_once(&mut self) {
        if let Some(running) = self.running.take() {
            // A runtime can't end on a thread of another one.
            let ended = std::thread::spawn(move || running.shutdown_timeout(Duration::from_secs(10))).join();
            ended.expect("the server ends");
        }
    }

    /// Starts the server where it was.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = std::net::TcpListener::bind(self.address).expect("a free port");
        listener.set_nonblocking(true).expect("a listener of tokio");
        self.address = listener.local_addr().expect("an address");
        let directory = self.directory.path().to_owned();
        let files = s3s_fs::FileSystem::new(&directory).expect("the directory");
        let mut service = S3ServiceBuilder::new(Orderly::new(directory, files, self.keeps_conditions));
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        runtime.spawn(serve(listener, service.build()));
        self.running = Some(runtime);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop_at_once();
    }
}

async fn serve(listener: std::net::TcpListener, service: S3Service) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    while let Ok((stream, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            let connections = Builder::new(TokioExecutor::new());
            // A client that goes away is its own affair.
            let _ = connections.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
