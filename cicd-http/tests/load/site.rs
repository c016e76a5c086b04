//! Where the hosts answer, and where their commands note what they do.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One or more hosts over one database. Clones are the same site.
#[derive(Clone)]
pub(crate) struct Site(Arc<Inner>);

struct Inner {
    apis: Vec<String>,
    directory: PathBuf,
    asked: AtomicUsize,
}

impl Site {
    /// Hosts that listen on `ports` of this machine.
    pub(crate) fn new(ports: &[u16], directory: &Path) -> Self {
        let apis = ports.iter().map(|port| format!("http://127.0.0.1:{port}/api/v1")).collect();
        Self(Arc::new(Inner { apis, directory: directory.to_path_buf(), asked: AtomicUsize::new(0) }))
    }

    /// The API of the host whose turn it is: as a balancer would, without knowing who is alive.
    pub(crate) fn api(&self) -> &str {
        let turn = self.0.asked.fetch_add(1, Ordering::Relaxed);
        self.0.apis.iter().cycle().nth(turn % self.0.apis.len()).expect("a host")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.directory.join(name)
    }
}
